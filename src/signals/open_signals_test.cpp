#include "signals/open_signals.h"

#include <gtest/gtest.h>

#include <deque>

#include "base/random.h"

namespace cw::signals {
namespace {

// Held against a plain list: what was put in comes out to the last bit, also what came late, however much was dropped.
TEST(OpenSignals, KeepWhatWasPutIn) {
  constexpr Millis kHour{3'600'000};
  Random random{5};
  OpenSignals open(kHour);
  std::deque<OpenSignals::One> plain;
  std::uint64_t dropped = 0;
  Timestamp bar = from_ms(1'704'067'200'000);
  for (int i = 0; i < 5'000; ++i) {
    bar += kHour * static_cast<std::int64_t>(1 + random.below(3));
    const Millis late{random.below(10) == 0 ? 60'000LL * static_cast<std::int64_t>(random.below(200'000)) : 0};
    const OpenSignals::One one{1e5 * random.uniform(), 100 * random.uniform(), bar, bar + kHour + late};
    open.push(one);
    plain.push_back(one);
    if (random.below(4) == 0) {
      const auto count = random.below(std::min<std::uint64_t>(plain.size(), 6) + 1);
      dropped += count;
      open.drop_before(dropped);
      plain.erase(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(count));
    }
    ASSERT_EQ(open.begin(), dropped);
    ASSERT_EQ(open.end(), dropped + plain.size());
    for (int k = 0; k < 5 && !plain.empty(); ++k) {
      const auto at = random.below(plain.size());
      const auto got = open[dropped + at];
      ASSERT_EQ(got.price, plain[at].price);
      ASSERT_EQ(got.score, plain[at].score);
      ASSERT_EQ(got.bar_time, plain[at].bar_time);
      ASSERT_EQ(got.emitted_at, plain[at].emitted_at);
    }
  }
}

}  // namespace
}  // namespace cw::signals
