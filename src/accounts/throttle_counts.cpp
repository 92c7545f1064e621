#include "accounts/throttle_counts.h"

#include <algorithm>
#include <cstring>

namespace cw::accounts {

Millis ThrottleCurve::after(std::uint32_t failures) const {
  if (failures <= free) return Millis{0};
  const std::uint32_t doublings = std::min(failures - free - 1, 20U);
  return std::min<Millis>(std::chrono::seconds{std::int64_t{1} << doublings}, most);
}

std::size_t ThrottleCounts::Hash::operator()(const Digest& name) const {
  std::size_t hash;
  std::memcpy(&hash, name.data(), sizeof hash);
  return hash;
}

Millis ThrottleCounts::wait(std::string_view name, Timestamp now) {
  const auto entry = find(sha256(name), now);
  if (entry == entries_.end()) return Millis{0};
  return std::max(Millis{0}, entry->last + curve_.after(entry->failures) - now);
}

void ThrottleCounts::failed(std::string_view name, Timestamp now) {
  const Digest hash = sha256(name);
  auto entry = find(hash, now);
  if (entry == entries_.end()) {
    if (entries_.size() >= entries_most_) drop(entries_.begin());
    entry = entries_.insert(entries_.end(), Entry{hash, 0, now});
    by_name_.emplace(hash, entry);
  }
  entries_.splice(entries_.end(), entries_, entry);
  ++entry->failures;
  entry->last = now;
}

void ThrottleCounts::forget(std::string_view name) {
  const auto found = by_name_.find(sha256(name));
  if (found != by_name_.end()) drop(found->second);
}

ThrottleCounts::Entries::iterator ThrottleCounts::find(const Digest& name, Timestamp now) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return entries_.end();
  const auto entry = found->second;
  // The clock was set back: the wait begins anew, instead of lasting until the clock has caught up.
  entry->last = std::min(entry->last, now);
  if (now - entry->last < curve_.after(entry->failures) + quiet_) return entry;
  drop(entry);
  return entries_.end();
}

void ThrottleCounts::drop(Entries::iterator entry) {
  by_name_.erase(entry->name);
  entries_.erase(entry);
}

}  // namespace cw::accounts
