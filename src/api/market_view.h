#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "market/candle.h"
#include "market/instrument.h"
#include "market/timeframe.h"
#include "net/http.h"
#include "net/stream.h"
#include "realtime/market_board.h"

namespace cw::api {

/// One line of /api/market/symbols.
struct SymbolView {
  market::Instrument instrument;
  std::vector<market::Timeframe> timeframes;  // that candles can be asked for, finest first
  bool practice = false;
  bool followed = false;
};

struct CandleRequest {
  market::InstrumentId instrument;
  market::Timeframe timeframe{};
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
  std::size_t limit = 500;
};

/// Who fetches older bars of a series; see docs/openapi.yaml, BackfillState.
enum class BackfillState { none, idle, running, done };
std::string_view name(BackfillState state);

/// The answer of /api/market/candles, before it is text.
struct CandlePage {
  struct Piece {
    market::Timeframe timeframe;
    Timestamp from;
    Timestamp to;
  };
  market::InstrumentId instrument;
  market::Timeframe timeframe{};
  std::vector<Piece> source;
  market::CandleColumns candles;
  std::vector<std::pair<Timestamp, Timestamp>> gaps;
  std::vector<Timestamp> gapped;
  BackfillState backfill = BackfillState::none;
  std::optional<Timestamp> oldest;
};
std::string to_json(const CandlePage& page);
using CandleAnswer = std::function<net::HttpResponse(const CandlePage&)>;

/// One dependency of the server.
enum class CheckStatus { pass, warn, fail };
std::string_view name(CheckStatus status);
struct Check {
  std::string name;
  CheckStatus status = CheckStatus::pass;
  std::string detail;
  std::optional<Timestamp> since{};
};

/// What the API shows, as its owner has it. Called on the server's loop.
class MarketView {
 public:
  virtual ~MarketView() = default;
  virtual const realtime::MarketBoard& board() const = 0;
  /// The followed ones first, in their order, then the others by id.
  virtual std::vector<SymbolView> symbols() = 0;
  /// Reads a page and has `answer` make the response of it: both on a worker's thread, so that however long a page is, the
  /// loop only sends it. `answer` owns what it needs; a cancelled caller goes away before it is done.
  /// Errors  unknown_timeframe where nothing so fine is stored; busy; those of the store
  virtual net::Task<Result<net::HttpResponse>> candles(CandleRequest request, CandleAnswer answer) = 0;
  /// The document of /api/market/status.
  virtual std::string status_json() = 0;
  virtual std::vector<Check> checks() = 0;
  /// False while the server starts or drains: market paths then answer 503.
  virtual bool is_serving() const = 0;
};

}  // namespace cw::api
