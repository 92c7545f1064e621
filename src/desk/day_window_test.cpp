#include "desk/day_window.h"

#include <map>

#include <gtest/gtest.h>

#include "base/random.h"
#include "desk/testing.h"

namespace cw::desk {
namespace {

using testing::bar;
using testing::minute;

TEST(DayWindow, HoldsTheMinutesOfTheLastDayAndNoMore) {
  DayWindow window;
  EXPECT_EQ(window.volume(), 0);
  window.add(bar(0, 50, 2));
  window.add(bar(1, 51, 4));
  window.add(bar(1'439, 52, 8));
  EXPECT_EQ(window.volume(), 14);
  EXPECT_EQ(window.oldest_open(), 50);
  window.add(bar(1'440, 53, 16));
  EXPECT_EQ(window.volume(), 28) << "minute 0 has left";
  EXPECT_EQ(window.oldest_open(), 51);
  EXPECT_EQ(window.oldest_time(), minute(1));
  window.add(bar(9'000, 54, 1));
  EXPECT_EQ(window.volume(), 1);
  EXPECT_EQ(window.oldest_time(), minute(9'000));
}

/// Bars by their minute, added up by halves over 2,048 places of which the last are empty.
struct Reference {
  std::map<std::int64_t, std::pair<double, double>> bars;  // minute -> open, volume

  double sum(std::int64_t newest, std::size_t from, std::size_t to) const {
    if (to - from > 1) return sum(newest, from, (from + to) / 2) + sum(newest, (from + to) / 2, to);
    for (auto m = newest; m > newest - 1'440; --m) {
      if (static_cast<std::size_t>((m + 28'713'600) % 1'440) == from && bars.contains(m)) return bars.at(m).second;
    }
    return 0;
  }
};

TEST(DayWindow, EqualsTheSlowSumToTheLastBitWhateverCameBefore) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Random random{seed};
    DayWindow window;
    Reference reference;
    std::int64_t m = 0;
    for (int n = 0; n < 6'000; ++n) {
      const auto candle = bar(m, 100 + random.normal(), random.uniform());
      window.add(candle);
      reference.bars[m] = {candle.open, candle.volume};
      if (n % 1'500 == 1'499) {
        // 28,713,600 minutes lie between 1970 and the start of the tests, a whole number of days.
        ASSERT_EQ(window.volume(), reference.sum(m, 0, 2'048)) << "seed " << seed << " minute " << m;
        ASSERT_EQ(window.oldest_open(), reference.bars.upper_bound(m - 1'440)->second.first);
        std::string bytes;
        ByteWriter writer{bytes};
        window.save(writer);
        DayWindow again;
        ByteReader reader{bytes};
        again.restore(reader);
        EXPECT_TRUE(reader.done());
        ASSERT_EQ(again, window) << "seed " << seed;
        window = again;
      }
      m += random.chance(0.02) ? 1 + static_cast<std::int64_t>(random.below(random.chance(0.05) ? 2'000 : 30)) : 1;
    }
  }
}

}  // namespace
}  // namespace cw::desk
