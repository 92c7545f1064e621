#include "lab/kept_leaks.h"

#include <gtest/gtest.h>

#include "db/testing.h"
#include "records/backtest_rows.h"
#include "records/record_schema.h"

namespace cw::lab {
namespace {

/// A memory, and looks that are counted.
struct Looks : testing::Test {
  Result<backtest::LeakReport> once(std::string_view program, const backtest::LeakReport& finding) {
    return look_once(*story.database, program, bars, [&]() -> Result<backtest::LeakReport> {
      ++looks;
      return finding;
    });
  }
  db::testing::Story story{{}, records::record_schema()};
  backtest::LeakReport sound{.bars = 500, .cuts = 7, .look_back = 20, .begin_told = true, .settles_after = 12};
  backtest::LeakReport leaking{.leaks = {{backtest::LeakKind::future, "long.entry", 4}}};
  std::size_t bars = 500;
  int looks = 0;
};

TEST_F(Looks, AreMadeOnceAtAProgramThatPassed) {
  for (int turn = 0; turn < 3; ++turn) {
    const auto report = once("a", sound);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->passed());
    EXPECT_EQ(report->text(), sound.text());
  }
  EXPECT_EQ(looks, 1);
  ASSERT_TRUE(once("b", sound));
  EXPECT_EQ(looks, 2);
}

TEST_F(Looks, AreMadeAnewAtOneThatLeaksAndWhereNoneIsRemembered) {
  EXPECT_FALSE(once("a", leaking)->passed());
  EXPECT_FALSE(once("a", leaking)->passed());
  EXPECT_EQ(looks, 2);
  ASSERT_TRUE(story.database->write(
      [](db::Connection& connection) { return records::keep_leak_check(connection, "a", 0, "{}"); }));
  ASSERT_TRUE(once("a", sound));
  EXPECT_EQ(looks, 3) << "of another version";
  const auto failed = look_once(*story.database, "c", bars,
                                []() -> Result<backtest::LeakReport> { return fail(Errc::cancelled, "stopped"); });
  EXPECT_EQ(failed.error().code, Errc::cancelled);
}

TEST_F(Looks, AreMadeAnewOverMoreBarsWhereTheBeginCouldNotBeTold) {
  auto short_one = sound;
  short_one.begin_told = false;
  ASSERT_TRUE(once("a", short_one));
  ASSERT_TRUE(once("a", short_one));
  EXPECT_EQ(looks, 1);
  bars = 6'000;
  EXPECT_FALSE(once("a", leaking)->passed());
  EXPECT_EQ(looks, 2);
  bars = 500;
  ASSERT_TRUE(once("b", sound));
  bars = 6'000;
  ASSERT_TRUE(once("b", sound));
  EXPECT_EQ(looks, 3) << "all was told of the fewer";
}

}  // namespace
}  // namespace cw::lab
