#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "market/candle.h"
#include "market/timeframe.h"
#include "realtime/hub.h"
#include "realtime/market_board.h"

namespace cw::realtime {

/// Knows the values of expressions (`params.expr` of market_data).
class ExpressionTopics {
 public:
  virtual ~ExpressionTopics() = default;
  /// Errors  bad_expression, with the place in the message; limit_exceeded
  virtual Result<Topic> open(BoardIndex instrument, market::Timeframe timeframe, const Subscribe& subscribe) = 0;
  virtual void left(const std::string& key) = 0;
};

/// Knows the topics of the channel `signals`.
class SignalTopics {
 public:
  virtual ~SignalTopics() = default;
  /// Errors  unknown_symbol, unknown_timeframe, ambiguous_symbol, bad_parameter, with the field
  virtual Result<Topic> open(const Subscribe& subscribe) = 0;
  virtual void left(const std::string& key) = 0;
};

/// Knows the topics of the channel `backtests`: each account has its own.
class BacktestTopics {
 public:
  virtual ~BacktestTopics() = default;
  virtual Result<Topic> open(const Subscribe& subscribe) = 0;
};

/// Market data as channels: what is told here is kept on the board (for snapshots and the REST API) and published to those
/// who listen. Closed and revised bars go out at once; forming bars, tickers and the feed's state are kept back and go out,
/// newest only, with `tick`, which its owner calls every `kTick`. Single-threaded, no clock.
class MarketChannels final : public TopicSource {
 public:
  static constexpr Millis kTick{250};

  explicit MarketChannels(std::string default_venue) : board_(std::move(default_venue)) {}
  /// Before anything else is called. The hub outlives this.
  void attach(Hub& hub);
  /// Who answers `params.expr`; without, it is refused. It outlives this.
  void set_expressions(ExpressionTopics& expressions) { expressions_ = &expressions; }

  /// Who answers the channel `signals`; without, it is refused. It outlives this.
  void set_signals(SignalTopics& signals) { signals_ = &signals; }

  /// Who answers the channel `backtests`; without, it is refused. It outlives this.
  void set_backtests(BacktestTopics& backtests) { backtests_ = &backtests; }

  BoardIndex put(market::Instrument instrument, bool followed);
  const MarketBoard& board() const { return board_; }

  /// The newest closed bar as it was stored before: for snapshots; nothing is sent. An older one than is known is left out.
  void stored(BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar);
  void closed(BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar, bool gapped);
  void revised(BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar, bool gapped);
  /// A forming bar that is not newer than the newest closed one is left out.
  void forming(BoardIndex instrument, market::Timeframe timeframe, const market::FormingCandle& bar);
  void ticker(BoardIndex instrument, const Ticker& ticker);
  /// The feed's state changed; `status_json` gives the document of GET /api/market/status.
  void status_changed() { status_waits_ = true; }
  void set_status(std::function<std::string()> status_json) { status_json_ = std::move(status_json); }

  /// Sends what was kept back since the last call; the feed's state with every fourth one.
  void tick();

  Result<Topic> open(const Subscribe& subscribe) override;
  void left(const std::string& key) override;

 private:
  struct Sources {
    std::array<SourceId, market::kTimeframes.size()> bars{};
    std::array<bool, market::kTimeframes.size()> forming_waits{};
    SourceId ticker = 0;
    bool ticker_waits = false;
  };
  Result<Topic> open_bars(const Subscribe& subscribe);
  Result<Topic> open_tickers(const Subscribe& subscribe);

  MarketBoard board_;
  Hub* hub_ = nullptr;
  ExpressionTopics* expressions_ = nullptr;
  SignalTopics* signals_ = nullptr;
  BacktestTopics* backtests_ = nullptr;
  std::vector<Sources> sources_;  // by BoardIndex
  SourceId status_source_ = 0;
  std::function<std::string()> status_json_ = [] { return std::string{"null"}; };
  bool status_waits_ = false;
  unsigned ticks_ = 0;
};

}  // namespace cw::realtime
