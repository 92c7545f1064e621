#include "net/websocket.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "net/wakeup.h"
#include "net/ws_frame.h"

namespace cw::net {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kReadBytesIdle = 512;  // at first, and again after kSmallReads in a row that would have fitted
constexpr int kSmallReads = 8;
constexpr Millis kCloseWait{2'000};
constexpr std::size_t kLingerBytes = 1024 * 1024;  // read after our close frame; the rest waits in the kernel
constexpr Millis kLook{20};                        // how often `close` looks whether another's read has ended

}  // namespace

// Held by the WebSocket and by every coroutine that is inside it, so that destroying the WebSocket under a waiting read
// ends that read and nothing worse.
struct WebSocket::Impl : std::enable_shared_from_this<WebSocket::Impl> {
  Impl(Runtime& owner, StreamPtr owned, Role its_role, WebSocketLimits its_limits, std::string already_read)
      : runtime(owner),
        stream(std::move(owned)),
        role(its_role),
        limits(its_limits),
        parser(role == Role::server ? WsParser::Side::client : WsParser::Side::server, limits.message_bytes),
        unread(std::move(already_read)),
        flushed(owner.loop()),
        last_heard(owner.elapsed()) {}

  Runtime& runtime;
  StreamPtr stream;
  Role role;
  WebSocketLimits limits;
  WsParser parser;
  std::string unread;  // bytes read and not yet parsed lie in [unread_begin, size)
  std::size_t unread_begin = 0;
  std::size_t read_bytes = kReadBytesIdle;  // how much room the next read gets
  int small_reads = 0;
  std::string outgoing;
  std::string sending;
  std::string pong;  // payload of the newest ping not yet answered
  bool owes_pong = false;
  bool is_flushing = false;
  bool close_sent = false;
  bool is_reading = false;
  bool end_told = false;              // `closed` was given to the reader
  std::size_t heard_since_close = 0;  // bytes that came after our close frame
  std::optional<WebSocketMessage> end;
  Wakeup flushed;
  std::unique_ptr<Alarm> keeper;
  Millis last_heard;
  bool ping_unanswered = false;

