#include "base/nearest.h"

#include <gtest/gtest.h>

namespace cw {
namespace {

TEST(EditDistance, CountsSingleLetterEditsAndSwapsIgnoringCase) {
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("BTCUSDT", "btcusdt"), 0u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);   // the textbook pair
  EXPECT_EQ(edit_distance("ethusdt", "tehusdt"), 1u);  // a swap of neighbours is one slip
}

TEST(NearestNames, PutsTheLikeliestFirstAndLeavesStrangersOut) {
  const std::vector<std::string> known{"BTCUSDT", "ETHUSDT", "DOGEUSDT", "BTCUSDC"};
  EXPECT_EQ(nearest_names("BTCUSD", known).front(), "BTCUSDC");
  EXPECT_EQ(nearest_names("ETHUDST", known).front(), "ETHUSDT");
  EXPECT_TRUE(nearest_names("XXXXXXXXXXXX", known).empty());
}

TEST(DidYouMean, ReadsAsASentencePart) {
  EXPECT_EQ(did_you_mean({}), "");
  EXPECT_EQ(did_you_mean(std::vector<std::string>{"a"}), " (did you mean 'a'?)");
  EXPECT_EQ(did_you_mean(std::vector<std::string>{"a", "b", "c"}), " (did you mean 'a', 'b' or 'c'?)");
}

}  // namespace
}  // namespace cw
