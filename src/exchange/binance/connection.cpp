#include "exchange/binance/connection.h"

#include <fmt/format.h>

#include <utility>

#include "exchange/binance/rest_client.h"

namespace cw::exchange::binance {
namespace {

constexpr Millis kConnectTime{15'000};
constexpr Millis kSubscribeTime{15'000};
constexpr Millis kBetweenMessages{250};
// The venue pings every 20 s; we only answer, since a ping of ours would count against its limit of messages.
constexpr net::WebSocketLimits kLimits{
    .message_bytes = 1024 * 1024, .ping_every = Millis{0}, .dead_after = Millis{60'000}};

// Only 403 and 451 mean that the venue does not serve us; a port where nobody listens may be back in a moment.
Error explained(Error error) {
  if (error.code != Errc::refused) return error;
  for (const int status : {403, 451}) {
    if (error.message.find(fmt::format(" {} ", status)) == std::string::npos) continue;
    error.message = explain_refusal(status);
    return error;
  }
  error.code = Errc::disconnected;
  return error;
}

}  // namespace

Connection::Connection(net::Runtime& runtime, std::string url, const ConnectionPlan& plan, EventRouter& router,
                       std::function<void()> on_change)
    : runtime_(runtime), url_(std::move(url)), plan_(plan), router_(router), on_change_(std::move(on_change)) {}

void Connection::start(net::TaskGroup& tasks) {
  opened_at_ = heard_at_ = runtime_.now();
  tasks.spawn("feed connection", run(shared_from_this(), tasks));
}

net::Task<void> Connection::run(std::shared_ptr<Connection> self, net::TaskGroup& tasks) {
  auto opened = co_await net::connect_websocket(runtime_, url_, kConnectTime, kLimits);
  if (phase_ == Phase::ended) co_return;
  if (!opened) co_return end(explained(opened.error()));
  socket_ = std::move(*opened);
  opened_at_ = heard_at_ = runtime_.now();
  enter(Phase::subscribing);
  tasks.spawn("feed subscriptions", subscribe(self));
  while (phase_ != Phase::ended) {
    const auto kind = co_await socket_->read_into(text_);
    if (!kind) co_return end(kind.error());
    if (*kind == net::WebSocketMessage::Kind::closed) {
      co_return end({Errc::disconnected,
                     fmt::format("the exchange ended the connection ({}{}{})", socket_->close_code(),
                                 text_.empty() ? "" : " ", text_),
                     {},
                     {}});
    }
    heard_at_ = runtime_.now();
    take(text_);
  }
}

net::Task<void> Connection::subscribe(std::shared_ptr<Connection> /*self*/) {
  for (const std::string& text : plan_.subscribes) {
    if (phase_ == Phase::ended) co_return;
    const auto written = co_await socket_->write_text(text);
    if (!written) co_return end(written.error());
    co_await runtime_.sleep_for(kBetweenMessages);
  }
}

void Connection::take(std::string_view text) {
  switch (router_.take(text, heard_at_)) {
    case Signal::none: return;
    case Signal::acknowledged:
      if (phase_ != Phase::subscribing || ++acknowledged_ < plan_.subscribes.size()) return;
      ready_at_ = runtime_.now();
      return enter(Phase::ready);
    case Signal::refused: return drop("the exchange refused a subscription: " + router_.refusal());
    case Signal::shutting_down: ending_soon_ = true; return on_change_();
  }
}

void Connection::on_time(Timestamp now) {
  if (phase_ == Phase::subscribing && now - opened_at_ >= kSubscribeTime) {
    drop(fmt::format("subscriptions were not acknowledged within {}", format_duration(kSubscribeTime)));
  }
}

void Connection::drop(std::string reason) { end({Errc::disconnected, std::move(reason), {}, {}}); }

void Connection::end(Error why) {
  if (phase_ == Phase::ended) return;
  why_ = std::move(why);
  if (socket_) socket_->abort();
  enter(Phase::ended);
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  on_change_();
}

}  // namespace cw::exchange::binance
