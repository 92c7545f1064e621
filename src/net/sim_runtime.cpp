#include "net/sim_runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "base/require.h"
#include "net/sim_pipe.h"
#include "net/wakeup.h"

namespace cw::net {
namespace {

constexpr std::size_t kBacklog = 1'024;                // connections that wait for `accept`; more are refused
constexpr std::uint64_t kStepsAnInstant = 50'000'000;  // more without the clock moving is an endless loop

class SimAlarm final : public Alarm {
 public:
  SimAlarm(SimRuntime& runtime, std::move_only_function<void()> ring)
      : runtime_(runtime), ring_(std::make_shared<std::move_only_function<void()>>(std::move(ring))) {}
  ~SimAlarm() override { SimAlarm::clear(); }

  void set(Millis after) override {
    clear();
    key_ = runtime_.add_timer(runtime_.now() + std::max(after, Millis{0}), [this, ring = ring_] {
      key_.reset();
      (*ring)();  // may destroy this alarm
    });
  }
  void clear() override {
    if (key_) runtime_.remove_timer(*std::exchange(key_, std::nullopt));
  }

 private:
  SimRuntime& runtime_;
  std::shared_ptr<std::move_only_function<void()>> ring_;
  std::optional<SimRuntime::TimerKey> key_;
};

}  // namespace

struct SimRuntime::Port {
  explicit Port(boost::asio::io_context& loop) : arrived(loop) {}
  std::deque<StreamPtr> waiting;
  std::vector<SimLinkPtr> links;
  bool closed = false;
  Wakeup arrived;
};

namespace {

class SimListener final : public Listener {
 public:
  SimListener(std::shared_ptr<SimRuntime::Port> place, std::uint16_t number)
      : place_(std::move(place)), number_(number) {}
  ~SimListener() override { SimListener::close(); }

  Task<Result<StreamPtr>> accept() override {
    const auto place = place_;
    for (;;) {
      if (place->closed) co_return fail(Errc::cancelled, "the listener was closed");
      if (!place->waiting.empty()) {
        auto stream = std::move(place->waiting.front());
        place->waiting.pop_front();
        co_return stream;
      }
      if (!co_await place->arrived.wait()) co_return fail(Errc::cancelled, "waiting for a connection was cancelled");
    }
  }
  std::uint16_t port() const override { return number_; }
  void close() override {
    place_->closed = true;
    place_->waiting.clear();
    place_->arrived.notify();
  }

 private:
  std::shared_ptr<SimRuntime::Port> place_;
  std::uint16_t number_;
};

}  // namespace

SimRuntime::SimRuntime(Logger& logger, SimOptions options)
    : Runtime(logger), options_(options), clock_(options.start), random_(options.seed), loop_(1) {
  CW_REQUIRE(options.pipe_bytes > 0);
}

SimRuntime::~SimRuntime() = default;

Task<void> SimRuntime::sleep_for(Millis duration) {
  Wakeup rung(loop_);
  bool is_over = false;
  const auto key = add_timer(now() + std::max(duration, Millis{0}), [&] {
    is_over = true;
    rung.notify();
  });
  struct Remove {
    SimRuntime& runtime;
    TimerKey key;
    ~Remove() { runtime.remove_timer(key); }
  } remove{*this, key};
  while (!is_over) {
    if (!co_await rung.wait()) throw_cancelled();
  }
}

std::unique_ptr<Alarm> SimRuntime::make_alarm(std::move_only_function<void()> ring) {
  return std::make_unique<SimAlarm>(*this, std::move(ring));
}

SimRuntime::TimerKey SimRuntime::add_timer(Timestamp when, std::move_only_function<void()> ring) {
  const TimerKey key{std::max(when, now()), next_timer_++};
  timers_.emplace(key, std::move(ring));
  return key;
}

Task<Result<StreamPtr>> SimRuntime::connect(Endpoint endpoint, Millis timeout) {
  const Address address{endpoint.host, endpoint.port};
  const auto reach = reach_.find(address);
  if (reach != reach_.end() && reach->second == SimReach::silent) {
    co_await sleep_for(timeout);
    co_return fail(Errc::timed_out,
                   fmt::format("no connection to {} within {}", to_text(endpoint), format_duration(timeout)));
  }
  // There and back, as a handshake takes.
  co_await sleep_for(2 * options_.latency_min);
  const auto port = ports_.find(address);
  const bool refuses = reach != reach_.end() && reach->second == SimReach::refused;
  if (refuses || port == ports_.end() || port->second->closed || port->second->waiting.size() >= kBacklog) {
    co_return fail(Errc::refused, fmt::format("nobody listens at {}", to_text(endpoint)));
  }
  auto pipe = make_sim_pipe(*this, ++next_link_);
  std::erase_if(port->second->links, [](const SimLinkPtr& link) { return !link->is_open(); });
  port->second->links.push_back(pipe.link);
  port->second->waiting.push_back(std::move(pipe.server));
  port->second->arrived.notify();
  co_return std::move(pipe.client);
}

void SimRuntime::fill_random(std::span<unsigned char> bytes) {
  for (auto& byte : bytes) byte = static_cast<unsigned char>(random_.next() >> 56);
}

Result<std::unique_ptr<Listener>> SimRuntime::listen(std::string host, std::uint16_t port) {
  if (port == 0) {
    for (port = 40'000; ports_.contains({host, port}) && !ports_[{host, port}]->closed; ++port) {
    }
  }
  auto& place = ports_[{host, port}];
  if (place && !place->closed) return fail(Errc::busy, fmt::format("somebody listens at {}:{} already", host, port));
  place = std::make_shared<Port>(loop_);
  return std::make_unique<SimListener>(place, port);
}

void SimRuntime::run_ready() {
  const auto first = steps_;
  loop_.restart();
  while (loop_.poll_one() > 0) {
    ++steps_;
    CW_REQUIRE(steps_ - first < kStepsAnInstant);
  }
}

bool SimRuntime::ring_next(Timestamp until) {
  if (timers_.empty() || timers_.begin()->first.first > until) {
    if (until > now()) clock_.set(until);
    return false;
  }
  auto timer = timers_.extract(timers_.begin());
  clock_.set(timer.key().first);
  timer.mapped()();
  return true;
}

void SimRuntime::run_until(Timestamp until) {
  do {
    run_ready();
  } while (ring_next(until));
}

void SimRuntime::set_reach(const std::string& host, std::uint16_t port, SimReach reach) {
  reach_[{host, port}] = reach;
}

std::vector<SimLinkPtr> SimRuntime::links(const std::string& host, std::uint16_t port) const {
  const auto place = ports_.find({host, port});
  if (place == ports_.end()) return {};
  std::vector<SimLinkPtr> open;
  std::ranges::copy_if(place->second->links, std::back_inserter(open),
                       [](const auto& link) { return link->is_open(); });
  return open;
}

}  // namespace cw::net
