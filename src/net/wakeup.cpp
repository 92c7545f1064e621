#include "net/wakeup.h"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>

#include <utility>

#include "base/require.h"

namespace cw::net {

// A sleeping coroutine is owned by the handler that would resume it, and that handler lies in an object which the
// coroutine may itself own. The loop's service breaks the ring when the loop dies.
class WakeupService final : public boost::asio::execution_context::service {
 public:
  using key_type = WakeupService;
  static inline boost::asio::execution_context::id id;

  explicit WakeupService(boost::asio::execution_context& loop)
      : service(loop), executor_(static_cast<boost::asio::io_context&>(loop).get_executor()) {}

  void shutdown() override {
    while (first_) first_->drop();
  }

  void add(Wakeup& wakeup) {
    wakeup.next_ = first_;
    wakeup.link_ = &first_;
    if (first_) first_->link_ = &wakeup.next_;
    first_ = &wakeup;
  }

  static void remove(Wakeup& wakeup) {
    *wakeup.link_ = wakeup.next_;
    if (wakeup.next_) wakeup.next_->link_ = wakeup.link_;
    wakeup.link_ = nullptr;
    wakeup.next_ = nullptr;
  }

  const Executor& executor() const { return executor_; }

 private:
  Executor executor_;
  Wakeup* first_ = nullptr;
};

Wakeup::Wakeup(boost::asio::io_context& loop) : service_(boost::asio::use_service<WakeupService>(loop)) {}

Wakeup::~Wakeup() { resume(false); }

Task<bool> Wakeup::wait() {
  CW_REQUIRE(!waiter_);
  auto keep = [this](auto handler) {
    waiter_.emplace(std::move(handler));
    service_.add(*this);
    auto slot = boost::asio::get_associated_cancellation_slot(*waiter_);
    if (!slot.is_connected()) return;
    // Acts once: a second signal may come after this object has gone.
    slot.assign([self = this](boost::asio::cancellation_type) mutable {
      if (auto* wakeup = std::exchange(self, nullptr)) {
        auto waiter = std::move(*wakeup->waiter_);
        wakeup->waiter_.reset();
        WakeupService::remove(*wakeup);
        const auto executor = wakeup->service_.executor();
        boost::asio::post(executor, [waiter = std::move(waiter)]() mutable { std::move(waiter)(false); });
      }
    });
  };
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>, void(bool)>(std::move(keep),
                                                                                               use_task);
}

void Wakeup::resume(bool notified) {
  if (!waiter_) return;
  auto slot = boost::asio::get_associated_cancellation_slot(*waiter_);
  if (slot.is_connected()) slot.clear();
  auto waiter = std::move(*waiter_);
  waiter_.reset();
  WakeupService::remove(*this);
  boost::asio::post(service_.executor(),
                    [waiter = std::move(waiter), notified]() mutable { std::move(waiter)(notified); });
}

void Wakeup::drop() {
  const auto waiter = std::move(*waiter_);
  waiter_.reset();
  WakeupService::remove(*this);
}

}  // namespace cw::net
