#include "backtest/metrics_as.h"

#include <fmt/format.h>

#include "base/require.h"

namespace cw::backtest {

std::string_view name(Peer peer) {
  switch (peer) {
    case Peer::freqtrade: return "freqtrade";
    case Peer::backtesting_py: return "backtesting.py";
    case Peer::vectorbt: return "vectorbt";
  }
  return "";
}

std::string_view version(Peer peer) {
  switch (peer) {
    case Peer::freqtrade: return "2026.9";
    case Peer::backtesting_py: return "0.6.6";
    case Peer::vectorbt: return "1.2.0";
  }
  return "";
}

Result<Peer> parse_peer(std::string_view text) {
  for (const Peer peer : {Peer::freqtrade, Peer::backtesting_py, Peer::vectorbt}) {
    if (text == name(peer)) return peer;
  }
  return std::unexpected(Error{Errc::bad_parameter,
                               fmt::format("'{}' is none of freqtrade, backtesting.py, vectorbt", text),
                               {"freqtrade", "backtesting.py", "vectorbt"},
                               {}});
}

std::vector<PeerFigure> metrics_as(Peer peer, const PeerInput& run) {
  CW_REQUIRE(run.capital > 0 && run.rows.size() > 0);
  switch (peer) {
    case Peer::freqtrade: return metrics_as_freqtrade(run);
    case Peer::backtesting_py: return metrics_as_backtesting_py(run);
    case Peer::vectorbt: return metrics_as_vectorbt(run);
  }
  return {};
}

}  // namespace cw::backtest
