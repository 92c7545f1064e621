#include "candle_store/store_story.h"

namespace cw::candle_store {
namespace {

using Bars = std::vector<market::Candle>;

std::unique_ptr<Import> begin(StoreStory& story, const SeriesId& id = kBtc1m) {
  auto import = story->begin_import(id, "test.csv");
  EXPECT_TRUE(import) << import.error().message;
  return std::move(*import);
}

TEST(Import, ShowsNothingBeforeItsCommitAndAllOfItAfter) {
  StoreStory story;
  auto import = begin(story);
  ASSERT_TRUE(import->stage(bars(0, 200'000).view()));
  ASSERT_TRUE(import->stage(bars(200'000, 200'010).view()));
  EXPECT_TRUE(story.all(kBtc1m).empty());
  EXPECT_TRUE(story->list().empty());
  const auto outcome = import->commit(false);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(*outcome, (WriteOutcome{200'010, 0, 0}));
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(0, 200'010)));
}

TEST(Import, LeavesNothingBehindWithoutACommit) {
  StoreStory story;
  ASSERT_TRUE(story->put_history(kBtc1m, bars(0, 100).view()));
  {
    auto import = begin(story);
    ASSERT_TRUE(import->stage(bars(50, 200'000, 2).view()));
  }
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(0, 100)));
  story.reopen();
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(0, 100)));
  ASSERT_TRUE(story->verify());
}

TEST(Import, IsIdempotent) {
  StoreStory story;
  for (int round = 0; round < 3; ++round) {
    auto import = begin(story);
    ASSERT_TRUE(import->stage(bars(0, 10'000).view()));
    import->count_duplicates(3);
    const auto outcome = import->commit(false);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(*outcome, round == 0 ? (WriteOutcome{10'000, 0, 0}) : (WriteOutcome{0, 10'000, 0}));
  }
  EXPECT_EQ(story->info(kBtc1m)->rows, 10'000U);
  EXPECT_EQ(story->info(kBtc1m)->duplicates, 3U);
}

TEST(Import, RefusesDifferingRowsWithCountAndFirstPlaceUnlessTheyAreToBeReplaced) {
  StoreStory story;
  ASSERT_TRUE(story->put_history(kBtc1m, bars(0, 5'000).view()));
  auto mixed = bars(0, 4'000);
  mixed.append(bars(4'000, 4'003, 1).view());
  mixed.append(bars(4'003, 6'000).view());
  {
    auto import = begin(story);
    ASSERT_TRUE(import->stage(mixed.view()));
    const auto outcome = import->commit(false);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::conflict);
    EXPECT_EQ(import->conflict().count, 3U);
    EXPECT_EQ(import->conflict().stored, bar_at(4'000));
    EXPECT_EQ(import->conflict().given, bar_at(4'000, 1));
  }
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(0, 5'000)));
  auto import = begin(story);
  ASSERT_TRUE(import->stage(mixed.view()));
  const auto outcome = import->commit(true);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(*outcome, (WriteOutcome{1'000, 4'997, 3}));
  EXPECT_EQ(story.all(kBtc1m), list_of(mixed));
}

TEST(Import, IsOneAtATimeForASeriesAndFreeForOthers) {
  StoreStory story;
  auto first = begin(story);
  EXPECT_EQ(story->begin_import(kBtc1m, "other").error().code, Errc::busy);
  EXPECT_EQ(story->put_history(kBtc1m, bars(0, 1).view()).error().code, Errc::busy);
  EXPECT_EQ(story->prune(kBtc1m, from_ms(kStart)).error().code, Errc::busy);
  auto other = begin(story, kEth1m);
  first.reset();
  auto again = begin(story);
}

TEST(Import, LetsLiveBarsOfItsSeriesInMeanwhile) {
  StoreStory story;
  ASSERT_TRUE(story->append(kBtc1m, Bars{bar_at(1)}));
  auto import = begin(story);
  ASSERT_TRUE(import->stage(bars(0, 3'000).view()));
  ASSERT_TRUE(story->append(kBtc1m, Bars{bar_at(3'000), bar_at(3'001)}));
  ASSERT_TRUE(story->append(kBtc1m, Bars{bar_at(2'999)}));
  EXPECT_EQ(story.all(kBtc1m), (Bars{bar_at(1), bar_at(2'999), bar_at(3'000), bar_at(3'001)}));
  ASSERT_TRUE(import->commit(false));
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(0, 3'002)));
  EXPECT_EQ(story->info(kBtc1m)->rows, 3'002U);
  story.reopen();
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(0, 3'002)));
}

TEST(Import, CountsALiveBarThatDiffersFromTheFileAsAConflictAndLetsItStand) {
  StoreStory story;
  {
    auto import = begin(story);
    ASSERT_TRUE(import->stage(bars(0, 3'000).view()));
    ASSERT_TRUE(story->append(kBtc1m, Bars{bar_at(2'000, 5)}));
    EXPECT_EQ(import->commit(false).error().code, Errc::conflict);
    EXPECT_EQ(import->conflict().count, 1U);
  }
  EXPECT_EQ(story.all(kBtc1m), Bars{bar_at(2'000, 5)});
  ASSERT_TRUE(story->prune(kBtc1m, from_ms(kLatestMs)));
  auto import = begin(story);
  ASSERT_TRUE(import->stage(bars(0, 3'000).view()));
  ASSERT_TRUE(story->append(kBtc1m, Bars{bar_at(2'000, 5)}));
  ASSERT_TRUE(import->commit(true));
  import.reset();
  auto expected = list_of(bars(0, 3'000));
  expected[2'000] = bar_at(2'000, 5);
  EXPECT_EQ(story.all(kBtc1m), expected);
  story.reopen();
  EXPECT_EQ(story.all(kBtc1m), expected);
  EXPECT_EQ(story->info(kBtc1m)->rows, 3'000U);
}

TEST(Import, RefusesRowsOutOfOrderAcrossCalls) {
  StoreStory story;
  auto import = begin(story);
  ASSERT_TRUE(import->stage(bars(10, 20).view()));
  EXPECT_EQ(import->stage(bars(19, 25).view()).error().code, Errc::bad_input);
}

TEST(Import, UsesTheRoomOfWhatItReplaced) {
  StoreStory story;
  const auto size = [&] { return std::filesystem::file_size(story.folder() / "candles.mdb"); };
  for (int round = 0; round < 3; ++round) {
    auto import = begin(story);
    ASSERT_TRUE(import->stage(bars(0, 200'000, round).view()));
    ASSERT_TRUE(import->commit(true));
  }
  const auto after_three = size();
  for (int round = 3; round < 8; ++round) {
    auto import = begin(story);
    ASSERT_TRUE(import->stage(bars(0, 200'000, round).view()));
    ASSERT_TRUE(import->commit(true));
  }
  EXPECT_LE(size(), after_three + after_three / 4);
  EXPECT_LE(size(), 3U * 200'000 * 48);
}

}  // namespace
}  // namespace cw::candle_store
