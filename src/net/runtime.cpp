#include "net/runtime.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

#include <exception>
#include <list>

#include "net/wakeup.h"

namespace cw::net {
namespace {

namespace asio = boost::asio;

/// How a coroutine that was cancelled ends.
bool is_cancellation(const std::exception_ptr& escaped) {
  try {
    std::rethrow_exception(escaped);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

std::string describe(const std::exception_ptr& escaped) {
  try {
    std::rethrow_exception(escaped);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

void log_escaped(Logger& logger, const std::string& what, const std::exception_ptr& escaped) {
  if (!escaped || is_cancellation(escaped)) return;
  logger.error("task_failed", {{"task", std::string_view(what)}, {"error", describe(escaped)}});
}

}  // namespace

std::string to_text(const Endpoint& endpoint) {
  const bool is_v6 = endpoint.host.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
               : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

void Runtime::spawn(std::string what, Task<void> work) {
  asio::co_spawn(loop(), std::move(work), [this, what = std::move(what)](const std::exception_ptr& escaped) {
    log_escaped(logger_, what, escaped);
  });
}

void Runtime::throw_cancelled() { throw boost::system::system_error(asio::error::operation_aborted); }

std::unexpected<Error> Runtime::timed_out_after(Millis limit) {
  return fail(Errc::timed_out, fmt::format("no answer within {}", format_duration(limit)));
}

Task<bool> Runtime::race(Millis limit, Task<void> work) {
  struct Race {
    explicit Race(asio::io_context& loop) : ended(loop) {}
    Wakeup ended;
    asio::cancellation_signal stop;
    std::exception_ptr escaped;
    bool is_over = false;
    bool expired = false;
    bool cancelled = false;
  };
  // Shared: when the loop dies, this frame and the worker's are freed in either order.
  auto race = std::make_shared<Race>(loop());
  const auto alarm = make_alarm([race] {
    race->expired = true;
    race->stop.emit(asio::cancellation_type::terminal);
  });
  alarm->set(limit);
  asio::co_spawn(loop(), std::move(work),
                 asio::bind_cancellation_slot(race->stop.slot(), [race](std::exception_ptr escaped) {
                   race->escaped = std::move(escaped);
                   race->is_over = true;
                   race->ended.notify();
                 }));

  // Cancelled ourselves, we still wait for the worker: it may refer to our caller's frame.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!race->is_over) {
    const bool woken = co_await race->ended.wait();
    if (!woken && !race->is_over) {
      race->cancelled = true;
      race->stop.emit(asio::cancellation_type::terminal);
    }
  }
  co_await asio::this_coro::throw_if_cancelled(throws);

  const bool asked_to_stop = race->expired || race->cancelled;
  if (race->escaped && !(asked_to_stop && is_cancellation(race->escaped))) std::rethrow_exception(race->escaped);
  co_return !race->expired;
}

struct TaskGroup::State {
  explicit State(Runtime& owner) : runtime(owner), emptied(owner.loop()) {}
  Runtime& runtime;
  std::list<asio::cancellation_signal> stops;  // one a live task
  bool cancelled = false;
  Wakeup emptied;
};

TaskGroup::TaskGroup(Runtime& runtime) : state_(std::make_shared<State>(runtime)) {}

TaskGroup::~TaskGroup() { cancel(); }

void TaskGroup::spawn(std::string what, Task<void> work) {
  if (state_->cancelled) return;
  auto& stop = state_->stops.emplace_back();
  const auto self = std::prev(state_->stops.end());
  auto ended = [state = state_, self, what = std::move(what)](const std::exception_ptr& escaped) {
    log_escaped(state->runtime.logger(), what, escaped);
    state->stops.erase(self);
    if (state->stops.empty()) state->emptied.notify();
  };
  asio::co_spawn(state_->runtime.loop(), std::move(work), asio::bind_cancellation_slot(stop.slot(), std::move(ended)));
}

void TaskGroup::cancel() {
  state_->cancelled = true;
  // A task never ends inside `emit`: what it waits for posts its resumption.
  for (auto& stop : state_->stops) stop.emit(asio::cancellation_type::terminal);
}

Task<void> TaskGroup::join() {
  const auto state = state_;
  while (!state->stops.empty()) co_await state->emptied.wait();
}

std::size_t TaskGroup::size() const { return state_->stops.size(); }

}  // namespace cw::net
