#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string_view>
#include <unordered_map>

#include "accounts/secrets.h"
#include "base/time.h"

namespace cw::accounts {

/// How the wait grows: none for the first `free` failures, then 1 s, doubled by each failure, up to `most`.
struct ThrottleCurve {
  std::uint32_t free;
  Millis most;

  Millis after(std::uint32_t failures) const;
};

/// Counts failures by name, in bounded memory: names are kept as hashes, at most `entries_most` of them, and those whose
/// last failure is longest ago go first. Not thread-safe.
class ThrottleCounts {
 public:
  ThrottleCounts(ThrottleCurve curve, Millis quiet, std::size_t entries_most)
      : curve_(curve), quiet_(quiet), entries_most_(entries_most) {}

  /// What is left of the wait that the last failure caused, zero where there is none. Never more than the curve gives for
  /// the failures so far, wherever the clock went.
  Millis wait(std::string_view name, Timestamp now);
  void failed(std::string_view name, Timestamp now);
  void forget(std::string_view name);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Digest name;
    std::uint32_t failures;
    Timestamp last;
  };
  struct Hash {
    std::size_t operator()(const Digest& name) const;
  };
  using Entries = std::list<Entry>;  // the longest quiet in front

  // The entry of that name, unless it was quiet for long enough: then it is dropped.
  Entries::iterator find(const Digest& name, Timestamp now);
  void drop(Entries::iterator entry);

  ThrottleCurve curve_;
  Millis quiet_;
  std::size_t entries_most_;
  Entries entries_;
  std::unordered_map<Digest, Entries::iterator, Hash> by_name_;
};

}  // namespace cw::accounts
