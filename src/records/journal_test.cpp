#include "records/journal.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/require.h"
#include "desk/testing.h"
#include "records/journal_format.h"
#include "records/testing.h"

namespace cw::records {
namespace {

namespace fs = std::filesystem;
using desk::Event;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

JournalOptions small() {
  return {.segment_bytes = 4'096, .retain_bytes = 1 << 30, .pending_most = 4 << 20, .new_epoch = 42};
}

std::unique_ptr<Journal> open(const fs::path& folder, const JournalOptions& options = small()) {
  auto journal = Journal::open(folder, options);
  EXPECT_TRUE(journal) << journal.error().message;
  return std::move(journal).value();
}

void write(Journal& journal, const std::vector<Event>& events, std::size_t batch = 7) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    ASSERT_EQ(journal.append(events[i]).value(), journal.next_offset() - 1);
    if (i % batch == batch - 1) ASSERT_TRUE(journal.sync());
  }
  ASSERT_TRUE(journal.sync());
}

std::vector<Event> read(const Journal& journal, std::uint64_t from = 0) {
  std::vector<Event> events;
  const auto replayed = journal.replay(from, [&](std::uint64_t offset, const Event& event) {
    EXPECT_EQ(offset, from + events.size());
    events.push_back(event);
    return true;
  });
  EXPECT_TRUE(replayed) << replayed.error().message;
  return events;
}

std::vector<fs::path> files(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator{folder}) paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

TEST(Journal, GivesBackInOrderWhatWasSynced) {
  const TemporaryFolder folder;
  const auto events = desk::testing::random_market(1, 2, 300);
  auto journal = open(folder.path());
  EXPECT_TRUE(journal->recovery().created);
  write(*journal, events);
  EXPECT_GT(journal->segments(), 3u);
  EXPECT_EQ(read(*journal), events);
  EXPECT_EQ(read(*journal, 123), std::vector<Event>(events.begin() + 123, events.end()));
  EXPECT_EQ(read(*journal, 300), std::vector<Event>{});

  journal.reset();
  journal = open(folder.path(), {});
  EXPECT_EQ(journal->epoch(), 42u) << "the journal's own, not a new one";
  EXPECT_FALSE(journal->recovery().created);
  EXPECT_EQ(journal->next_offset(), 300u);
  EXPECT_EQ(read(*journal), events);
}

TEST(Journal, WhatIsNotSyncedIsNotReplayed) {
  const TemporaryFolder folder;
  auto journal = open(folder.path());
  ASSERT_TRUE(journal->append(desk::testing::followed("BTCUSDT")));
  EXPECT_EQ(journal->durable_offset(), 0u);
  EXPECT_TRUE(read(*journal).empty());
  EXPECT_EQ(journal->replay(1, [](auto, const auto&) { return true; }).error().code, Errc::bad_parameter);
  journal.reset();
  EXPECT_EQ(open(folder.path())->next_offset(), 0u);
}

TEST(Journal, ReplayStopsWhenTheVisitorHasEnough) {
  const TemporaryFolder folder;
  auto journal = open(folder.path());
  write(*journal, desk::testing::random_market(1, 2, 100));
  int visited = 0;
  EXPECT_TRUE(journal->replay(0, [&](auto, const auto&) { return ++visited < 5; }));
  EXPECT_EQ(visited, 5);
}

TEST(Journal, CutsATornEndAndGoesOn) {
  const TemporaryFolder folder;
  const auto events = desk::testing::random_market(1, 2, 300);
  write(*open(folder.path()), events);
  const auto last = files(folder.path()).back();
  const auto whole = testing::file_bytes(last);
  for (const std::size_t torn : {1u, 23u, 24u, 90u, 100u}) {
    testing::write_bytes(last, whole.substr(0, whole.size() - torn));
    auto journal = open(folder.path());
    EXPECT_GT(journal->recovery().cut_bytes, 0u);
    EXPECT_EQ(journal->recovery().cut_file, last.string());
    const auto kept = journal->next_offset();
    ASSERT_LT(kept, 300u);
    write(*journal, {events.begin() + static_cast<std::ptrdiff_t>(kept), events.end()});
    EXPECT_EQ(read(*journal), events);
    EXPECT_EQ(open(folder.path())->recovery().cut_bytes, 0u);
  }
}

TEST(Journal, RefusesDamageBelowTheLastSyncAndNamesThePlace) {
  const TemporaryFolder folder;
  auto options = small();
  options.segment_bytes = 1 << 20;
  write(*open(folder.path(), options), desk::testing::random_market(1, 2, 300));
  const auto file = files(folder.path()).front();
  auto bytes = testing::file_bytes(file);
  bytes[kSegmentHeaderBytes + 30] = static_cast<char>(~bytes[kSegmentHeaderBytes + 30]);
  testing::write_bytes(file, bytes);
  const auto journal = Journal::open(folder.path(), options);
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().code, Errc::corrupt);
  EXPECT_THAT(journal.error().message, HasSubstr(file.string() + " is damaged at byte 40"));
  EXPECT_EQ(testing::file_bytes(file), bytes) << "nothing is cut";
}

