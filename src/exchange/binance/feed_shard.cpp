#include "exchange/binance/feed_shard.h"

#include <utility>

namespace cw::exchange::binance {

FeedShard::FeedShard(net::Runtime& runtime, net::TaskGroup& tasks, ShardRules rules, ConnectionPlan plan,
                     EventRouter& router, Random& random, Metrics& metrics,
                     std::function<void(const ConnectionPlan&, bool)> on_live, std::function<void()> on_change)
    : runtime_(runtime),
      tasks_(tasks),
      rules_(std::move(rules)),
      plan_(std::move(plan)),
      router_(router),
      random_(random),
      connects_(metrics.counter("candlewick_feed_connects_total", "Sockets opened to the exchange, tries included")),
      losses_(metrics.counter("candlewick_feed_connections_lost_total", "Sockets that failed or ended unplanned")),
      on_live_(std::move(on_live)),
      on_change_(std::move(on_change)) {}

void FeedShard::on_time(Timestamp now) {
  if (serving_) serving_->on_time(now);
  if (next_) next_->on_time(now);
  promote(now);
  reap(now);
  const bool wanted = !serving_ || replace_asked_ || serving_->is_ending_soon() || now >= replace_at_ || is_silent(now);
  if (wanted && !next_ && now >= retry_at_) connect();
}

void FeedShard::replace(Timestamp) { replace_asked_ = serving_ != nullptr; }

void FeedShard::stop() {
  if (serving_) serving_->drop("stopped");
  if (next_) next_->drop("stopped");
}

void FeedShard::promote(Timestamp now) {
  if (!next_ || !next_->is_ready()) return;
  // The old one served until this moment: from here on the new one brings everything.
  const bool took_over = serving_ && !serving_->is_ended();
  if (serving_) serving_->drop("replaced");
  serving_ = std::move(next_);
  next_.reset();
  replace_asked_ = false;
  was_live_ = true;
  const auto spread = static_cast<std::uint64_t>(rules_.life_spread.count());
  replace_at_ = now + rules_.life - Millis{static_cast<std::int64_t>(random_.below(spread + 1))};
  backoff_.connected(now);
  on_live_(plan_, took_over);
}

void FeedShard::reap(Timestamp now) {
  for (auto* connection : {&serving_, &next_}) {
    if (!*connection || !(*connection)->is_ended()) continue;
    why_ = (*connection)->why();
    connection->reset();
    losses_.add();
    retry_at_ = now + (why_.code == Errc::refused ? kRefusedWait : backoff_.failed(now, random_));
  }
}

void FeedShard::connect() {
  connects_.add();
  next_ = std::make_shared<Connection>(runtime_, rules_.url, plan_, router_, on_change_);
  next_->start(tasks_);
}

}  // namespace cw::exchange::binance
