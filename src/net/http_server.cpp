#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <list>
#include <optional>
#include <utility>

#include "net/http.h"
#include "net/http_parser.h"
#include "net/http_text.h"
#include "net/ip_address.h"
#include "net/wakeup.h"

namespace cw::net {
namespace {

constexpr std::size_t kReadBytes = 8 * 1024;
constexpr std::size_t kRefusalsAtOnce = 64;  // connections over the limit that still get a 503
constexpr Millis kLingerTime{2'000};         // how long we listen to what a refused client still sends
constexpr std::size_t kLingerBytes = 256 * 1024;
constexpr Millis kAcceptPause{100};

/// One deadline a connection, moved with every request. The alarm under it rings at least every `look_every` and is then
/// set again; with `look_every` the shortest of the limits a request sets no timer.
class Deadline {
 public:
  Deadline(Runtime& runtime, Millis look_every, std::move_only_function<void()> expired)
      : runtime_(runtime),
        look_every_(look_every),
        expired_(std::move(expired)),
        alarm_(runtime.make_alarm([this] { look(); })) {}

  void set(Millis after) {
    const auto now = runtime_.elapsed();
    due_ = now + after;
    if (!armed_for_ || *armed_for_ > *due_) arm(now);
  }
  void clear() { due_.reset(); }

 private:
  void arm(Millis now) {
    const auto after = std::min(*due_ - now, look_every_);
    armed_for_ = now + after;
    alarm_->set(after);
  }
  void look() {
    armed_for_.reset();
    if (!due_) return;
    const auto now = runtime_.elapsed();
    if (now < *due_) return arm(now);
    due_.reset();
    expired_();
  }

  Runtime& runtime_;
  Millis look_every_;
  std::move_only_function<void()> expired_;
  std::optional<Millis> due_;
  std::optional<Millis> armed_for_;
  std::unique_ptr<Alarm> alarm_;
};

bool is_safe_value(std::string_view value) {
  return std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// Fields that only the server itself may write.
bool is_ours(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kOurs{"Content-Length", "Connection", "Transfer-Encoding", "Date",
                                                         "X-Request-Id"};
  return std::ranges::any_of(kOurs, [&](std::string_view ours) { return equal_without_case(name, ours); });
}

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  Impl(Runtime& owner, HttpHandler& its_handler, HttpLimits its_limits)
      : runtime(owner), handler(its_handler), limits(its_limits), tasks(owner), emptied(owner.loop()) {
    std::array<unsigned char, 8> seed{};
    runtime.fill_random(seed);
    for (const auto byte : seed) id_seed = (id_seed << 8) | byte;
  }

  struct Session;

  Runtime& runtime;
  HttpHandler& handler;
  HttpLimits limits;
  std::list<Listener*> listeners;
  std::list<Session*> sessions;
  std::size_t refusals = 0;
  bool stopping = false;
  std::uint64_t id_seed = 0;
  std::uint64_t requests = 0;
  std::string date;
  Timestamp date_of{};
  TaskGroup tasks;
  Wakeup emptied;

  const std::string& date_now() {
    const auto second = std::chrono::floor<std::chrono::seconds>(runtime.now());
    if (date.empty() || Timestamp(second) != date_of) {
      date_of = second;
      date = http_date(date_of);
    }
    return date;
  }
  std::string next_request_id();
  Task<void> serve(std::unique_ptr<Listener> listener);
  static Task<void> run_session(std::shared_ptr<Impl> self, StreamPtr stream);
  static Task<void> refuse(std::shared_ptr<Impl> self, StreamPtr stream);
};

/// One connection, from its first byte to its end.
struct HttpServer::Impl::Session {
  enum class Wait { none, idle, header, body, write };

  Session(Impl& owner, StreamPtr owned)
      : server(owner),
        stream(std::move(owned)),
        peer_address(address_of_peer(stream->peer())),
        parser(owner.limits),
        deadline(owner.runtime,
                 std::min({owner.limits.header_time, owner.limits.body_time, owner.limits.idle_time,
                           owner.limits.write_time}),
                 [this] { expire(); }) {
    place = server.sessions.insert(server.sessions.end(), this);
  }
  ~Session() {
    server.sessions.erase(place);
    if (server.sessions.empty()) server.emptied.notify();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Task<void> run();
  Task<HttpParse> read_until(HttpParse wanted);
  Task<bool> take_request();
  Task<bool> answer_request();
  Task<HttpResponse> ask_handler(HttpRequest request);
  Task<bool> write(HttpResponse response, bool keep_alive, bool is_head);
  Task<void> refuse(HttpFault fault);
  Task<void> linger();
  void write_head(const HttpResponse& response, bool keep_alive);
  void log(std::string_view method, std::string_view path, int status, std::size_t bytes);
  void wait_for(Wait what, Millis limit) {
    waiting = what;
    deadline.set(limit);
  }
  void expire();
  bool is_idle() const { return waiting == Wait::idle; }
  std::string_view unread() const { return std::string_view(buffer.data() + begin, end - begin); }

  Impl& server;
  StreamPtr stream;
  std::string peer_address;
  HttpRequestParser parser;
  Deadline deadline;
  std::list<Session*>::iterator place;
  Wait waiting = Wait::none;
  bool expired = false;
  std::string buffer;  // [begin, end) is read and not yet parsed
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string head;
  std::string request_id;
  Millis request_began{};
};

std::string HttpServer::Impl::next_request_id() {
  // Unlike a plain counter it says nothing about our traffic.
  auto x = id_seed + ++requests * 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return fmt::format("{:016x}", x ^ (x >> 31));
}

void HttpServer::Impl::Session::expire() {
  expired = true;
  // A slow reader gets no answer, it would not take it; an idle client expects none.
  if (waiting == Wait::header || waiting == Wait::body) {
    stream->cancel_read();
  } else {
    stream->close();
  }
}

/// Feeds the parser until it stands at `wanted` or further, or failed. need_more: the stream ended or the time is over.
Task<HttpParse> HttpServer::Impl::Session::read_until(HttpParse wanted) {
  for (;;) {
    if (begin < end) {
      if (waiting == Wait::idle) wait_for(Wait::header, server.limits.header_time);
      std::size_t used = 0;
      const auto parsed = parser.feed(unread(), used);
      begin += used;
      if (parsed == HttpParse::failed || parsed == HttpParse::done || parsed == wanted) co_return parsed;
      if (parsed == HttpParse::header) continue;
    }
    if (begin == end) begin = end = 0;
    if (buffer.size() - end < kReadBytes / 2) {
      buffer.erase(0, begin);
      end -= begin;
      begin = 0;
      buffer.resize(std::max(buffer.size(), end + kReadBytes));
    }
    const auto got = co_await stream->read_some(std::span(buffer).subspan(end));
    if (!got && got.error().code == Errc::refused)
      server.runtime.logger().info("tls_refused",
                                   {{"peer", stream->peer()}, {"why", std::string_view(got.error().message)}});
    if (!got || *got == 0) co_return HttpParse::need_more;
    end += *got;
  }
}

/// Reads one request. False where the connection ends here.
Task<bool> HttpServer::Impl::Session::take_request() {
  auto parsed = co_await read_until(HttpParse::header);
  if (parsed == HttpParse::need_more) {
    if (expired && waiting == Wait::header)
      co_await refuse({408, "request_timeout", "the header of the request did not come in time"});
    co_return false;
  }
  if (parsed == HttpParse::failed) {
    co_await refuse(parser.fault());
    co_return false;
  }
  const bool is_whole = begin < end || parsed == HttpParse::done;
  wait_for(Wait::body, server.limits.body_time);
  if (parser.expects_continue() && !is_whole) {
    const auto written = co_await stream->write(std::string_view("HTTP/1.1 100 Continue\r\n\r\n"));
    if (!written) co_return false;
  }
  parsed = parser.is_done() ? HttpParse::done : co_await read_until(HttpParse::done);
  if (parsed == HttpParse::need_more) {
    if (expired) co_await refuse({408, "request_timeout", "the body of the request did not come in time"});
    co_return false;
  }
  if (parsed == HttpParse::failed) {
    co_await refuse(parser.fault());
    co_return false;
  }
  co_return true;
}

Task<HttpResponse> HttpServer::Impl::Session::ask_handler(HttpRequest request) {
  std::string error;
  try {
    co_return co_await server.handler.handle(std::move(request));
  } catch (const boost::system::system_error& thrown) {
    if (thrown.code() == boost::asio::error::operation_aborted) throw;  // the server is being stopped
    error = thrown.what();
  } catch (const std::exception& thrown) {
    error = thrown.what();
  }
  server.runtime.logger().error("request_failed",
                                {{"request_id", std::string_view(request_id)}, {"error", std::string_view(error)}});
  co_return server.handler.problem(500, "internal",
                                   "the server failed to answer; its log has more under the request's id", request_id);
}

/// False where the connection ends after this answer, or was handed over.
Task<bool> HttpServer::Impl::Session::answer_request() {
  auto& request = parser.request();
  request.peer = stream->peer();
  request.peer_address = peer_address;
  request.is_tls = stream->is_tls();
  request.request_id = request_id = server.next_request_id();
  request_began = server.runtime.elapsed();
  waiting = Wait::none;
  deadline.clear();

  if (server.handler.wants_upgrade(request)) {
    log(request.method, request.path(), 101, 0);
    std::string rest(unread());
    co_await server.handler.upgrade(std::move(request), std::move(stream), std::move(rest));
    co_return false;
  }
  const bool wants_more = parser.keep_alive();
  const bool is_head = request.method == "HEAD";
  const auto method = request.method;
  const std::string path(request.path());
  request.is_gone = [from = stream.get()] { return from->is_gone(); };
  auto response = co_await ask_handler(std::move(request));
  const bool keep_alive = wants_more && !server.stopping;
  log(method, path, response.status, response.content().size());
  const bool written = co_await write(std::move(response), keep_alive, is_head);
  co_return written&& keep_alive;
}

void HttpServer::Impl::Session::write_head(const HttpResponse& response, bool keep_alive) {
  head.clear();
  auto out = std::back_inserter(head);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, reason_phrase(response.status),
                 server.date_now());
  for (const auto& [name, value] : response.fields.all()) {
    if (is_ours(name)) continue;
    if (!is_safe_value(name) || !is_safe_value(value)) {
      server.runtime.logger().error("unsafe_field_left_out", {{"request_id", std::string_view(request_id)}});
      continue;
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }
  if (!has_no_body(response.status)) fmt::format_to(out, "Content-Length: {}\r\n", response.content().size());
  if (!keep_alive) {
    head += "Connection: close\r\n";
  } else if (parser.request().is_http_1_0) {
    head += "Connection: keep-alive\r\n";
  }
  if (!request_id.empty()) head.append("X-Request-Id: ").append(request_id).append("\r\n");
  head += "\r\n";
}

Task<bool> HttpServer::Impl::Session::write(HttpResponse response, bool keep_alive, bool is_head) {
  write_head(response, keep_alive);
  wait_for(Wait::write, server.limits.write_time);
  const bool sends_body = !is_head && !has_no_body(response.status);
  const std::string_view body = sends_body ? response.content() : std::string_view();
  const auto written = co_await stream->write_both(head, body);
  co_return written.has_value();
}

/// Answers what is not a request of ours, then lets the client read it: closing with bytes unread would make the kernel
/// reset the connection and throw the answer away.
Task<void> HttpServer::Impl::Session::refuse(HttpFault fault) {
  expired = false;
  request_id = server.next_request_id();
  request_began = server.runtime.elapsed();
  auto response = server.handler.problem(fault.status, fault.code, fault.detail, request_id);
  log("-", "-", fault.status, response.body.size());
  if (co_await write(std::move(response), false, false)) co_await linger();
}

Task<void> HttpServer::Impl::Session::linger() {
  wait_for(Wait::write, kLingerTime);  // at the end of it the stream is closed
  co_await stream->finish();
  std::array<char, 1024> thrown_away;
  std::size_t total = 0;
  while (total < kLingerBytes) {
    const auto got = co_await stream->read_some(thrown_away);
    if (!got || *got == 0) break;
    total += *got;
  }
}

void HttpServer::Impl::Session::log(std::string_view method, std::string_view path, int status, std::size_t bytes) {
  server.runtime.logger().info("http_request", {{"request_id", std::string_view(request_id)},
                                                {"method", method},
                                                {"path", path},
                                                {"status", std::int64_t{status}},
                                                {"bytes", static_cast<std::int64_t>(bytes)},
                                                {"ms", (server.runtime.elapsed() - request_began).count()},
                                                {"peer", stream ? stream->peer() : std::string()}});
}

Task<void> HttpServer::Impl::Session::run() {
  wait_for(Wait::idle, server.limits.header_time);
  for (;;) {
    if (!co_await take_request()) break;
    if (!co_await answer_request()) break;
    if (server.stopping) break;
    parser.next_message();
    wait_for(Wait::idle, server.limits.idle_time);
  }
  if (!stream) co_return;
  deadline.clear();
  co_await stream->finish();
  stream->close();
}

Task<void> HttpServer::Impl::run_session(std::shared_ptr<Impl> self, StreamPtr stream) {
  Session session(*self, std::move(stream));
  co_await session.run();
}

Task<void> HttpServer::Impl::refuse(std::shared_ptr<Impl> self, StreamPtr stream) {
  struct Count {
    std::size_t& count;
    explicit Count(std::size_t& c) : count(c) { ++count; }
    ~Count() { --count; }
  } counted(self->refusals);
  const std::string request_id = self->next_request_id();
  const auto response =
      self->handler.problem(503, "overloaded", "the server has too many open connections; try again soon", request_id);
  auto lines = fmt::format("HTTP/1.1 503 {}\r\nConnection: close\r\nContent-Length: {}\r\nX-Request-Id: {}\r\n",
                           reason_phrase(503), response.body.size(), request_id);
  // One answer to "when": the handler's, else ours.
  if (response.fields.get("Retry-After").empty()) lines += "Retry-After: 1\r\n";
  for (const auto& [name, value] : response.fields.all()) {
    if (!is_ours(name) && is_safe_value(value)) lines.append(name).append(": ").append(value).append("\r\n");
  }
  lines += "\r\n";
  const auto alarm = self->runtime.make_alarm([raw = stream.get()] { raw->close(); });
  alarm->set(kLingerTime);
  // The request is read first: an answer before it may be thrown away by the client's kernel.
  std::array<char, 4096> request;
  const auto got = co_await stream->read_some(request);
  if (!got || *got == 0) co_return;
  (void)co_await stream->write_both(lines, response.body);
  co_await stream->finish();
  while (true) {
    const auto more = co_await stream->read_some(request);
    if (!more || *more == 0) break;
  }
}

Task<void> HttpServer::Impl::serve(std::unique_ptr<Listener> listener) {
  const auto self = shared_from_this();
  if (stopping) co_return;
  struct Listed {
    Impl& impl;
    std::list<Listener*>::iterator place;
    ~Listed() { impl.listeners.erase(place); }
  } listed{*this, listeners.insert(listeners.end(), listener.get())};
  for (;;) {
    auto stream = co_await listener->accept();
    if (stopping || (!stream && stream.error().code == Errc::cancelled)) co_return;
    if (!stream) {
      runtime.logger().warn("accept_failed", {{"error", std::string_view(stream.error().message)}});
      co_await runtime.sleep_for(kAcceptPause);
    } else if (sessions.size() < limits.connections) {
      tasks.spawn("http connection", run_session(self, std::move(*stream)));
    } else if (refusals < kRefusalsAtOnce) {
      tasks.spawn("http refusal", refuse(self, std::move(*stream)));
    }
  }
}

HttpServer::HttpServer(Runtime& runtime, HttpHandler& handler, HttpLimits limits)
    : impl_(std::make_shared<Impl>(runtime, handler, limits)) {}

HttpServer::~HttpServer() {
  impl_->stopping = true;
  for (auto* listener : impl_->listeners) listener->close();
  impl_->tasks.cancel();
}

Task<void> HttpServer::serve(std::unique_ptr<Listener> listener) { return impl_->serve(std::move(listener)); }

Task<void> HttpServer::stop(Millis grace) {
  const auto impl = impl_;
  impl->stopping = true;
  for (auto* listener : impl->listeners) listener->close();
  for (auto* session : impl->sessions) {
    if (session->is_idle()) session->stream->close();
  }
  const auto alarm = impl->runtime.make_alarm([impl] { impl->tasks.cancel(); });
  alarm->set(grace);
  co_await impl->tasks.join();
}

std::size_t HttpServer::open_connections() const { return impl_->sessions.size(); }

Task<void> HttpHandler::upgrade(HttpRequest, StreamPtr stream, std::string) {
  stream->close();
  co_return;
}

}  // namespace cw::net
