#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "backtest/result.h"
#include "base/error.h"
#include "market/timeframe.h"

namespace cw::backtest {

/// Other backtesters whose definitions of the same names differ from ours (docs/metrics.md says where).
enum class Peer : std::uint8_t { freqtrade, backtesting_py, vectorbt };

/// `freqtrade`, `backtesting.py`, `vectorbt`: the names of the packages.
std::string_view name(Peer peer);

/// The release whose definitions these are; tests/parity/goldens holds what it answers.
std::string_view version(Peer peer);

/// Errors  Errc::bad_parameter with the three names
Result<Peer> parse_peer(std::string_view text);

/// A run, whole.
struct PeerInput {
  double capital = 0;
  market::Timeframe timeframe{};
  EquityRows rows;                // at least one; position values are not asked for
  std::span<const Trade> trades;  // in the order in which they ended
};

/// A figure under the peer's own name, in the peer's own unit, with the peer's own answer where there is nothing to divide by
/// (NaN, infinity, -100, 0). Times are in seconds.
struct PeerFigure {
  std::string_view key;
  double value;
};

/// What the peer would print of the run. A fill counts to the bar that holds its instant, one at a bar's close to the next bar;
/// the market is the benchmark column. Open trades: to freqtrade they end with the data, as its own are closed by force; to
/// backtesting.py they are no trades; to vectorbt they are counted alone.
///
/// Cost    O(rows + trades), with columns of returns
std::vector<PeerFigure> metrics_as(Peer peer, const PeerInput& run);

/// What metrics_as is made of, one file a peer.
std::vector<PeerFigure> metrics_as_freqtrade(const PeerInput& run);
std::vector<PeerFigure> metrics_as_backtesting_py(const PeerInput& run);
std::vector<PeerFigure> metrics_as_vectorbt(const PeerInput& run);

}  // namespace cw::backtest
