#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <deque>
#include <map>

#include "base/time.h"

namespace cw::signals {

/// The signals of one timeframe of which some outcome is open, oldest first, by number: the first that was ever put in is 0.
/// A desk keeps two thousand of them a symbol, so each takes 20 bytes: times are whole minutes, and nearly all signals come
/// when their bar closes.
class OpenSignals {
 public:
  struct One {
    double price;
    double score;
    Timestamp bar_time;
    Timestamp emitted_at;
  };

  /// `length` is that of the timeframe's bars.
  explicit OpenSignals(Millis length) : length_(length) {}

  /// Times are whole minutes since 1970, before the year 10000.
  void push(const One& signal) {
    if (signal.emitted_at != signal.bar_time + length_) late_[end()] = minute_of(signal.emitted_at);
    const auto price = std::bit_cast<Halves>(signal.price);
    const auto score = std::bit_cast<Halves>(signal.score);
    kept_.push_back({price[0], price[1], score[0], score[1], minute_of(signal.bar_time)});
  }
  /// Of begin() to end().
  One operator[](std::uint64_t number) const {
    const auto& words = kept_[static_cast<std::size_t>(number - begin_)];
    const Timestamp bar_time = time_of(words[4]);
    const auto late = late_.empty() ? late_.end() : late_.find(number);
    return {std::bit_cast<double>(Halves{words[0], words[1]}), std::bit_cast<double>(Halves{words[2], words[3]}),
            bar_time, late == late_.end() ? bar_time + length_ : time_of(late->second)};
  }
  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const { return begin_ + kept_.size(); }
  void drop_before(std::uint64_t number) {
    for (; begin_ < number; ++begin_) kept_.pop_front();
    late_.erase(late_.begin(), late_.lower_bound(begin_));
  }

 private:
  using Halves = std::array<std::uint32_t, 2>;
  static constexpr std::int64_t kMinuteMs = 60'000;
  static std::uint32_t minute_of(Timestamp time) { return static_cast<std::uint32_t>(to_ms(time) / kMinuteMs); }
  static Timestamp time_of(std::uint32_t minute) { return from_ms(minute * kMinuteMs); }

  Millis length_;
  std::uint64_t begin_ = 0;
  std::deque<std::array<std::uint32_t, 5>> kept_;  // price, score, the minute in which the bar opened
  std::map<std::uint64_t, std::uint32_t> late_;  // minutes in which those came that did not come with their bar's close
};

}  // namespace cw::signals
