#include "backtest/sweep/space.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::backtest {
namespace {

using strategy::InputKind;
using strategy::InputValue;

const strategy::Document kDocument{
    .name = "rules",
    .inputs = {{.name = "fast", .kind = InputKind::Int, .default_value = 5.0, .min = 2, .max = 100},
               {.name = "width", .kind = InputKind::Float, .default_value = 1.0, .step = 0.25},
               {.name = "plain", .kind = InputKind::Float, .default_value = 1.0},
               {.name = "kind", .kind = InputKind::Choice, .default_value = "sma", .options = {"sma", "ema", "wma"}},
               {.name = "both", .kind = InputKind::Bool, .default_value = 1.0}}};

std::vector<double> numbers(const Axis& axis) {
  std::vector<double> found;
  for (const auto& value : axis.values) found.push_back(std::get<double>(value));
  return found;
}

std::string refusal(std::string_view text) {
  const auto axis = parse_axis(kDocument, text);
  return axis ? "taken: " + axis_text(*axis) : axis.error().field + " | " + axis.error().message;
}

Axis axis_of(std::string_view text) {
  auto axis = parse_axis(kDocument, text);
  EXPECT_TRUE(axis) << axis.error().message;
  return axis.value_or(Axis{});
}

TEST(ParseAxis, CountsFromAStartToAnEndThatTheStepsReach) {
  EXPECT_EQ(numbers(axis_of("fast=5:20:5")), (std::vector<double>{5, 10, 15, 20}));
  EXPECT_EQ(numbers(axis_of("fast=5:19:5")), (std::vector<double>{5, 10, 15}));
  EXPECT_EQ(numbers(axis_of("fast=7:7:5")), (std::vector<double>{7}));
}

TEST(ParseAxis, TakesTheUsualStepWhereNoneIsGiven) {
  EXPECT_EQ(numbers(axis_of("fast=2:4")), (std::vector<double>{2, 3, 4}));
  EXPECT_EQ(numbers(axis_of("width=1:1.5")), (std::vector<double>{1, 1.25, 1.5}));
  EXPECT_EQ(refusal("plain=1:2"), "grid.plain | grid.plain: says no step: give from:to:step");
}

TEST(ParseAxis, IsExactInDecimals) {
  // Adding 0.1 to 0.1 gives 0.30000000000000004 and misses 0.8 altogether.
  EXPECT_EQ(numbers(axis_of("plain=0.1:0.8:0.1")), (std::vector<double>{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8}));
}

TEST(ParseAxis, TakesAListAndSortsNumbersButNotWords) {
  EXPECT_EQ(numbers(axis_of("fast=30,5,12")), (std::vector<double>{5, 12, 30}));
  EXPECT_EQ(axis_text(axis_of("kind=wma,sma")), "wma,sma");
  EXPECT_EQ(axis_text(axis_of("both=true,false")), "true,false");
}

TEST(ParseAxis, ReadsItsOwnText) {
  for (const char* text : {"fast=5:20:5", "plain=0.1:0.8:0.1", "kind=wma,sma", "both=false,true"}) {
    const Axis axis = axis_of(text);
    const auto again = parse_axis(kDocument, axis.name, axis_text(axis));
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(again->values, axis.values);
  }
}

TEST(ParseAxis, NamesThePlaceOfWhatIsWrong) {
  EXPECT_EQ(refusal("fast"), "grid | grid: takes NAME=FROM:TO:STEP or NAME=A,B,C, not 'fast'");
  EXPECT_EQ(refusal("fsat=1:2:1"),
            "grid.fsat | grid.fsat: the strategy has no such input: it has fast, width, plain, kind, both");
  EXPECT_EQ(refusal("fast=1:2:3:4"), "grid.fast | grid.fast: '1:2:3:4' is not from:to:step");
  EXPECT_EQ(refusal("fast=5:x:1"), "grid.fast | grid.fast: 'x' of from:to:step is not a number");
  EXPECT_EQ(refusal("fast=5:9:0"), "grid.fast | grid.fast: the step 0 is not above zero");
  EXPECT_EQ(refusal("fast=9:5:1"), "grid.fast | grid.fast: ends at 5, before its start at 9");
  EXPECT_EQ(refusal("fast=50:150:50"), "grid.fast | grid.fast: must be at most 100, not 150");
  EXPECT_EQ(refusal("fast=5:9:0.5"), "grid.fast | grid.fast: must be a whole number, not 5.5");
  EXPECT_EQ(refusal("fast=5,,6"), "grid.fast | grid.fast: '5,,6' is neither from:to:step nor a,b,c");
  EXPECT_EQ(refusal("fast=5,6,5"), "grid.fast | grid.fast: 5 comes twice");
  EXPECT_EQ(refusal("kind=1:2:1"), "grid.kind | grid.kind: a choice has no range: list its values, as a,b,c");
  EXPECT_EQ(refusal("kind=sma,smma"), "grid.kind | grid.kind: must be one of sma, ema, wma, not 'smma'");
  EXPECT_EQ(refusal("plain=0:90000000000:0.00000001"), "grid.plain | grid.plain: these are over 10000 values");
}

Space space_of(const std::vector<std::string>& texts) {
  std::vector<Axis> axes;
  for (const auto& text : texts) axes.push_back(axis_of(text));
  auto space = Space::make(std::move(axes));
  EXPECT_TRUE(space);
  return std::move(*space);
}

TEST(Space, NumbersItsCellsWithTheLastAxisFastest) {
  const Space space = space_of({"fast=5:10:5", "kind=sma,ema,wma"});
  ASSERT_EQ(space.cells(), 6U);
  EXPECT_EQ(space.inputs(0), (strategy::GivenInputs{{"fast", 5.0}, {"kind", "sma"}}));
  EXPECT_EQ(space.inputs(1), (strategy::GivenInputs{{"fast", 5.0}, {"kind", "ema"}}));
  EXPECT_EQ(space.inputs(5), (strategy::GivenInputs{{"fast", 10.0}, {"kind", "wma"}}));
  for (std::uint64_t cell = 0; cell < space.cells(); ++cell) EXPECT_EQ(space.cell_at(space.places(cell)), cell);
}

TEST(Space, HasNeighboursOnOrderedAxesAlone) {
  const Space space = space_of({"fast=5:15:5", "kind=sma,ema,wma", "plain=1,2"});
  const auto around = space.neighbours(space.cell_at({1, 1, 0}));
  EXPECT_EQ(around, (std::vector{space.cell_at({0, 1, 0}), space.cell_at({2, 1, 0}), space.cell_at({1, 1, 1})}));
}

TEST(Space, RefusesWhatIsNoneOrTooLarge) {
  EXPECT_EQ(Space::make({}).error().field, "grid");
  const auto twice = Space::make({axis_of("fast=2,3"), axis_of("fast=4,5")});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message, "grid.fast: the same input twice");
  const Axis wide = axis_of("plain=1:9999:1");
  std::vector<Axis> axes;
  for (const char* name : {"a", "b", "c", "d"}) axes.push_back({name, wide.kind, wide.values});
  EXPECT_EQ(Space::make(axes).error().message, "grid: the combinations are over the limit of 1000000000000");
}