TEST(Journal, RefusesToReplayOverDamageOrALostSegment) {
  const TemporaryFolder folder;
  write(*open(folder.path()), desk::testing::random_market(1, 2, 300));
  const auto second = files(folder.path())[1];
  const auto whole = testing::file_bytes(second);
  const auto replay = [&] { return open(folder.path())->replay(0, [](auto, const auto&) { return true; }); };

  auto bytes = whole;
  bytes.back() = static_cast<char>(~bytes.back());
  testing::write_bytes(second, bytes);
  const auto damaged = replay();
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, Errc::corrupt);
  EXPECT_THAT(damaged.error().message, HasSubstr(second.string()));

  fs::remove(second);
  const auto holed = replay();
  ASSERT_FALSE(holed);
  EXPECT_THAT(holed.error().message, HasSubstr("it ends before record"));
}

TEST(Journal, RefusesASegmentOfAnotherJournalOrUnderAnotherName) {
  const TemporaryFolder folder;
  write(*open(folder.path()), desk::testing::random_market(1, 2, 300));
  const auto last = files(folder.path()).back();
  const auto whole = testing::file_bytes(last);
  const auto header = decode_header(whole).value();
  testing::write_bytes(last,
                       encode_header({header.epoch + 1, header.first_offset}) + whole.substr(kSegmentHeaderBytes));
  EXPECT_THAT(Journal::open(folder.path(), small()).error().message, HasSubstr("another journal"));
  testing::write_bytes(last,
                       encode_header({header.epoch, header.first_offset + 1}) + whole.substr(kSegmentHeaderBytes));
  EXPECT_THAT(Journal::open(folder.path(), small()).error().message, HasSubstr("name"));
}

TEST(Journal, ASegmentWhoseMakingWasInterruptedIsNoSegment) {
  const TemporaryFolder folder;
  write(*open(folder.path()), desk::testing::random_market(1, 2, 20));
  testing::write_bytes(folder.path() / "00000000000000000020.journal.tmp", "CWJR");
  EXPECT_EQ(open(folder.path())->next_offset(), 20u);
  EXPECT_FALSE(fs::exists(folder.path() / "00000000000000000020.journal.tmp"));
}

TEST(Journal, DeletesOldSegmentsOnlyBelowWhatWasReleased) {
  const TemporaryFolder folder;
  auto options = small();
  options.retain_bytes = 12'000;
  auto journal = open(folder.path(), options);
  const auto events = desk::testing::random_market(1, 2, 2'000);
  write(*journal, events);
  EXPECT_EQ(journal->first_offset(), 0u) << "no snapshot covers anything yet";
  EXPECT_GT(journal->bytes(), 12'000u);

  journal->release(1'000);
  ASSERT_TRUE(journal->append(events[1]));
  ASSERT_TRUE(journal->sync());
  EXPECT_GT(journal->first_offset(), 0u);
  EXPECT_LE(journal->first_offset(), 1'000u);
  EXPECT_EQ(journal->replay(0, [](auto, const auto&) { return true; }).error().code, Errc::not_found);
  EXPECT_EQ(read(*journal, 1'000).size(), 1'001u);

  journal->release(2'001);
  ASSERT_TRUE(journal->append(events[1]));
  ASSERT_TRUE(journal->sync());
  EXPECT_LE(journal->bytes(), 12'000u);
  const auto first = journal->first_offset();
  journal.reset();
  EXPECT_EQ(open(folder.path(), options)->first_offset(), first);
}

TEST(Journal, TakesNoMoreThanItsBoundBetweenTwoSyncs) {
  const TemporaryFolder folder;
  auto options = small();
  options.pending_most = 2 << 20;
  auto journal = open(folder.path(), options);
  const auto event = desk::testing::closed(0, desk::testing::bar(0));
  Result<std::uint64_t> appended = 0;
  std::uint64_t taken = 0;
  while ((appended = journal->append(event))) ++taken;
  EXPECT_EQ(appended.error().code, Errc::limit_exceeded);
  ASSERT_TRUE(journal->sync());
  EXPECT_EQ(journal->durable_offset(), taken);
  EXPECT_EQ(journal->append(event).value(), taken);
}

// A limit on the size of files makes the same error as a full disk, half a write included.
TEST(Journal, AFullDiskIsAnErrorAndLosesNothing) {
  const TemporaryFolder folder;
  auto options = small();
  options.segment_bytes = 1 << 20;
  auto journal = open(folder.path(), options);
  const auto events = desk::testing::random_market(1, 2, 400);
  write(*journal, {events.begin(), events.begin() + 100});

  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit tight{journal->bytes() + 1'000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  for (int i = 100; i < 400; ++i) ASSERT_TRUE(journal->append(events[static_cast<std::size_t>(i)]));
  const auto full = journal->sync();
  const auto again = journal->sync();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);

  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::disk_full);
  EXPECT_EQ(again.error().code, Errc::disk_full);
  EXPECT_EQ(journal->durable_offset(), 100u);
  EXPECT_EQ(read(*journal).size(), 100u);
  ASSERT_TRUE(journal->sync()) << "there is room again";
  EXPECT_EQ(read(*journal), events);
  journal.reset();
  EXPECT_EQ(read(*open(folder.path(), options)), events);
}

TEST(Journal, AFolderThatCannotBeIsAnError) {
  const auto journal = Journal::open("/dev/null/journal", small());
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().code, Errc::io_error);
}

}  // namespace
}  // namespace cw::records
