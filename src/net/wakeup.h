#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>

#include "net/stream.h"

namespace cw::net {

class WakeupService;

/// Lets one coroutine sleep until another calls `notify`: the one primitive under our queues, pipes and timers. Wait for a
/// condition in a loop; a notify without a sleeper is not remembered.
///
/// Cost    no allocation, no timer, no system call
/// Owner   may die while somebody waits: the waiter is then woken with false
class Wakeup {
 public:
  explicit Wakeup(boost::asio::io_context& loop);
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  /// True after `notify`; false where the waiting coroutine was cancelled or this object died.
  Task<bool> wait();
  /// Resumes the waiter in the loop's next step. From the loop's own thread only.
  void notify() { resume(true); }
  bool has_waiter() const { return waiter_.has_value(); }

 private:
  friend class WakeupService;
  using Waiter = boost::asio::async_result<boost::asio::use_awaitable_t<Executor>, void(bool)>::handler_type;

  void resume(bool notified);
  void drop();  // the loop is going away: the waiter's frames are freed, not resumed

  WakeupService& service_;
  std::optional<Waiter> waiter_;
  Wakeup* next_ = nullptr;  // in the service's list, while somebody waits
  Wakeup** link_ = nullptr;
};

}  // namespace cw::net
