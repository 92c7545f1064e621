#include "exchange/practice/session.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace cw::exchange::practice {
namespace {

constexpr std::size_t kHeldMost = 64;

Millis random_wait(Random& random, double times_an_hour) {
  const double hours = -std::log(1 - random.uniform()) / times_an_hour;
  return Millis{1 + static_cast<std::int64_t>(std::min(hours * 3.6e6, 1e12))};
}

// Texts that a client must survive.
std::string nonsense(Random& random, const std::string& good) {
  switch (random.below(6)) {
    case 0: return good.substr(0, good.size() / 2);
    case 1: return R"({"e":"trade","s":12,"p":{},"q":null,"T":"late"})";
    case 2: return "[]";
    case 3: return R"({"stream":"btcusdt@kline_1m","data":{"e":"kline","k":{"t":"x","o":"abc","x":1}}})";
    case 4: return std::string(200, '{');
    default: return good + good;
  }
}

// Bytes that no WebSocket may send: a reserved opcode, a masked frame of a server, a control frame that is too long.
std::string broken_frame(Random& random) {
  switch (random.below(3)) {
    case 0: return std::string("\x83\x01x", 3);
    case 1:
      return std::string(
          "\x81\x81"
          "abcd"
          "e",
          7);
    default: return std::string("\x89\x7e\x01\x00", 4) + std::string(256, 'x');
  }
}

}  // namespace

Session::Session(SessionHost& host, net::Runtime& runtime, std::unique_ptr<net::WebSocket> socket,
                 std::shared_ptr<Smuggler> smuggler, SessionLimits limits, bool combined, std::uint64_t seed)
    : host_(host),
      runtime_(runtime),
      socket_(std::move(socket)),
      smuggler_(std::move(smuggler)),
      limits_(limits),
      combined_(combined),
      random_(seed) {}

net::Task<void> Session::run(std::vector<std::string> streams) {
  const auto self = shared_from_this();
  struct Leaving {
    Session& session;
    ~Leaving() {
      session.is_over_ = true;
      session.lifetime_.reset();
      session.drop_.reset();
      session.stall_.reset();
      while (!session.streams_.empty()) session.unsubscribe(std::string(session.streams_.begin()->first));
      session.socket_->abort();
    }
  } leaving{*this};
  arm_lifetime();
  rearm();
  for (const std::string& stream : streams) subscribe(stream);
  for (;;) {
    const auto message = co_await socket_->read();
    if (!message || message->kind == net::WebSocketMessage::Kind::closed) co_return;
    if (is_flood()) {
      host_.count("cut_flood");
      queue_.clear();
      finish(1008, "Too many requests");
      continue;
    }
    if (message->kind == net::WebSocketMessage::Kind::text && !closing_) enqueue(answer(message->data));
  }
}

void Session::arm_lifetime() {
  lifetime_ = runtime_.make_alarm([this] {
    host_.count("expired");
    finish(1001, "the connection has reached its greatest age");
  });
  lifetime_->set(limits_.lifetime);
}

void Session::rearm() {
  if (is_over_) return;
  drop_.reset();
  stall_.reset();
  if (const double rate = host_.misbehaviour().drop; rate > 0) {
    drop_ = runtime_.make_alarm([this] {
      host_.count("dropped");
      cut();
    });
    drop_->set(random_wait(random_, rate));
  }
  if (const double rate = host_.misbehaviour().slow; rate > 0) {
    stall_ = runtime_.make_alarm([this, rate] {
      host_.count("stalled");
      stalled_until_ = runtime_.elapsed() + Millis{2'000 + static_cast<std::int64_t>(random_.below(38'000))};
      stall_->set(random_wait(random_, rate));
    });
    stall_->set(random_wait(random_, rate));
  }
}

void Session::deliver(std::string_view stream, std::string_view event, bool may_be_left_out) {
  if (is_over_ || closing_) return;
  const Misbehaviour& mischief = host_.misbehaviour();
  if (may_be_left_out && mischief.hole > 0 && random_.chance(mischief.hole)) {
    host_.count("left_out");
    return;
  }
  std::string text;
  if (combined_) {
    text.reserve(event.size() + stream.size() + 24);
    text.append(R"({"stream":")").append(stream).append(R"(","data":)").append(event).append("}");
  } else {
    text = event;
  }
  misbehave_before(text);
  if (mischief.disorder > 0 && held_.size() < kHeldMost && random_.chance(mischief.disorder)) {
    host_.count("held_back");
    held_.push_back({std::move(text), 1 + static_cast<int>(random_.below(8))});
    return;
  }
  if (mischief.duplicate > 0 && random_.chance(mischief.duplicate)) {
    host_.count("repeated");
    enqueue(text);
  }
  enqueue(std::move(text));
  release_held();
}

