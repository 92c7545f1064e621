// Hours of a misbehaving exchange in seconds: whatever is lost, doubled, disordered, slow or refused on the way, the
// store ends with exactly the exchange's own candles, and the journal gives the desk's outputs again.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <string>

#include "tests/sim/feed_world.h"

namespace cw::sim {
namespace {

namespace fs = std::filesystem;
using exchange::practice::Misbehaviour;
using std::chrono::hours;
using std::chrono::minutes;

constexpr Timestamp kStart = from_ms(1'760'000'000'000);  // 2025-10-09 08:53:20
constexpr Misbehaviour kEverything{.drop = 4,
                                   .hole = 0.05,
                                   .duplicate = 0.05,
                                   .disorder = 0.05,
                                   .slow = 4,
                                   .refuse = 0.05,
                                   .garbage = 0.002,
                                   .cut = 0.1};

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

// What must have happened, by the exchange's own count, before a run of seeds says anything.
class Faults {
 public:
  void saw(const World& world) {
    for (auto& [kind, times] : seen_) times += world.mischief(kind);
  }
  void expect_all() const {
    for (const auto& [kind, times] : seen_) EXPECT_GT(times, 0) << kind << " never happened";
  }

 private:
  std::map<std::string, double> seen_{{"dropped", 0},    // a socket cut without a word
                                      {"left_out", 0},   // a hole
                                      {"repeated", 0},   // a duplicate
                                      {"held_back", 0},  // disorder
                                      {"stalled", 0},    // a socket that stands still on the exchange's side
                                      {"dawdled", 0},    // a REST answer that takes seconds
                                      {"refused", 0},    // 429
                                      {"garbage", 0},    // broken JSON, broken frames, half a body
                                      {"cut", 0},        // a REST answer that ends before its last byte
                                      {"cut_slow", 0},   // a client that reads too slowly, cut by the exchange
                                      {"expired", 0}};   // the cut by age
};

TEST(FeedFault, TenHoursOfEveryTroubleEndWithTheExchangesOwnCandles) {
  Faults faults;
  std::uint64_t with_gaps = 0;
  for (std::uint64_t seed = 1; seed <= std::min<std::uint64_t>(20, seeds(2)); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Folder folder("hours");
    WorldOptions options = options_of(seed);
    // The 24-hour cut at an age that a connection lives to see in this trouble; every other run does not see it coming.
    options.exchange_cuts_after = minutes{15};
    options.connection_life = seed % 2 == 0 ? Millis(minutes{14}) : Millis(hours{100});
    // A reader that stands still is cut by the exchange before it misses the pings or gives up itself.
    options.exchange_queue_bytes = 4 * 1024;
    options.pipe_bytes = 4 * 1024;
    World world(options, folder.path);
    Random random(seed);
    live_through(world, hours{10}, random, hours{1});
    recover(world);
    EXPECT_TRUE(world.holds_the_truth());
    EXPECT_GT(world.recorder().trades, 1'000u);
    EXPECT_GT(world.metric("candlewick_feed_connections_lost_total"), 20);
    EXPECT_GT(world.metric("candlewick_feed_backfilled_bars_total"), 20);
    EXPECT_GT(world.metric("candlewick_feed_rest_limited_total"), 0);
    EXPECT_GT(world.mischief("cut"), 0);
    faults.saw(world);
    world.stop();
    EXPECT_EQ(world.recorder().states.back(), exchange::FeedState::stopped);
    EXPECT_TRUE(replayed_outputs(folder.path) == world.recorder().outputs());
    with_gaps += world.recorder().gaps() > 0;
  }
  faults.expect_all();
  RecordProperty("runs_with_gaps", static_cast<int>(with_gaps));
}

// The cut at its real age, and nothing else: not even a bar has to be fetched late.
TEST(FeedFault, TheCutAt24HoursCostsNoCandle) {
  const Folder folder("day");
  WorldOptions options = options_of(3);
  options.symbols = {"TRXUSDT"};
  options.connection_life = hours{100};
  World world(options, folder.path);
  world.run_for(hours{24} + minutes{5});
  EXPECT_EQ(world.mischief("expired"), 1);
  EXPECT_TRUE(world.holds_the_truth());
  EXPECT_EQ(world.recorder().gaps(), 0u);
  EXPECT_GT(world.recorder().store(0).size(), 1'440u);
}

// A path to us that stands still again and again, and an exchange that keeps only so much for a client.
TEST(FeedFault, AReaderThatIsTooSlowIsCutAndMissesNothing) {
  const Folder folder("slow");
  WorldOptions options = options_of(4);
  options.exchange_queue_bytes = 4 * 1024;
  options.pipe_bytes = 4 * 1024;
  World world(options, folder.path);
  for (int i = 0; i < 6; ++i) {
    world.run_for(minutes{10});
    world.stand_still(minutes{2});
  }
  recover(world);
  EXPECT_GE(world.mischief("cut_slow"), 3);
  EXPECT_GT(world.metric("candlewick_feed_backfilled_bars_total"), 0);
  EXPECT_TRUE(world.holds_the_truth());
}

std::size_t minutes_in(const std::map<Timestamp, market::Candle>& store, Timestamp from, Timestamp to) {
  return static_cast<std::size_t>(std::distance(store.lower_bound(from), store.lower_bound(to)));
}

// Minutes that the exchange itself does not have: they are gaps, bars over them say so, nothing stands in for them, and
// nobody asks for them for ever.
TEST(FeedFault, AnOutageOfTheExchangeIsAGapOfItsOwnSizeAndIsNotAskedForAgain) {
  std::size_t lacking = 0, marked = 0;
  for (std::uint64_t seed = 1; seed <= std::min<std::uint64_t>(20, seeds(3)); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Folder folder("outage");
    const WorldOptions options = options_of(seed);
    World world(options, folder.path);
    world.misbehave({.drop = 4, .hole = 0.1, .disorder = 0.05, .refuse = 0.05, .cut = 0.1, .outage = 1.5});
    world.run_for(hours{5});
    recover(world);
    ASSERT_TRUE(world.holds_the_truth());
    lacking += world.lacking(0).size();

    const double asked = world.metric("candlewick_feed_rest_requests_total");
    world.run_for(hours{2});
    EXPECT_LE(world.metric("candlewick_feed_rest_requests_total") - asked, 4) << "the clock, once an hour";
    ASSERT_TRUE(world.holds_the_truth());
    EXPECT_TRUE(replayed_outputs(folder.path) == world.recorder().outputs());

    for (const desk::BarClosed& bar : world.recorder().folded()) {
      const Timestamp from = bar.candle.bar.open_time;
      const Timestamp to = from + market::duration(bar.timeframe);
      const auto& store = world.recorder().store(bar.instrument);
      const auto& late = world.recorder().revised(bar.instrument);
      if (from < store.begin()->first || late.lower_bound(from) != late.lower_bound(to)) continue;
      const std::size_t bars = minutes_in(store, from, to);
      ASSERT_EQ(bar.candle.source_bars, bars) << format_time(from);
      ASSERT_EQ(bar.candle.marks.gap, bars < static_cast<std::size_t>((to - from) / kMinute)) << format_time(from);
      marked += bar.candle.marks.gap;
    }
  }
  EXPECT_GT(lacking, 20u);
  EXPECT_GT(marked, 5u);
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
