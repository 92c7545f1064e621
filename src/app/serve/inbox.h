#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace cw::app {

/// Hands items from any thread to the one that owns the inbox, in order and never more than `most` at a time. When it is
/// full, `put` waits until there is room: nothing is lost, whoever produces is slowed down instead. After `close` nothing is
/// taken any more and nobody waits.
template <class T>
class Inbox {
 public:
  explicit Inbox(std::size_t most) : most_(most) {}

  /// False after `close`. `waited` is set where there was no room at once.
  bool put(T item, bool& waited) {
    std::unique_lock lock{mutex_};
    waited = items_.size() >= most_ && !closed_;
    room_.wait(lock, [&] { return items_.size() < most_ || closed_; });
    if (closed_) return false;
    items_.push_back(std::move(item));
    lock.unlock();
    filled_.notify_one();
    return true;
  }

  /// Wakes the owner although nothing was put: something beside the inbox has changed.
  void nudge() {
    {
      const std::scoped_lock lock{mutex_};
      nudged_ = true;
    }
    filled_.notify_one();
  }

  /// Waits for items (or a nudge, or at most `patience`) and takes all. False once it is closed and empty.
  template <class Duration>
  bool take(std::vector<T>& into, Duration patience) {
    into.clear();
    std::unique_lock lock{mutex_};
    filled_.wait_for(lock, patience, [&] { return !items_.empty() || closed_ || nudged_; });
    nudged_ = false;
    into.swap(items_);
    const bool over = closed_ && into.empty();
    lock.unlock();
    room_.notify_all();
    return !over;
  }

  void close() {
    {
      const std::scoped_lock lock{mutex_};
      closed_ = true;
    }
    filled_.notify_all();
    room_.notify_all();
  }

  std::size_t size() const {
    const std::scoped_lock lock{mutex_};
    return items_.size();
  }

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable room_;
  std::vector<T> items_;
  bool closed_ = false;
  bool nudged_ = false;
};

}  // namespace cw::app
