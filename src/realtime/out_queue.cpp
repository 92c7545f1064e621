#include "realtime/out_queue.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "realtime/frames.h"

namespace cw::realtime {
namespace {

constexpr std::size_t kEntryOverhead = 64;  // what an entry costs besides the text, which many queues share

}  // namespace

std::size_t OutQueue::Entry::cost() const {
  return kEntryOverhead + (message ? message->text.size() : 2 * gap_of->key.size());
}

bool OutQueue::push(MessagePtr message) {
  Entry entry{std::move(message)};
  bytes_ += entry.cost();
  entries_.push_back(std::move(entry));
  if (bytes_ <= bytes_most_) return true;
  const std::size_t down_to = bytes_most_ / 4 * 3;
  skip(Delivery::conflatable, down_to);
  if (bytes_ > bytes_most_) skip(Delivery::durable, down_to);
  return bytes_ <= bytes_most_;
}

std::optional<MessagePtr> OutQueue::pop() {
  if (entries_.empty()) return std::nullopt;
  Entry entry = std::move(entries_.front());
  entries_.pop_front();
  bytes_ -= entry.cost();
  if (entry.message) return std::move(entry.message);
  auto gap = std::make_shared<Message>();
  gap->text = gap_frame(entry.gap_of->channel, entry.gap_of->key, entry.missed, entry.gap_of->offset, entry.closed);
  return gap;
}

void OutQueue::drop_key(std::string_view key) {
  std::erase_if(entries_, [&](const Entry& entry) {
    const bool of_key = entry.message ? entry.message->key == key : entry.gap_of->key == key;
    if (of_key) bytes_ -= entry.cost();
    return of_key;
  });
}

void OutQueue::skip(Delivery delivery, std::size_t down_to) {
  std::deque<Entry> kept;
  // The last kept entry of each key: a gap right behind another gap of its key becomes one with it.
  std::unordered_map<std::string_view, std::size_t> last_of_key;
  for (Entry& entry : entries_) {
    const bool is_data = !entry.message || entry.message->delivery != Delivery::control;
    const bool to_skip = bytes_ > down_to && entry.message && entry.message->delivery == delivery;
    if (to_skip) {
      bytes_ -= entry.cost();
      ++skipped_;
      entry.missed = 1;
      entry.closed = delivery == Delivery::durable;
      entry.gap_of = std::move(entry.message);
      entry.message = nullptr;
      bytes_ += entry.cost();
    }
    if (!is_data) {
      kept.push_back(std::move(entry));
      continue;
    }
    const std::string_view key = entry.message ? entry.message->key : entry.gap_of->key;
    const auto last = last_of_key.find(key);
    if (!entry.message && last != last_of_key.end() && !kept[last->second].message) {
      Entry& gap = kept[last->second];
      bytes_ -= entry.cost();
      gap.missed += entry.missed;
      gap.closed = gap.closed || entry.closed;
      const std::size_t at = last->second;
      last_of_key.erase(last);  // its view is into the message that is let go below
      gap.gap_of = std::move(entry.gap_of);
      last_of_key.emplace(gap.gap_of->key, at);
      continue;
    }
    if (last != last_of_key.end()) last_of_key.erase(last);
    kept.push_back(std::move(entry));
    const Entry& now = kept.back();
    last_of_key.emplace(now.message ? now.message->key : now.gap_of->key, kept.size() - 1);
  }
  entries_ = std::move(kept);
}

}  // namespace cw::realtime
