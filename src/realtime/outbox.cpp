#include "realtime/outbox.h"

#include <algorithm>
#include <utility>

namespace cw::realtime {
namespace {

// What an entry costs beside its text; also what a skipped frame's kept place costs.
constexpr std::size_t kEntryBytes = 64;

}  // namespace

std::size_t Outbox::cost(const Waiting& waiting) {
  if (waiting.skipped) return kEntryBytes;
  return kEntryBytes + (waiting.frame ? waiting.frame->text.size() : waiting.reply.size());
}

void Outbox::push_reply(std::string text) {
  waiting_.push_back({std::move(text), nullptr, false});
  bytes_ += cost(waiting_.back());
  make_room();
}

void Outbox::push(FramePtr frame) {
  waiting_.push_back({{}, std::move(frame), false});
  bytes_ += cost(waiting_.back());
  make_room();
}

void Outbox::make_room() {
  while (bytes_ > budget_bytes_) {
    if (skip_oldest(Frame::Kind::provisional) || skip_oldest(Frame::Kind::lasting)) continue;
    hopeless_ = true;
    return;
  }
}

bool Outbox::skip_oldest(Frame::Kind kind) {
  auto& from = skip_from_[static_cast<std::size_t>(kind)];
  for (from = std::max(from, popped_); from < popped_ + waiting_.size(); ++from) {
    Waiting& waiting = waiting_[from - popped_];
    if (!waiting.frame || waiting.skipped || waiting.frame->kind != kind) continue;
    bytes_ -= cost(waiting);
    waiting.skipped = true;
    bytes_ += cost(waiting);
    ++skipped_;
    return true;
  }
  return false;
}

void Outbox::remove_front(std::size_t cost_bytes) {
  bytes_ -= cost_bytes;
  waiting_.pop_front();
  ++popped_;
}

std::optional<Outbox::Next> Outbox::pop() {
  while (!waiting_.empty()) {
    Waiting& front = waiting_.front();
    if (front.skipped) {
      Gap& gap = gaps_[front.frame->key];
      gap.channel = front.frame->channel;
      gap.missed += 1;
      gap.offset = front.frame->offset;
      gap.closed |= front.frame->kind == Frame::Kind::lasting;
    } else if (front.frame) {
      // What was skipped under this key is told before the message that follows it.
      if (const auto gap = gaps_.find(front.frame->key); gap != gaps_.end()) return take_gap(gap);
      Next next{{}, std::move(front.frame)};
      remove_front(kEntryBytes + next.shared->text.size());
      return next;
    } else {
      Next next{std::move(front.reply), nullptr};
      remove_front(kEntryBytes + next.own.size());
      return next;
    }
    remove_front(kEntryBytes);
  }
  if (const auto gap = gaps_.begin(); gap != gaps_.end()) return take_gap(gap);
  return std::nullopt;
}

Outbox::Next Outbox::take_gap(std::unordered_map<std::string, Gap>::iterator gap) {
  const Gap& facts = gap->second;
  Next next{gap_text(facts.channel, gap->first, facts.missed, facts.offset, facts.closed), nullptr};
  gaps_.erase(gap);
  return next;
}

void Outbox::drop_key(const std::string& key) {
  gaps_.erase(key);
  std::erase_if(waiting_, [&](const Waiting& waiting) {
    if (!waiting.frame || waiting.frame->key != key) return false;
    bytes_ -= cost(waiting);
    return true;
  });
  skip_from_ = {};  // places moved
}

}  // namespace cw::realtime
