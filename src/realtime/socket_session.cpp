#include "realtime/socket_session.h"

#include <algorithm>
#include <utility>

namespace cw::realtime {
namespace {

constexpr Millis kTakesNothing{30'000};  // a write that stands for so long: the client is too slow
constexpr Millis kLastWrite{2'000};      // for the frame in flight when the end is decided; the close frame follows it
constexpr std::size_t kErrorsMost = 20;  // refused requests in a row
constexpr Millis kAlarmMost = std::chrono::hours{1};

constexpr std::uint16_t kUnsupported = 1003;
constexpr std::uint16_t kPolicy = 1008;
constexpr std::uint16_t kTooSlow = 4001;

}  // namespace

SocketSession::SocketSession(SessionContext context, std::unique_ptr<net::WebSocket> socket,
                             std::optional<accounts::Principal> principal)
    : context_(context),
      socket_(std::move(socket)),
      principal_(std::move(principal)),
      queue_(context.hub.limits().queue_bytes),
      filled_(context.runtime.loop()),
      stuck_(context.runtime.make_alarm([this] { give_up(); })),
      authenticated_until_(context.runtime.make_alarm([this] { expect_end(); })),
      allowance_(context.hub.limits().messages_per_second, context.runtime.elapsed()) {}

net::Task<void> SocketSession::run() {
  auto self = shared_from_this();
  if (principal_) {
    greet();
  } else {
    say(auth_required_frame(kAuthWithin, context_.runtime.now()));
    authenticated_until_->set(kAuthWithin);
  }
  net::TaskGroup writing{context_.runtime};
  writing.spawn("websocket writer", write_all());
  while (close_code_ == 0) {
    auto message = co_await socket_->read();
    if (!message || message->kind == net::WebSocketMessage::Kind::closed) {
      break;
    }
    take(*message);
  }
  reader_ended_ = true;
  filled_.notify();
  co_await writing.join();
}

net::Task<void> SocketSession::write_all() {
  auto self = shared_from_this();
  for (;;) {
    if (close_code_ != 0) {
      if (!last_words_.empty()) {
        stuck_->set(kLastWrite);
        const auto written = co_await socket_->write_text(last_words_);
        stuck_->clear();
        if (!written) co_return socket_->abort();
      }
      co_await socket_->close(close_code_, close_reason_);
      co_return;
    }
    auto message = queue_.pop();
    if (!message) {
      if (reader_ended_) co_return;
      const bool notified = co_await filled_.wait();
      if (!notified) co_return;
      continue;
    }
    stuck_->set(kTakesNothing);
    is_writing_ = true;
    const auto written = co_await socket_->write_text((*message)->text);
    is_writing_ = false;
    stuck_->clear();
    if (!written) {
      socket_->abort();
      co_return;
    }
  }
}

void SocketSession::deliver(const MessagePtr& message) {
  if (close_code_ != 0) return;
  const std::uint64_t skipped_before = queue_.skipped();
  const bool fits = queue_.push(message);
  context_.skipped.add(queue_.skipped() - skipped_before);
  if (!fits) end(kTooSlow, "the client reads too slowly");
  filled_.notify();
}

void SocketSession::forget(std::string_view key) { queue_.drop_key(key); }

void SocketSession::say(std::string text) {
  auto message = std::make_shared<Message>();
  message->text = std::move(text);
  deliver(message);
}

void SocketSession::end(std::uint16_t code, std::string reason, std::string last_words) {
  if (close_code_ != 0) return;
  close_code_ = code;
  close_reason_ = std::move(reason);
  last_words_ = std::move(last_words);
  if (code == kTooSlow) context_.slow.add();
  if (is_writing_) stuck_->set(kLastWrite);
  filled_.notify();
}

/// A write stands still. The close frame goes behind it, in a last grace; else the stream just ends.
void SocketSession::give_up() {
  if (close_code_ != 0) return socket_->abort();
  end(kTooSlow, "the client took nothing for 30 s");
}

// --- who it is

void SocketSession::greet() {
  context_.hub.add(*this);
  say(welcome_frame(context_.hub.facts(), context_.hub.limits(), context_.runtime.now(), principal_->expires_at));
  expect_end();
}

/// Sets the alarm for the end of what the client was granted, or ends the connection where that has come.
void SocketSession::expect_end() {
  if (!principal_) return end(kUnauthenticated, "not authenticated in time");
  authenticated_until_->clear();
  if (!principal_->expires_at) return;
  const Millis left = *principal_->expires_at - context_.runtime.now();
  if (left <= Millis{0}) return end(kUnauthenticated, "the token has expired");
  authenticated_until_->set(std::min(left, kAlarmMost));  // the machine's clock may be set meanwhile
}

void SocketSession::recheck(std::string_view user_id) {
  if (principal_ && principal_->user->id == user_id && !context_.gatekeeper.still_holds(*principal_))
    end(kUnauthenticated, "what this connection was opened with has ended");
}

void SocketSession::take_auth(const Auth& auth) {
  auto admitted = context_.gatekeeper.admit(auth.token);
  const bool is_other = admitted && principal_ && admitted->user->id != principal_->user->id;
  if (!admitted || is_other) {
    ++errors_in_a_row_;
    const Error error = is_other ? Error{Errc::forbidden, "This token is another account's; open a connection for it."}
                                 : accounts::error_of(admitted.error());
    std::string refusal = error_frame(refusal_of(auth.id, error));
    if (!principal_) return end(kUnauthenticated, "the token is no good", std::move(refusal));
    return say(std::move(refusal));
  }
  errors_in_a_row_ = 0;
  const bool is_first = !principal_;
  principal_ = std::move(*admitted);
  if (is_first) return greet();
  say(authenticated_frame(auth.id, principal_->expires_at));
  expect_end();
}

/// Looks again at every subscribe. Where it may not, `request` becomes the refusal.
bool SocketSession::may_subscribe(const Subscribe& subscribe, Request& request) const {
  const accounts::Access access = access_of(subscribe.channel);
  const auto refused = accounts::refusal(access, *principal_);
  if (!refused) return true;
  request = refusal_of(subscribe.id, {*refused, accounts::refusal_sentence(*refused, access), {}, "channel"});
  return false;
}

void SocketSession::take(const net::WebSocketMessage& message) {
  if (message.kind == net::WebSocketMessage::Kind::binary)
    return end(kUnsupported, "binary frames are not spoken here");
  if (close_code_ != 0) return;
  if (!allowance_.take(context_.runtime.elapsed())) return end(kPolicy, "too many messages a second");
  Request request = parse_request(message.data, context_.hub.limits());
  if (const auto* auth = std::get_if<Auth>(&request)) {
    take_auth(*auth);
  } else if (!principal_) {
    return end(kUnauthenticated, "the first message must be auth");
  } else if (!context_.gatekeeper.still_holds(*principal_)) {
    return end(kUnauthenticated, "what this connection was opened with has ended");
  } else {
    if (auto* subscribe = std::get_if<Subscribe>(&request)) {
      subscribe->user_id = principal_->user->id;
      may_subscribe(Subscribe{*subscribe}, request);
    }
    const bool good = context_.hub.handle(*this, request, context_.runtime.now());
    errors_in_a_row_ = good ? 0 : errors_in_a_row_ + 1;
  }
  if (errors_in_a_row_ >= kErrorsMost) end(kPolicy, "20 requests in a row were wrong");
}

}  // namespace cw::realtime
