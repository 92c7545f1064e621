#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/metrics.h"
#include "base/random.h"
#include "exchange/binance/backoff.h"
#include "exchange/binance/connection.h"

namespace cw::exchange::binance {

/// When connections are made and dropped.
struct ShardRules {
  std::string url;
  Millis life;
  Millis life_spread;
  Millis silent_most;
};

/// Keeps one plan's streams flowing: at most one connection that serves and one that is to take over from it.
class FeedShard {
 public:
  static constexpr Millis kFirstWait{1'000};
  static constexpr Millis kLongestWait{60'000};
  static constexpr Millis kRefusedWait{300'000};

  /// `on_live` is called when a new connection serves, with true where it took over from another; `on_change` when
  /// `on_time` should be called soon.
  FeedShard(net::Runtime& runtime, net::TaskGroup& tasks, ShardRules rules, ConnectionPlan plan, EventRouter& router,
            Random& random, Metrics& metrics, std::function<void(const ConnectionPlan&, bool)> on_live,
            std::function<void()> on_change);

  /// Does what is due: connects, promotes, drops.
  void on_time(Timestamp now);
  /// Asks for a successor of the connection that serves.
  void replace(Timestamp now);
  void stop();

  bool is_live() const { return serving_ != nullptr; }
  bool is_silent(Timestamp now) const { return serving_ && now - serving_->heard_at() >= rules_.silent_most; }
  bool was_ever_live() const { return was_live_; }
  const ConnectionPlan& plan() const { return plan_; }
  /// Why there is no connection, and when the next attempt is due.
  const Error& why() const { return why_; }
  Timestamp retry_at() const { return retry_at_; }

 private:
  void promote(Timestamp now);
  void reap(Timestamp now);
  void connect();

  net::Runtime& runtime_;
  net::TaskGroup& tasks_;
  ShardRules rules_;
  ConnectionPlan plan_;
  EventRouter& router_;
  Random& random_;
  Counter& connects_;
  Counter& losses_;
  std::function<void(const ConnectionPlan&, bool)> on_live_;
  std::function<void()> on_change_;
  Backoff backoff_{kFirstWait, kLongestWait};
  std::shared_ptr<Connection> serving_;
  std::shared_ptr<Connection> next_;
  bool replace_asked_ = false;
  bool was_live_ = false;
  Timestamp replace_at_{};  // planned end of the serving connection
  Timestamp retry_at_{};
  Error why_{};
};

}  // namespace cw::exchange::binance
