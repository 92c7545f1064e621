// What a store is worth after the process or the power went: it opens, it holds only whole imports, and everything that
// was acknowledged is there. `--long` does more of each.
#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/crash/disk_recorder.h"
#include "tests/crash/store_script.h"

namespace cw::crash {
namespace {

using candle_store::CandleStore;
using candle_store::StoreOptions;
using candle_store::TestFolder;

bool long_tier = false;
NullLogger logger;
Metrics metrics;

StoreOptions options(bool sync) {
  StoreOptions made;
  made.map_bytes = std::uint64_t{1} << 30;
  made.sync = sync;
  return made;
}

/// Opens what is in `folder` and says what is wrong with it; empty when nothing is.
std::string judge(const std::filesystem::path& folder, const Contents& before, const Step* in_flight,
                  Contents* found_out = nullptr) {
  auto store = CandleStore::open(folder, options(true), logger, metrics);
  if (!store) return "it does not open: " + store.error().message;
  if (auto sound = (*store)->verify(); !sound) return sound.error().message;
  auto found = contents_of(**store);
  auto why = why_not_whole(found, before, in_flight);
  if (why.empty()) {
    // It must take writes too, and keep them.
    const Step more{Step::Kind::append, candle_store::kEth1m, candle_store::bars(900'000, 900'002)};
    why = perform(**store, more);
    if (why.empty() && !found_out) {
      apply_step(found, more);
      store->reset();
      store = CandleStore::open(folder, options(true), logger, metrics);
      if (!store) return "it does not open again: " + store.error().message;
      if (contents_of(**store) != found) why = "it lost what it took after the crash";
    }
  }
  if (found_out != nullptr) *found_out = contents_of(**store);
  return why;
}

struct Recording {
  std::vector<DiskEvent> events;
  std::vector<Step> steps;
  std::vector<Contents> states;  // before each step, and after the last
};

Recording record(std::uint64_t seed, bool sync) {
  Recording recording;
  recording.steps = make_steps(seed, 14);
  TestFolder folder;
  Contents contents;
  DiskRecorder::start(folder.path());
  auto store = CandleStore::open(folder.path(), options(sync), logger, metrics);
  EXPECT_TRUE(store);
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    recording.states.push_back(contents);
    EXPECT_EQ(perform(**store, recording.steps[i]), "");
    DiskRecorder::mark(i + 1);
    apply_step(contents, recording.steps[i]);
    if (i % 5 == 4) {
      store->reset();
      store = CandleStore::open(folder.path(), options(sync), logger, metrics);
      EXPECT_TRUE(store);
    }
  }
  recording.states.push_back(contents);
  store->reset();
  recording.events = DiskRecorder::stop();
  return recording;
}

/// The violations among `points` power losses at random moments of one recording.
std::vector<std::string> lose_power(const Recording& recording, std::uint64_t seed, int points) {
  std::vector<std::string> violations;
  Random random(seed);
  TestFolder target;
  for (int i = 0; i < points; ++i) {
    const auto crash_at = random.below(recording.events.size() + 1);
    const auto loss = random.next();
    std::size_t acknowledged = 0;
    for (std::size_t e = 0; e < crash_at; ++e) {
      if (recording.events[e].kind == DiskEvent::Kind::mark) acknowledged = recording.events[e].offset;
    }
    const auto folder = target.path() / "disk";
    build_disk_after_power_loss(recording.events, crash_at, loss, folder);
    const auto* in_flight = acknowledged < recording.steps.size() ? &recording.steps[acknowledged] : nullptr;
    const auto why = judge(folder, recording.states[acknowledged], in_flight);
    if (!why.empty()) {
      violations.push_back(fmt::format("power lost at event {} of {}, loss {}, after step {}: {}", crash_at,
                                       recording.events.size(), loss, acknowledged, why));
    }
  }
  return violations;
}

TEST(PowerLoss, LeavesOnlyWholeImportsAndEverythingAcknowledged) {
  const std::uint64_t seeds = long_tier ? 20 : 2;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto recording = record(seed, true);
    const auto violations = lose_power(recording, seed, long_tier ? 150 : 50);
    for (const auto& violation : violations) ADD_FAILURE() << "seed " << seed << ": " << violation;
  }
}