  void start_keeper();
  void keep();
  void append(WsOpcode opcode, std::string_view payload);
  Task<Result<void>> flush(bool is_writer);
  static Task<void> flush_in_background(std::shared_ptr<Impl> self) { (void)co_await self->flush(false); }
  Task<Result<void>> write(WsOpcode opcode, std::string_view payload);
  Task<Result<WebSocketMessage::Kind>> read(std::string& data);
  Task<std::optional<Result<WebSocketMessage::Kind>>> act_on(WsParser::Event event, std::string& data);
  Task<Result<void>> finish();
  Task<Result<void>> discard();
  Task<void> linger();
  static Task<void> last_word(std::shared_ptr<Impl> self);
  void make_room();
  void size_room(std::size_t got);
  WebSocketMessage::Kind tell_end(std::string& data);
  void end_with(std::uint16_t code, std::string reason);
  void drop();
};

void WebSocket::Impl::append(WsOpcode opcode, std::string_view payload) {
  if (role == Role::server) {
    append_ws_frame(outgoing, opcode, true, payload, nullptr);
    return;
  }
  WsMaskKey key{};
  runtime.fill_random(key);
  append_ws_frame(outgoing, opcode, true, payload, &key);
}

/// Sends what is gathered. One flush runs at a time and takes along what comes in the meantime; writers wait for it, so
/// that `outgoing` holds at most one message and a few control frames.
Task<Result<void>> WebSocket::Impl::flush(bool is_writer) {
  const auto self = shared_from_this();
  while (is_flushing) {
    if (!is_writer) co_return Result<void>{};
    if (!co_await flushed.wait()) co_return fail(Errc::cancelled, "writing was cancelled");
  }
  struct Flushing {
    Impl& impl;
    bool done = false;
    explicit Flushing(Impl& i) : impl(i) { impl.is_flushing = true; }
    ~Flushing() {
      impl.is_flushing = false;
      if (!done) impl.stream->close();  // a frame may be half sent
      impl.flushed.notify();
    }
  } flushing(*this);
  for (;;) {
    if (std::exchange(owes_pong, false) && !close_sent) append(WsOpcode::pong, pong);
    if (outgoing.empty()) break;
    sending.clear();
    std::swap(sending, outgoing);
    const auto written = co_await stream->write(sending);
    if (!written) co_return pass_on(written);
  }
  flushing.done = true;
  co_return Result<void>{};
}

Task<Result<void>> WebSocket::Impl::write(WsOpcode opcode, std::string_view payload) {
  const auto self = shared_from_this();
  if (close_sent || end) co_return fail(Errc::disconnected, "the WebSocket is closed");
  append(opcode, payload);
  co_return co_await flush(true);
}

void WebSocket::Impl::end_with(std::uint16_t code, std::string reason) {
  if (!end) end = WebSocketMessage{WebSocketMessage::Kind::closed, std::move(reason), code};
}

Task<Result<void>> WebSocket::Impl::finish() {
  const auto self = shared_from_this();
  co_await stream->finish();
  co_return Result<void>{};
}

/// Reads on until the other side ends, for kLingerBytes; the caller bounds the time.
Task<Result<void>> WebSocket::Impl::discard() {
  const auto self = shared_from_this();
  std::vector<char> thrown_away(kReadBytes);
  for (std::size_t total = 0; total < kLingerBytes;) {
    const auto got = co_await stream->read_some(thrown_away);
    if (!got) co_return pass_on(got);
    if (*got == 0) co_return Result<void>{};
    total += *got;
  }
  co_await runtime.sleep_for(kCloseWait);
  co_return Result<void>{};
}

/// Waits for the answer to our close frame. Closing over unread bytes makes the kernel reset the connection, and the frame
/// might be lost: so we read on. Of a peer that keeps sending we read no more than kLingerBytes; then its own sends block,
/// and it has the rest of the time to find the frame.
Task<void> WebSocket::Impl::linger() {
  const auto self = shared_from_this();
  const auto until = runtime.elapsed() + kCloseWait;
  std::string ignored;
  while (!end && runtime.elapsed() < until) {
    const auto left = until - runtime.elapsed();
    if (is_reading || heard_since_close >= kLingerBytes) {
      co_await runtime.sleep_for(std::min(kLook, left));
      continue;
    }
    const auto kind = co_await runtime.within(left, read(ignored));
    if (!kind && heard_since_close < kLingerBytes) break;
  }
}

/// The close frame to a peer that was silent for too long, where the stream still takes it.
Task<void> WebSocket::Impl::last_word(std::shared_ptr<Impl> self) {
  (void)co_await self->runtime.within(kCloseWait, self->flush(true));
  self->stream->close();
}

WebSocketMessage::Kind WebSocket::Impl::tell_end(std::string& data) {
  end_told = true;
  keeper.reset();
  data = end->data;
  return WebSocketMessage::Kind::closed;
}

void WebSocket::Impl::drop() {
  keeper.reset();
  end_with(WsClose::abnormal, "dropped on this side");
  stream->close();
}

/// Checks for life at most every half `ping_every`: one alarm, re-armed, whatever the traffic.
void WebSocket::Impl::start_keeper() {
  if (limits.ping_every <= Millis{0} && limits.dead_after <= Millis{0}) return;
  keeper = runtime.make_alarm([held = weak_from_this()] {
    if (const auto self = held.lock()) self->keep();
  });
  keep();
}

void WebSocket::Impl::keep() {
  const auto silent = runtime.elapsed() - last_heard;
  if (limits.dead_after > Millis{0} && silent >= limits.dead_after) {
    end_with(WsClose::abnormal, "nothing was heard from the other side for " + format_duration(limits.dead_after));
    keeper->clear();
    if (limits.dead_code == 0 || is_flushing || std::exchange(close_sent, true)) return stream->close();
    append(WsOpcode::close, ws_close_payload(limits.dead_code, "nothing was heard from you"));
    return runtime.spawn("websocket last word", last_word(shared_from_this()));
  }
  auto next = limits.dead_after > Millis{0} ? limits.dead_after - silent : limits.ping_every;
  if (limits.ping_every > Millis{0}) {
    if (silent < limits.ping_every) {
      ping_unanswered = false;
      next = std::min(next, limits.ping_every - silent);
    } else {
      next = std::min(next, limits.ping_every);
      // A slow flush holds at most one ping of ours.
      if (!is_flushing && !close_sent) {
        append(WsOpcode::ping, {});
        runtime.spawn("websocket ping", flush_in_background(shared_from_this()));
      }
    }
  }
  keeper->set(std::max(next, Millis{1}));
}

/// What a parser's event means: an answer for the reader, or none and reading goes on.
Task<std::optional<Result<WebSocketMessage::Kind>>> WebSocket::Impl::act_on(WsParser::Event event, std::string& data) {
  using Answer = std::optional<Result<WebSocketMessage::Kind>>;
  switch (event) {
    case WsParser::Event::need_more:
    case WsParser::Event::pong: co_return std::nullopt;
    case WsParser::Event::text:
    case WsParser::Event::binary:
      std::swap(data, parser.message());
      co_return Answer(event == WsParser::Event::text ? WebSocketMessage::Kind::text : WebSocketMessage::Kind::binary);
    case WsParser::Event::ping:
      pong = parser.control();
      owes_pong = true;
      (void)co_await flush(false);
      co_return std::nullopt;
    case WsParser::Event::close:
      end_with(parser.close_code(), std::string(parser.control()));
      if (!std::exchange(close_sent, true)) {
        const bool has_code = parser.close_code() != WsClose::no_code;
        append(WsOpcode::close, has_code ? ws_close_payload(parser.close_code(), {}) : std::string());
        (void)co_await runtime.within(kCloseWait, flush(true));
      }
      break;
    case WsParser::Event::failed:
      end_with(parser.close_code(), std::string(parser.failure()));
      if (!std::exchange(close_sent, true)) {
        append(WsOpcode::close, ws_close_payload(parser.close_code(), parser.failure()));
        (void)co_await runtime.within(kCloseWait, flush(true));
      }
      break;
  }
  (void)co_await runtime.within(kCloseWait, finish());
  // As in `linger`.
  if (event == WsParser::Event::failed) (void)co_await runtime.within(kCloseWait, discard());
  stream->close();
  co_return Answer(tell_end(data));
}

/// Most sockets only answer pings: they hold a small buffer. One that is sent much gets a large one at once.
void WebSocket::Impl::size_room(std::size_t got) {
  small_reads = got <= kReadBytesIdle ? small_reads + 1 : 0;
  if (got == read_bytes) {
    read_bytes = kReadBytes;
    small_reads = 0;
  } else if (small_reads >= kSmallReads) {
    read_bytes = kReadBytesIdle;
  }
}

void WebSocket::Impl::make_room() {
  if (unread.capacity() > 2 * read_bytes) unread = std::string();
  unread.resize(read_bytes);
}

Task<Result<WebSocketMessage::Kind>> WebSocket::Impl::read(std::string& data) {
  const auto self = shared_from_this();
  struct Reading {
    Impl& impl;
    explicit Reading(Impl& i) : impl(i) { impl.is_reading = true; }
    ~Reading() { impl.is_reading = false; }
  } reading(*this);
  for (;;) {
    if (end_told) co_return fail(Errc::disconnected, "the WebSocket is closed");
    if (end) co_return tell_end(data);
    std::string_view input(unread.data() + unread_begin, unread.size() - unread_begin);
    while (!input.empty()) {
      const auto event = parser.next(input);
      unread_begin = unread.size() - input.size();
      if (event == WsParser::Event::need_more) break;
      auto answer = co_await act_on(event, data);
      if (answer) co_return std::move(*answer);
      if (end) co_return tell_end(data);
    }
    if (heard_since_close >= kLingerBytes) co_return fail(Errc::disconnected, "the WebSocket is closed");
    make_room();
    unread_begin = unread.size();  // nothing is unread while we wait; a cancelled read leaves it so
    const auto got = co_await stream->read_some(unread);
    if (got && *got > 0) {
      unread.resize(*got);
      unread_begin = 0;
      last_heard = runtime.elapsed();
      if (close_sent) heard_since_close += *got;
      size_room(*got);
      continue;
    }
    if (!got && got.error().code == Errc::cancelled && !end) co_return pass_on(got);
    end_with(WsClose::abnormal, got ? "the stream ended without a close frame" : got.error().message);
    stream->close();
  }
}

WebSocket::WebSocket(Runtime& runtime, StreamPtr stream, Role role, WebSocketLimits limits, std::string already_read)
    : impl_(std::make_shared<Impl>(runtime, std::move(stream), role, limits, std::move(already_read))) {
  impl_->start_keeper();
}

WebSocket::~WebSocket() { impl_->drop(); }

Task<Result<WebSocketMessage>> WebSocket::read() {
  const auto impl = impl_;
  WebSocketMessage message;
  const auto kind = co_await impl->read(message.data);
  if (!kind) co_return pass_on(kind);
  message.kind = *kind;
  if (*kind == WebSocketMessage::Kind::closed) message.close_code = impl->end->close_code;
  co_return message;
}

Task<Result<WebSocketMessage::Kind>> WebSocket::read_into(std::string& data) { return impl_->read(data); }

std::uint16_t WebSocket::close_code() const { return impl_->end ? impl_->end->close_code : std::uint16_t{0}; }

Task<Result<void>> WebSocket::write_text(std::string_view text) { return impl_->write(WsOpcode::text, text); }

Task<Result<void>> WebSocket::write_binary(std::string_view bytes) { return impl_->write(WsOpcode::binary, bytes); }

Task<Result<void>> WebSocket::ping(std::string_view payload) {
  return impl_->write(WsOpcode::ping, payload.substr(0, 125));
}

Task<void> WebSocket::close(std::uint16_t code, std::string_view reason) {
  const auto impl = impl_;
  bool is_sent = impl->close_sent;
  if (!impl->end && !std::exchange(impl->close_sent, true)) {
    impl->append(WsOpcode::close, ws_close_payload(code, reason));
    is_sent = (co_await impl->runtime.within(kCloseWait, impl->flush(true))).has_value();
    // The server ends the connection (RFC 6455, section 7.1.1): behind the frame nothing more comes.
    if (is_sent && impl->role == Role::server) (void)co_await impl->runtime.within(kCloseWait, impl->finish());
  }
  if (is_sent) co_await impl->linger();
  impl->end_with(WsClose::abnormal, "the other side did not answer the close frame");
  impl->keeper.reset();
  impl->stream->close();
}

void WebSocket::abort() { impl_->drop(); }

std::string WebSocket::peer() const { return impl_->stream->peer(); }

}  // namespace cw::net
