#include "lab/tried.h"

#include <gtest/gtest.h>

#include "strategy/built_in.h"

namespace cw::lab {
namespace {

TEST(Tried, IsByNameUnlessItIsWhatIsShipped) {
  const auto* shipped = strategy::find_built_in("ema-cross");
  ASSERT_NE(shipped, nullptr);
  EXPECT_EQ(tried_by("u_ada", shipped->document).name, "");
  auto copied = shipped->document;
  copied.name = "mine";
  EXPECT_EQ(tried_by("u_ada", copied).name, "mine");
  EXPECT_EQ(tried_by("u_ada", copied).fingerprint, tried_by("u_ada", shipped->document).fingerprint);
  auto changed = strategy::find_built_in("macd-trend")->document;
  changed.name = "ema-cross";
  EXPECT_EQ(tried_by("u_ada", changed).name, "ema-cross");
}

}  // namespace
}  // namespace cw::lab