TEST(PowerLoss, IsSeenByThisHarnessWhenTheStoreDoesNotSync) {
  const auto recording = record(1, false);
  EXPECT_FALSE(lose_power(recording, 1, 20).empty());
}

/// Does steps until it is killed; a byte goes up the pipe for each that is done.
[[noreturn]] void work(const std::filesystem::path& folder, const std::vector<Step>& steps, int pipe) {
  auto store = CandleStore::open(folder, options(true), logger, metrics);
  if (!store) ::_exit(3);
  for (const auto& step : steps) {
    if (!perform(**store, step).empty()) ::_exit(4);
    if (::write(pipe, "+", 1) != 1) ::_exit(5);
  }
  ::_exit(0);
}

TEST(Kill9, LeavesOnlyWholeImportsAndEverythingAcknowledged) {
  TestFolder folder;
  Contents contents;
  int in_the_middle = 0;
  const int rounds = long_tier ? 60 : 10;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    const auto steps = make_steps(1'000 + static_cast<std::uint64_t>(round), 60);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) work(folder.path(), steps, ends[1]);
    ::close(ends[1]);

    // The moment: after a random number of steps, and then a random while into the next one.
    Random random(static_cast<std::uint64_t>(round));
    const auto wait_for = random.below(12);
    const auto then_us = random.below(30'000);
    std::size_t done = 0;
    char byte = 0;
    while (done < wait_for && ::read(ends[0], &byte, 1) == 1) ++done;
    ::usleep(static_cast<useconds_t>(then_us));
    ::kill(child, SIGKILL);
    while (::read(ends[0], &byte, 1) == 1) ++done;
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
    in_the_middle += WIFSIGNALED(status) ? 1 : 0;

    for (std::size_t i = 0; i < done; ++i) apply_step(contents, steps[i]);
    Contents found;
    EXPECT_EQ(judge(folder.path(), contents, done < steps.size() ? &steps[done] : nullptr, &found), "");
    contents = found;
  }
  EXPECT_GT(in_the_middle, rounds / 2);
}

TEST(FullDisk, GivesAnErrorAndLosesNothingWhereverItStrikes) {
  const int rounds = long_tier ? 60 : 12;
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    Random random(static_cast<std::uint64_t>(round) + 77);
    TestFolder folder;
    Contents contents;
    auto store = CandleStore::open(folder.path(), options(true), logger, metrics);
    ASSERT_TRUE(store);
    const auto steps = make_steps(5'000 + static_cast<std::uint64_t>(round), 25);
    for (const auto& step : steps) {
      DiskRecorder::fill_disk_after(folder.path(), random.below(step.bars.size() > 100'000 ? 8'000'000 : 400'000));
      const auto why = perform(**store, step);
      DiskRecorder::free_disk();
      if (why.empty()) {
        apply_step(contents, step);
        continue;
      }
      ++refused;
      EXPECT_NE(why.find(std::strerror(ENOSPC)), std::string::npos) << why;
      const auto found = contents_of(**store);
      EXPECT_EQ(why_not_whole(found, contents, nullptr), "") << why;
      if (random.chance(0.3)) {
        store->reset();
        store = CandleStore::open(folder.path(), options(true), logger, metrics);
        ASSERT_TRUE(store);
      }
      // With room again, the same is done.
      EXPECT_EQ(perform(**store, step), "");
      apply_step(contents, step);
      EXPECT_EQ(why_not_whole(contents_of(**store), contents, nullptr), "");
    }
    store->reset();
    EXPECT_EQ(judge(folder.path(), contents, nullptr), "");
  }
  EXPECT_GT(refused, rounds);
}

}  // namespace
}  // namespace cw::crash

int main(int count, char** words) {
  testing::InitGoogleTest(&count, words);
  for (int i = 1; i < count; ++i) cw::crash::long_tier = cw::crash::long_tier || std::strcmp(words[i], "--long") == 0;
  return RUN_ALL_TESTS();
}
