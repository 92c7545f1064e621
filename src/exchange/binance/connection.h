#pragma once

#include <functional>
#include <memory>
#include <string>

#include "exchange/binance/event_router.h"
#include "exchange/binance/stream_plan.h"
#include "net/runtime.h"
#include "net/websocket.h"

namespace cw::exchange::binance {

/// One socket of combined streams, from connecting to its end. Never connects again: the connector makes a new one.
///
/// At most 4 of the 5 messages a second that the venue allows are ours to send; the rest is for pongs.
/// Bounds  a message over 1 MiB, 60 s without a byte, 15 s without all acknowledgements each end it
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  enum class Phase { opening, subscribing, ready, ended };

  /// `plan` and `router` outlive it; `on_change` is called when the phase changes or the venue announces its end.
  Connection(net::Runtime& runtime, std::string url, const ConnectionPlan& plan, EventRouter& router,
             std::function<void()> on_change);

  /// Starts its work in `tasks`, which end with it.
  void start(net::TaskGroup& tasks);
  /// Ends it now.
  void drop(std::string reason);
  /// Ends what has taken too long.
  void on_time(Timestamp now);

  Phase phase() const { return phase_; }
  bool is_ready() const { return phase_ == Phase::ready; }
  bool is_ended() const { return phase_ == Phase::ended; }
  /// The venue said that it will end the connection soon.
  bool is_ending_soon() const { return ending_soon_; }
  Timestamp ready_at() const { return ready_at_; }
  Timestamp heard_at() const { return heard_at_; }
  const Error& why() const { return why_; }  // once ended

 private:
  net::Task<void> run(std::shared_ptr<Connection> self, net::TaskGroup& tasks);
  net::Task<void> subscribe(std::shared_ptr<Connection> self);
  void take(std::string_view text);
  void end(Error why);
  void enter(Phase phase);

  net::Runtime& runtime_;
  std::string url_;
  const ConnectionPlan& plan_;
  EventRouter& router_;
  std::function<void()> on_change_;
  std::unique_ptr<net::WebSocket> socket_;
  std::string text_;
  Phase phase_ = Phase::opening;
  std::size_t acknowledged_ = 0;
  bool ending_soon_ = false;
  Timestamp opened_at_{};
  Timestamp ready_at_{};
  Timestamp heard_at_{};
  Error why_{};
};

}  // namespace cw::exchange::binance
