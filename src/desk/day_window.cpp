#include "desk/day_window.h"

#include <algorithm>

#include "base/require.h"

namespace cw::desk {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDay = DayWindow::kMinutes;

}  // namespace

void DayWindow::add(const market::Candle& bar) {
  const std::int64_t minute = to_ms(bar.open_time) / kMinuteMs;
  CW_REQUIRE(minute >= 0 && (!begun_ || minute > newest_));
  if (begun_) {
    const auto last_to_drop = std::min(minute - kDay, newest_);
    for (auto m = std::max(newest_ - kDay + 1, oldest_); m <= last_to_drop; ++m) drop(m);
    while (oldest_ <= newest_ && !there_[slot(oldest_)]) ++oldest_;
  }
  if (!begun_ || oldest_ > newest_) oldest_ = minute;
  begun_ = true;
  newest_ = minute;
  there_[slot(minute)] = true;
  opens_[slot(minute)] = bar.open;
  set_volume(slot(minute), bar.volume);
}

Timestamp DayWindow::oldest_time() const { return from_ms(oldest_ * kMinuteMs); }

std::optional<Timestamp> DayWindow::newest_time() const {
  return begun_ ? std::optional{from_ms(newest_ * kMinuteMs)} : std::nullopt;
}

void DayWindow::drop(std::int64_t minute) {
  if (!there_[slot(minute)]) return;
  there_[slot(minute)] = false;
  opens_[slot(minute)] = 0;
  set_volume(slot(minute), 0);
}

void DayWindow::set_volume(std::size_t slot, double volume) {
  std::size_t node = kLeaves + slot;
  sums_[node] = volume;
  for (node /= 2; node > 0; node /= 2) sums_[node] = sums_[2 * node] + sums_[2 * node + 1];
}

void DayWindow::save(ByteWriter& writer) const {
  writer.put_flag(begun_);
  writer.put(newest_);
  writer.put(static_cast<std::uint32_t>(there_.count()));
  for (std::size_t i = 0; i < kMinutes; ++i) {
    if (!there_[i]) continue;
    writer.put(static_cast<std::uint16_t>(i));
    writer.put(opens_[i]);
    writer.put(sums_[kLeaves + i]);
  }
}

void DayWindow::restore(ByteReader& reader) {
  *this = {};
  begun_ = reader.get_flag();
  newest_ = reader.get<std::int64_t>();
  const auto count = reader.get<std::uint32_t>();
  if (count > kMinutes || newest_ < 0 || newest_ > kLatestMs / kMinuteMs) return reader.fail();
  if (!begun_ && (newest_ != 0 || count != 0)) return reader.fail();
  std::size_t next = 0;  // the slots come in order
  for (std::uint32_t n = 0; n < count; ++n) {
    const auto i = reader.get<std::uint16_t>();
    if (i < next || i >= kMinutes) return reader.fail();
    next = std::size_t{i} + 1;
    there_[i] = true;
    opens_[i] = reader.get<double>();
    sums_[kLeaves + i] = reader.get<double>();
  }
  if (begun_ && !there_[slot(newest_)]) return reader.fail();
  for (std::size_t node = kLeaves - 1; node > 0; --node) sums_[node] = sums_[2 * node] + sums_[2 * node + 1];
  oldest_ = newest_;
  for (auto m = newest_; begun_ && m > newest_ - kDay; --m) {
    if (m >= 0 && there_[slot(m)]) oldest_ = m;
  }
}

}  // namespace cw::desk