TEST(CellOrder, GivesEachCellOnceWhateverTheSize) {
  Random random{7};
  for (int round = 0; round < 60; ++round) {
    const std::uint64_t cells = round < 20 ? static_cast<std::uint64_t>(round) + 1 : 1 + random.below(3'000);
    const CellOrder order(cells, random.next());
    std::set<std::uint64_t> seen;
    for (std::uint64_t k = 0; k < cells; ++k) {
      const auto cell = order.cell_of(k);
      EXPECT_LT(cell, cells);
      seen.insert(cell);
    }
    EXPECT_EQ(seen.size(), cells);
  }
}

TEST(CellOrder, IsAnotherForAnotherSeedAndSpreadsEvenly) {
  constexpr std::uint64_t kCells = 1'000;
  const CellOrder one(kCells, 1);
  const CellOrder other(kCells, 2);
  std::size_t same = 0;
  double sum = 0;
  for (std::uint64_t k = 0; k < 100; ++k) {
    same += one.cell_of(k) == other.cell_of(k) ? 1 : 0;
    sum += static_cast<double>(one.cell_of(k));
  }
  EXPECT_LT(same, 5U);  // 0.1 are expected
  // The mean of 100 of 0..999 has a deviation of 28.9 * sqrt(0.9).
  EXPECT_NEAR(sum / 100, 499.5, 5 * 27.4);
}

TEST(CellOrder, IsQuickInTheLargestSpace) {
  const CellOrder order(kSpaceCellsMost, 3);
  std::set<std::uint64_t> seen;
  for (std::uint64_t k = 0; k < 10'000; ++k) seen.insert(order.cell_of(k));
  EXPECT_EQ(seen.size(), 10'000U);
}

}  // namespace
}  // namespace cw::backtest
