#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cw::realtime {

/// What may happen to a message when its reader is slow.
enum class Delivery : std::uint8_t {
  control,      // an answer to the client: never skipped
  conflatable,  // the next one says it anew (forming bars, tickers, states): skipped first
  durable,      // closed and revised bars: skipped only when nothing else is left to skip
};

/// One message on its way to one or many clients: made once, shared by all of their queues.
struct Message {
  std::string text;
  Delivery delivery = Delivery::control;
  std::string channel{};     // of data
  std::string key{};         // of data
  std::uint64_t offset = 0;  // of data
};
using MessagePtr = std::shared_ptr<const Message>;

/// What waits for one client, bounded in bytes. When a new message would go over the bound, data is skipped, oldest first
/// and conflatable first, down to three quarters of the bound; what was skipped of a key is told at its place by a `gap`
/// message, so the client can count. Answers are never skipped: when they alone are over the bound, `push` says so.
class OutQueue {
 public:
  explicit OutQueue(std::size_t bytes_most) : bytes_most_(bytes_most) {}

  /// False where even skipping all data leaves too much: the client does not read, close it.
  bool push(MessagePtr message);

  /// The next message to write, or nothing.
  std::optional<MessagePtr> pop();

  bool empty() const { return entries_.empty(); }
  std::size_t bytes() const { return bytes_; }
  std::uint64_t skipped() const { return skipped_; }  // messages, since the beginning

  /// Forgets what waits of a key, without a gap: the client has unsubscribed.
  void drop_key(std::string_view key);

 private:
  struct Entry {
    MessagePtr message;   // null for a gap
    MessagePtr gap_of{};  // the newest skipped message: its key, channel and offset
    std::uint64_t missed = 0;
    bool closed = false;
    std::size_t cost() const;
  };
  void skip(Delivery delivery, std::size_t down_to);

  std::size_t bytes_most_;
  std::size_t bytes_ = 0;
  std::uint64_t skipped_ = 0;
  std::deque<Entry> entries_;
};

}  // namespace cw::realtime