void Session::misbehave_before(const std::string& text) {
  const double share = host_.misbehaviour().garbage;
  if (share <= 0 || !random_.chance(share)) return;
  host_.count("garbage");
  // A broken frame costs the client its connection, so it is the rarer one.
  if (random_.chance(0.1)) {
    smuggler_->slip_in(broken_frame(random_));
  } else {
    enqueue(nonsense(random_, text));
  }
}

void Session::release_held() {
  for (HeldBack& one : held_) --one.after;
  while (!held_.empty()) {
    const auto due = std::ranges::find_if(held_, [](const HeldBack& one) { return one.after <= 0; });
    if (due == held_.end()) return;
    std::string text = std::move(due->text);
    held_.erase(due);
    enqueue(std::move(text));
  }
}

void Session::enqueue(std::string text) {
  if (is_over_) return;
  queued_bytes_ += text.size();
  queue_.push_back(std::move(text));
  if (queued_bytes_ > limits_.queue_bytes) {
    host_.count("cut_slow");
    cut();
    return;
  }
  if (!is_draining_) {
    is_draining_ = true;
    host_.run_beside(drain(shared_from_this()));
  }
}

net::Task<void> Session::drain(std::shared_ptr<Session> self) {
  struct Draining {
    Session& session;
    ~Draining() { session.is_draining_ = false; }
  } draining{*self};
  while (!self->is_over_ && (!self->queue_.empty() || self->closing_)) {
    if (const Millis left = self->stalled_until_ - self->runtime_.elapsed(); left > Millis{0}) {
      co_await self->runtime_.sleep_for(left);
      continue;
    }
    if (self->queue_.empty()) {
      co_await self->socket_->close(self->closing_->first, self->closing_->second);
      co_return;
    }
    const std::string text = std::move(self->queue_.front());
    self->queue_.pop_front();
    const auto sent = co_await self->socket_->write_text(text);
    self->queued_bytes_ -= std::min(self->queued_bytes_, text.size());
    if (!sent) self->cut();
  }
}

void Session::finish(std::uint16_t code, std::string reason) {
  if (is_over_ || closing_) return;
  closing_.emplace(code, std::move(reason));
  if (!is_draining_) {
    is_draining_ = true;
    host_.run_beside(drain(shared_from_this()));
  }
}

void Session::cut() {
  is_over_ = true;
  queue_.clear();
  queued_bytes_ = 0;
  socket_->abort();
}

bool Session::is_flood() {
  const Millis now = runtime_.elapsed();
  heard_.push_back(now);
  while (now - heard_.front() >= Millis{1'000}) heard_.pop_front();
  return heard_.size() > static_cast<std::size_t>(limits_.messages_a_second);
}

std::string Session::answer(std::string_view message) {
  const auto command = parse_command(message);
  return command ? obey(*command) : ws_answer(command.error());
}

std::string Session::obey(const WsCommand& command) {
  using Method = WsCommand::Method;
  switch (command.method) {
    case Method::subscribe: {
      std::size_t wanted = streams_.size();
      for (const std::string& stream : command.streams) wanted += !streams_.contains(stream);
      if (wanted > limits_.streams) {
        return ws_answer(WsRefusal{
            2, "Invalid request: a connection can listen to at most " + std::to_string(limits_.streams) + " streams",
            command.id});
      }
      for (const std::string& stream : command.streams) subscribe(stream);
      return ws_answer("null", command.id);
    }
    case Method::unsubscribe:
      for (const std::string& stream : command.streams) unsubscribe(stream);
      return ws_answer("null", command.id);
    case Method::list_subscriptions: {
      std::vector<std::string> names;
      for (const auto& [stream, id] : streams_) names.push_back(stream);
      return ws_answer(names, command.id);
    }
    case Method::set_combined: combined_ = command.combined; return ws_answer("null", command.id);
    case Method::get_combined: break;
  }
  return ws_answer(combined_ ? "true" : "false", command.id);
}

void Session::subscribe(const std::string& stream) {
  if (streams_.contains(stream) || streams_.size() >= limits_.streams) return;
  const std::optional<StreamId> id = parse_stream(stream, host_.instruments());
  streams_.emplace(stream, id);
  if (id) host_.listen(*this, *id);
}

void Session::unsubscribe(const std::string& stream) {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  if (found->second) host_.unlisten(*this, *found->second);
  streams_.erase(found);
}

}  // namespace cw::exchange::practice
