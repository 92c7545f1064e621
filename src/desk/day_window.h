#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "market/candle.h"

namespace cw::desk {

/// The one-minute bars of the trailing 24 hours: those that open in (t - 24 h, t], t being the newest bar's open time.
///
/// The volume is added up as a tree over the minutes of the day, so it depends on the bars in the window alone and not
/// on what has left it: no rounding error gathers, and a window put back from its bars gives the same bits. Cost    12
/// additions a bar, no allocation
class DayWindow {
 public:
  static constexpr std::size_t kMinutes = 1'440;

  /// Takes the next bar, newer than the last and on the minute (contract).
  void add(const market::Candle& bar);

  /// Units of base. 0 before the first bar.
  double volume() const { return sums_[1]; }
  /// The open of the oldest bar in the window, and when it opened. Only once there is a bar.
  double oldest_open() const { return opens_[slot(oldest_)]; }
  Timestamp oldest_time() const;
  /// When the newest bar opened; none before the first.
  std::optional<Timestamp> newest_time() const;

  void save(ByteWriter& writer) const;
  /// Fails the reader on what `save` never writes.
  void restore(ByteReader& reader);

  friend bool operator==(const DayWindow&, const DayWindow&) = default;

 private:
  static constexpr std::size_t kLeaves = 2'048;  // the power of two above kMinutes
  static std::size_t slot(std::int64_t minute) {
    return static_cast<std::size_t>(minute % static_cast<std::int64_t>(kMinutes));
  }
  void set_volume(std::size_t slot, double volume);
  void drop(std::int64_t minute);

  bool begun_ = false;
  std::int64_t newest_ = 0;  // minutes since 1970
  std::int64_t oldest_ = 0;
  std::array<double, kMinutes> opens_{};
  std::bitset<kMinutes> there_;
  std::array<double, 2 * kLeaves>
      sums_{};  // sums_[i] = sums_[2 i] + sums_[2 i + 1]; the leaves are volumes by minute of the day
};

}  // namespace cw::desk
