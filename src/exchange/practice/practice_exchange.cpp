#include "exchange/practice/practice_exchange.h"

#include <fmt/format.h>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "base/random.h"
#include "exchange/practice/answer_cutter.h"
#include "exchange/practice/history.h"
#include "exchange/practice/live_tape.h"
#include "exchange/practice/outages.h"
#include "exchange/practice/request_weight.h"
#include "exchange/practice/rest.h"
#include "exchange/practice/wire.h"
#include "net/http.h"
#include "net/loopback_host.h"
#include "net/websocket.h"

namespace cw::exchange::practice {
namespace {

constexpr Millis kFinest{5};    // between two looks at the tape
constexpr int kDaysAtOnce = 3;  // of minutes that one request works on before others have their turn

net::HttpLimits http_limits() {
  net::HttpLimits limits;
  limits.target_bytes = 32 * 1024;  // a thousand streams in one address
  limits.header_bytes = 48 * 1024;
  limits.body_bytes = 64 * 1024;
  return limits;
}

bool is_stream_path(std::string_view path) { return path == "/stream" || path == "/ws" || path.starts_with("/ws/"); }

// The streams that an address asks for: /ws/a/b, or /stream?streams=a/b.
std::vector<std::string> streams_of(const net::HttpRequest& request) {
  const std::string_view path = request.path();
  const std::string list = path == "/stream"
                               ? request.query("streams").value_or("")
                               : net::percent_decode(path.substr(std::min<std::size_t>(4, path.size()))).value_or("");
  std::vector<std::string> streams;
  std::string_view left = list;
  while (!left.empty()) {
    const std::size_t slash = left.find('/');
    if (slash != 0) streams.emplace_back(left.substr(0, slash));
    left = slash == std::string_view::npos ? std::string_view() : left.substr(slash + 1);
  }
  return streams;
}

std::int64_t whole_seconds(Millis wait) { return (wait.count() + 999) / 1'000; }

}  // namespace

class PracticeExchange::Impl final : public net::HttpHandler,
                                     public TapeSink,
                                     public SessionHost,
                                     public std::enable_shared_from_this<Impl> {
 public:
  Impl(net::Runtime& runtime, PracticeSettings settings, std::unique_ptr<MarketSource> source, Metrics& metrics)
      : runtime_(runtime),
        settings_(std::move(settings)),
        source_(std::make_unique<OutageMarket>(std::move(source), settings_.seed)),
        metrics_(metrics),
        history_(*source_),
        tape_(*source_, settings_.speed),
        weights_(settings_.weight_a_minute),
        random_(settings_.seed),
        began_(runtime.elapsed()),
        connections_(metrics.gauge("candlewick_practice_connections", "WebSocket clients of the practice exchange")),
        events_(
            metrics.counter("candlewick_practice_events_total", "Events that the practice exchange told its clients")),
        alarm_(runtime.make_alarm([this] { tick(); })),
        tasks_(std::make_unique<net::TaskGroup>(runtime)),
        server_(std::make_unique<net::HttpServer>(runtime, *this, http_limits())) {
    source_->set_rate(settings_.misbehaviour.outage, now());
  }

  // Ends what still runs; the coroutines hold this object until they have unwound.
  void shut_down() {
    is_over_ = true;
    alarm_->clear();
    for (Session* session : sessions_) session->cut();
    server_.reset();
    tasks_.reset();
  }

  Timestamp now() const {
    const auto passed = static_cast<double>((runtime_.elapsed() - began_).count());
    return settings_.start + Millis{static_cast<std::int64_t>(passed * settings_.speed)};
  }

  net::Task<void> serve(std::unique_ptr<net::Listener> listener) {
    const auto self = shared_from_this();
    co_await server_->serve(with_cutter(std::move(listener), cutter_));
    while (is_stopping_ && !is_over_) co_await runtime_.sleep_for(Millis{10});  // the clients are still being seen off
  }

  net::Task<void> end_sessions(Millis notice) {
    const auto self = shared_from_this();
    std::string message;
    wire::server_shutdown(message, now());
    for (Session* session : sessions_) session->announce(message);
    if (notice > Millis{0}) co_await runtime_.sleep_for(notice);
    for (Session* session : sessions_) session->finish(1001, "the exchange restarts");
  }

  net::Task<void> stop(Millis notice) {
    const auto self = shared_from_this();
    is_stopping_ = true;
    co_await end_sessions(notice);
    if (server_) co_await server_->stop(Millis{3'000});
    is_over_ = true;
    alarm_->clear();
  }

  void set_misbehaviour(const Misbehaviour& misbehaviour) {
    if (misbehaviour.outage != settings_.misbehaviour.outage) source_->set_rate(misbehaviour.outage, now());
    settings_.misbehaviour = misbehaviour;
    for (Session* session : sessions_) session->rearm();
  }

  Result<std::vector<market::Candle>> truth(std::string_view symbol, Timestamp from, Timestamp to);
  std::size_t session_count() const { return sessions_.size(); }

  // HttpHandler
  net::Task<net::HttpResponse> handle(net::HttpRequest request) override;
  bool wants_upgrade(const net::HttpRequest& request) override {
    return net::is_websocket_upgrade(request) && is_stream_path(request.path()) &&
           streams_of(request).size() <= settings_.session.streams;
  }
  net::Task<void> upgrade(net::HttpRequest request, net::StreamPtr stream, std::string already_read) override;

  // TapeSink
  void on_trade(std::size_t instrument, const market::Trade& trade, Timestamp event_time) override;
  void on_quote(std::size_t instrument, std::int64_t update_id, const market::Quote& quote) override;
  void on_kline(const StreamId& stream, const Bar& bar, bool closed, Timestamp event_time) override;
  void on_mini_ticker(std::size_t instrument, const Bar& day, Timestamp event_time) override;

  // SessionHost
  std::span<const market::Instrument> instruments() const override { return source_->instruments(); }
  const Misbehaviour& misbehaviour() const override { return settings_.misbehaviour; }
  void listen(Session& session, const StreamId& stream) override;
  void unlisten(Session& session, const StreamId& stream) override;
  void run_beside(net::Task<void> work) override {
    if (tasks_) tasks_->spawn("practice session", std::move(work));
  }
  void count(std::string_view what) override {
    metrics_
        .counter("candlewick_practice_mischief_total", "What the practice exchange did to its clients, by kind",
                 {{"kind", std::string(what)}})
        .add();
  }

 private:
  struct Audience {
    std::string name;
    std::vector<Session*> sessions;
  };

  void tick();
  void arm();
  template <class Write>
  void tell(const StreamId& stream, bool may_be_left_out, Write write);
  const std::string& symbol(std::size_t instrument) const { return source_->instruments()[instrument].id.symbol; }

  net::Task<net::HttpResponse> answer_api(net::HttpRequest request);
  net::Task<net::HttpResponse> answer_klines(const net::HttpRequest& request);
  net::HttpResponse refusal(const RequestWeights::Verdict& verdict) const;
  net::HttpResponse answer_order(const net::HttpRequest& request);
  net::HttpResponse status() const;
  static net::Task<void> restart_later(std::shared_ptr<Impl> self) {
    co_await self->end_sessions(self->settings_.restart_notice);
  }

  net::Runtime& runtime_;
  PracticeSettings settings_;
  std::unique_ptr<OutageMarket> source_;
  Metrics& metrics_;
  History history_;
  LiveTape tape_;
  RequestWeights weights_;
  Random random_;
  Millis began_;
  Gauge& connections_;
  Counter& events_;
  std::map<StreamId, Audience> audiences_;
  std::set<Session*> sessions_;
  std::uint64_t next_session_ = 0;
  std::shared_ptr<AnswerCutter> cutter_ = std::make_shared<AnswerCutter>();
  bool is_stopping_ = false;
  bool is_over_ = false;
  std::unique_ptr<net::Alarm> alarm_;
  std::unique_ptr<net::TaskGroup> tasks_;
  std::unique_ptr<net::HttpServer> server_;
};

// What happens.

void PracticeExchange::Impl::tick() {
  if (is_over_) return;
  if (const auto told = tape_.advance(now(), *this); !told) {
    runtime_.logger().error("practice_source_failed", {{"error", std::string_view(told.error().message)}});
  }
  arm();
}

void PracticeExchange::Impl::arm() {
  const auto next = tape_.next();
  if (!next || is_over_) {
    alarm_->clear();
    return;
  }
  const auto exchange_time = static_cast<double>((*next - settings_.start).count());
  const Millis due{static_cast<std::int64_t>(std::ceil(exchange_time / settings_.speed))};
  alarm_->set(std::max(settings_.speed > 1 ? kFinest * 4 : kFinest, due - (runtime_.elapsed() - began_)));
}

template <class Write>
void PracticeExchange::Impl::tell(const StreamId& stream, bool may_be_left_out, Write write) {
  const auto found = audiences_.find(stream);
  if (found == audiences_.end()) return;
  std::string event;
  write(event);
  for (Session* session : found->second.sessions) session->deliver(found->second.name, event, may_be_left_out);
  events_.add(found->second.sessions.size());
}

void PracticeExchange::Impl::on_trade(std::size_t instrument, const market::Trade& trade, Timestamp event_time) {
  tell({instrument, StreamKind::trade}, true,
       [&](std::string& out) { wire::trade(out, symbol(instrument), trade, event_time); });
  tell({instrument, StreamKind::agg_trade}, true,
       [&](std::string& out) { wire::agg_trade(out, symbol(instrument), trade, event_time); });
}

void PracticeExchange::Impl::on_quote(std::size_t instrument, std::int64_t update_id, const market::Quote& quote) {
  tell({instrument, StreamKind::book_ticker}, false,
       [&](std::string& out) { wire::book_ticker(out, symbol(instrument), update_id, quote); });
}

void PracticeExchange::Impl::on_kline(const StreamId& stream, const Bar& bar, bool closed, Timestamp event_time) {
  tell(stream, closed, [&](std::string& out) {
    wire::kline(out, symbol(stream.instrument), stream.timeframe, bar, closed, event_time);
  });
}

void PracticeExchange::Impl::on_mini_ticker(std::size_t instrument, const Bar& day, Timestamp event_time) {
  tell({instrument, StreamKind::mini_ticker}, false,
       [&](std::string& out) { wire::mini_ticker(out, symbol(instrument), day, event_time); });
}

// Who hears of it.

void PracticeExchange::Impl::listen(Session& session, const StreamId& stream) {
  if (const auto followed = tape_.follow(stream, now()); !followed) {
    runtime_.logger().error("practice_source_failed", {{"error", std::string_view(followed.error().message)}});
    return;
  }
  Audience& audience = audiences_[stream];
  if (audience.name.empty()) audience.name = stream_name(stream, instruments());
  audience.sessions.push_back(&session);
  arm();
}

void PracticeExchange::Impl::unlisten(Session& session, const StreamId& stream) {
  const auto found = audiences_.find(stream);
  if (found == audiences_.end() || std::erase(found->second.sessions, &session) == 0) return;
  if (found->second.sessions.empty()) audiences_.erase(found);
  tape_.unfollow(stream);
}

net::Task<void> PracticeExchange::Impl::upgrade(net::HttpRequest request, net::StreamPtr stream,
                                                std::string already_read) {
  const auto self = shared_from_this();
  const bool combined = request.path() == "/stream";
  std::vector<std::string> streams = streams_of(request);
  auto smuggler = std::make_shared<Smuggler>();
  net::WebSocketLimits limits;
  limits.message_bytes = 64 * 1024;
  limits.ping_every = Millis{20'000};
  limits.dead_after = Millis{60'000};
  auto socket = co_await net::accept_websocket(runtime_, std::move(request), with_smuggler(std::move(stream), smuggler),
                                               std::move(already_read), limits);
  if (!socket || is_over_) co_return;

  const auto session = std::make_shared<Session>(*this, runtime_, std::move(*socket), std::move(smuggler),
                                                 settings_.session, combined, mix64(settings_.seed + ++next_session_));
  struct Listed {
    Impl& impl;
    Session* session;
    Listed(Impl& i, Session* s) : impl(i), session(s) {
      impl.sessions_.insert(session);
      impl.connections_.add(1);
    }
    ~Listed() {
      impl.sessions_.erase(session);
      impl.connections_.add(-1);
    }
  } listed(*this, session.get());
  co_await session->run(std::move(streams));
}

// Questions.

net::Task<net::HttpResponse> PracticeExchange::Impl::handle(net::HttpRequest request) {
  const auto self = shared_from_this();
  const std::string_view path = request.path();
  if (path.starts_with("/practice/")) co_return answer_order(request);
  if (is_stream_path(path)) {
    const bool too_many = streams_of(request).size() > settings_.session.streams;
    co_return rest::json(400,
                         wire::error(-1000, too_many ? fmt::format("A connection can listen to at most {} streams.",
                                                                   settings_.session.streams)
                                                     : "Streams are served over WebSocket."));
  }
  const int weight = rest::weight_of(path);
  if (weight == 0) co_return rest::json(404, wire::error(-1000, "There is nothing at this path."));
  if (request.method != "GET" && request.method != "HEAD") {
    co_return rest::json(405, wire::error(-1000, "This path is only read (GET)."));
  }

  const Misbehaviour mischief = settings_.misbehaviour;
  if (mischief.refuse > 0 && random_.chance(mischief.refuse)) {
    count("refused");
    weights_.refuse(request.peer, runtime_.elapsed(), Millis{1'000 + static_cast<std::int64_t>(random_.below(14'000))});
  }
  const auto verdict = weights_.charge(request.peer, weight, runtime_.elapsed());
  if (mischief.slow > 0 && random_.chance(0.2)) {
    count("dawdled");
    co_await runtime_.sleep_for(Millis{static_cast<std::int64_t>(random_.below(5'000))});
  }
  const std::string peer = request.peer;
  net::HttpResponse response = verdict.status == 200 ? co_await answer_api(std::move(request)) : refusal(verdict);
  if (mischief.garbage > 0 && random_.chance(mischief.garbage)) {
    count("garbage");
    response.body.resize(response.body.size() / 2);
  }
  if (mischief.cut > 0 && random_.chance(mischief.cut)) {
    count("cut");
    cutter_->cut_next(peer, random_.uniform());
  }
  response.fields.set("X-MBX-USED-WEIGHT", std::to_string(verdict.used));
  response.fields.set("X-MBX-USED-WEIGHT-1M", std::to_string(verdict.used));
  co_return response;
}

net::Task<net::HttpResponse> PracticeExchange::Impl::answer_api(net::HttpRequest request) {
  const std::string_view path = request.path();
  if (path == "/api/v3/ping") co_return rest::json(200, "{}");
  if (path == "/api/v3/time") co_return rest::json(200, wire::server_time(now()));
  if (path == "/api/v3/klines") co_return co_await answer_klines(request);
  const auto asked = rest::exchange_info_question(request, instruments());
  if (!asked) co_return rest::refuse(400, asked.error());
  co_return rest::json(200, wire::exchange_info(*asked, now(), settings_.weight_a_minute));
}

net::Task<net::HttpResponse> PracticeExchange::Impl::answer_klines(const net::HttpRequest& request) {
  const auto question = rest::klines_question(request, instruments(), now());
  if (!question) co_return rest::refuse(400, question.error());
  History::Query query(history_, *question);
  for (int days = 1;; ++days) {
    const Result<bool> done = query.step();
    if (!done) {
      runtime_.logger().error("practice_source_failed", {{"error", std::string_view(done.error().message)}});
      co_return rest::json(500, wire::error(-1000, "An unknown error occurred while processing the request."));
    }
    if (*done) break;
    if (days % kDaysAtOnce == 0) co_await boost::asio::post(runtime_.loop(), net::use_task);
  }
  co_return rest::json(200, wire::klines(query.take(), question->timeframe));
}

net::HttpResponse PracticeExchange::Impl::refusal(const RequestWeights::Verdict& verdict) const {
  std::string message;
  if (verdict.status == 418) {
    message = fmt::format(
        "Way too much request weight used; IP banned until {}. Please use WebSocket Streams for live "
        "updates to avoid bans.",
        to_ms(runtime_.now() + verdict.retry_after));
  } else {
    message = fmt::format(
        "Too much request weight used; current limit is {} request weight per 1 MINUTE. Please use "
        "WebSocket Streams for live updates to avoid polling the API.",
        settings_.weight_a_minute);
  }
  net::HttpResponse response = rest::json(verdict.status, wire::error(-1003, message));
  response.fields.set("Retry-After", std::to_string(std::max<std::int64_t>(1, whole_seconds(verdict.retry_after))));
  return response;
}

net::HttpResponse PracticeExchange::Impl::status() const {
  return rest::json(
      200, fmt::format(R"({{"exchange_time":{},"speed":{},"seed":{},"connections":{},"misbehave":"{}"}})", to_ms(now()),
                       settings_.speed, settings_.seed, sessions_.size(), to_text(settings_.misbehaviour)));
}

net::HttpResponse PracticeExchange::Impl::answer_order(const net::HttpRequest& request) {
  // A page in somebody's browser is local too, and is not meant: it says where it comes from, or names a host of its own
  // that was made to lead here (DNS rebinding).
  if (!is_local(request.peer) || request.fields.count("Origin") > 0 ||
      !net::is_loopback_host(request.fields.get("Host"))) {
    return rest::json(
        403,
        wire::error(-1000, "Orders are taken from this machine alone, under a loopback name, not from a web page."));
  }
  const std::string_view path = request.path();
  if (path == "/practice/status" && request.method == "GET") return status();
  if (path == "/practice/misbehave" && request.method == "GET") return status();
  if (path == "/practice/misbehave" && request.method == "POST") {
    if (request.body.find_first_not_of(" \r\n\t") == std::string::npos) {
      return rest::json(400, wire::error(-1102, "The body is empty: write faults, as in drop=6,hole=0.01, or none."));
    }
    const auto asked = parse_misbehaviour(request.body);
    if (!asked) return rest::json(400, wire::error(-1130, asked.error().message));
    set_misbehaviour(*asked);
    return status();
  }
  if (path == "/practice/restart" && request.method == "POST") {
    run_beside(restart_later(shared_from_this()));
    return status();
  }
  return rest::json(404, wire::error(-1000, "There are /practice/status, /practice/misbehave and /practice/restart."));
}

Result<std::vector<market::Candle>> PracticeExchange::Impl::truth(std::string_view symbol, Timestamp from,
                                                                  Timestamp to) {
  const auto all = instruments();
  const auto found = std::ranges::find_if(all, [&](const auto& one) { return one.id.symbol == symbol; });
  if (found == all.end()) return fail(Errc::unknown_symbol, fmt::format("'{}' is not traded here", symbol));
  std::vector<market::Candle> candles;
  const Timestamp until = std::min(to, now());
  for (std::int64_t day = day_of(from); start_of_day(day) < until; ++day) {
    const auto bars = source_->day(static_cast<std::size_t>(found - all.begin()), day);
    if (!bars) return pass_on(bars);
    for (const Bar& bar : **bars) {
      const Timestamp at = bar.candle.open_time;
      if (at >= from && at < to && at + kMinute <= until) candles.push_back(bar.candle);
    }
  }
  return candles;
}

PracticeExchange::PracticeExchange(net::Runtime& runtime, PracticeSettings settings,
                                   std::unique_ptr<MarketSource> source, Metrics& metrics)
    : impl_(std::make_shared<Impl>(runtime, std::move(settings), std::move(source), metrics)) {}

PracticeExchange::~PracticeExchange() { impl_->shut_down(); }

net::Task<void> PracticeExchange::serve(std::unique_ptr<net::Listener> listener) {
  return impl_->serve(std::move(listener));
}
net::Task<void> PracticeExchange::stop(Millis notice) { return impl_->stop(notice); }
net::Task<void> PracticeExchange::restart(Millis notice) { return impl_->end_sessions(notice); }
Timestamp PracticeExchange::now() const { return impl_->now(); }
void PracticeExchange::set_misbehaviour(const Misbehaviour& misbehaviour) { impl_->set_misbehaviour(misbehaviour); }
Result<std::vector<market::Candle>> PracticeExchange::truth(std::string_view symbol, Timestamp from, Timestamp to) {
  return impl_->truth(symbol, from, to);
}
std::size_t PracticeExchange::sessions() const { return impl_->session_count(); }

}  // namespace cw::exchange::practice
