// Hours of a misbehaving exchange in seconds: whatever is lost, doubled, disordered, slow or refused on the way, the
// store ends with exactly the exchange's own candles, and the journal gives the desk's outputs again.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/sim/feed_world.h"

namespace cw::sim {
namespace {

namespace fs = std::filesystem;
using exchange::practice::Misbehaviour;
using std::chrono::hours;
using std::chrono::minutes;

constexpr Timestamp kStart = from_ms(1'760'000'000'000);  // 2025-10-09 08:53:20
constexpr Misbehaviour kEverything{
    .drop = 4, .hole = 0.05, .duplicate = 0.05, .disorder = 0.05, .slow = 4, .refuse = 0.05, .garbage = 0.002};

std::uint64_t seeds(std::uint64_t otherwise) {
  const char* text = std::getenv("CW_SIM_SEEDS");
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Folder {
  fs::path path;
  explicit Folder(const std::string& name) : path(fs::path(testing::TempDir()) / ("cw_feed_fault_" + name)) {
    fs::remove_all(path);
  }
  ~Folder() { fs::remove_all(path); }
};

WorldOptions options_of(std::uint64_t seed) {
  WorldOptions options;
  options.seed = seed;
  options.start = kStart + minutes{seed * 7} + Millis{seed * 1'234};
  options.symbols = {"BTCUSDT", "ETHUSDT"};
  return options;
}

// Trouble for `time`, then quiet until everything that was missed must be here.
void live_through(World& world, Millis time, Random& random, Millis between_outages) {
  world.misbehave(kEverything);
  for (const Timestamp end = world.now() + time; world.now() < end;) {
    const auto calm = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(between_outages.count())));
    world.run_for(std::min<Millis>(Millis{calm}, std::max<Millis>(Millis{0}, end - world.now())));
    if (world.now() < end) world.break_network(minutes{6});
  }
}

void recover(World& world) {
  world.misbehave({});
  world.run_for(minutes{8});
}

TEST(FeedFault, TenHoursOfTroubleEndWithTheExchangesOwnCandles) {
  std::uint64_t with_gaps = 0;
  for (std::uint64_t seed = 1; seed <= std::min<std::uint64_t>(20, seeds(2)); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Folder folder("hours");
    WorldOptions options = options_of(seed);
    // The exchange cuts every connection after 4 hours; every other run does not see it coming.
    options.exchange_cuts_after = hours{4};
    options.connection_life = seed % 2 == 0 ? Millis(minutes{225}) : Millis(hours{100});
    World world(options, folder.path);
    Random random(seed);
    live_through(world, hours{10}, random, hours{2});
    recover(world);
    EXPECT_TRUE(world.holds_the_truth());
    EXPECT_GT(world.recorder().trades, 1'000u);
    EXPECT_GT(world.metric("candlewick_feed_connections_lost_total"), 20);
    EXPECT_GT(world.metric("candlewick_feed_backfilled_bars_total"), 20);
    EXPECT_GT(world.metric("candlewick_feed_rest_limited_total"), 0);
    EXPECT_GT(world.metric("candlewick_practice_mischief_total"), 1'000);
    world.stop();
    EXPECT_EQ(world.recorder().states.back(), exchange::FeedState::stopped);
    EXPECT_TRUE(replayed_outputs(folder.path) == world.recorder().outputs());
    with_gaps += world.recorder().gaps() > 0;
  }
  RecordProperty("runs_with_gaps", static_cast<int>(with_gaps));
}

// The same trouble with nobody to fetch what was lost: were this to pass, the tests around it would prove nothing.
TEST(FeedFault, TheTroubleIsRealWithoutBackFill) {
  const Folder folder("power");
  WorldOptions options = options_of(1);
  options.fetchers = 0;
  World world(options, folder.path);
  Random random(1);
  live_through(world, hours{1}, random, minutes{30});
  recover(world);
  EXPECT_FALSE(world.holds_the_truth());
}

TEST(FeedFault, ManyShortTroublesEndWithTheExchangesOwnCandles) {
  for (std::uint64_t seed = 1; seed <= seeds(20); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Folder folder("minutes");
    WorldOptions options = options_of(seed);
    options.symbols = {"BTCUSDT"};
    World world(options, folder.path);
    Random random(seed);
    live_through(world, minutes{12}, random, minutes{8});
    recover(world);
    ASSERT_TRUE(world.holds_the_truth());
    ASSERT_TRUE(replayed_outputs(folder.path) == world.recorder().outputs());
  }
}

TEST(FeedFault, AKilledAndRestartedRunEndsLikeOneThatWasNot) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= std::min<std::uint64_t>(20, seeds(5)); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Folder folder("killed");
    const Folder whole("whole");
    Random random(seed);
    WorldOptions options = options_of(seed);
    {
      World world(options, folder.path);
      live_through(world, hours{2}, random, hours{1});
      options.start = world.now() + Millis{static_cast<std::int64_t>(random.below(3'600'000))};
    }  // killed: what was not synced is lost
    World restarted(options, folder.path);
    EXPECT_TRUE(restarted.recorder().outputs() == replayed_outputs(folder.path));
    live_through(restarted, hours{2}, random, hours{1});
    recover(restarted);
    EXPECT_TRUE(restarted.holds_the_truth());
    EXPECT_TRUE(replayed_outputs(folder.path) == restarted.recorder().outputs());

    // The same stretch without a kill and without trouble: the desk cannot tell the difference, unless bars were so
    // late that a gap had to be recorded.
    WorldOptions calm = options_of(seed);
    World other(calm, whole.path);
    other.run_for(restarted.now() - calm.start);
    EXPECT_TRUE(other.holds_the_truth());
    EXPECT_EQ(other.recorder().gaps(), 0u);
    if (restarted.recorder().gaps() > 0) continue;
    ++compared;
    for (exchange::FollowedIndex i = 0; i < options.symbols.size(); ++i) {
      EXPECT_TRUE(other.recorder().outputs_of(i) == restarted.recorder().outputs_of(i)) << options.symbols[i];
    }
  }
  EXPECT_GT(compared, 0) << "every run had a gap: nothing was compared";
}

}  // namespace
}  // namespace cw::sim
