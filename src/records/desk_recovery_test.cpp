#include "records/desk_recovery.h"

#include <map>

#include <gtest/gtest.h>

#include "base/random.h"
#include "desk/testing.h"
#include "records/journal_format.h"
#include "records/testing.h"

namespace cw::records {
namespace {

namespace fs = std::filesystem;
using desk::Event;
using testing::TemporaryFolder;

JournalOptions small() {
  return {.segment_bytes = 3'000, .retain_bytes = 1 << 30, .pending_most = 4 << 20, .new_epoch = 42};
}

/// What left the desk, by the offset of the record it follows from: sent again after a crash it must be the same.
struct Sent {
  std::map<std::uint64_t, std::string> by_offset;

  void operator()(std::uint64_t offset, const std::vector<desk::Output>& outputs) {
    std::string bytes;
    for (const auto& output : outputs) desk::append_bytes(output, bytes);
    const auto [at, is_new] = by_offset.try_emplace(offset, bytes);
    if (!is_new) EXPECT_TRUE(at->second == bytes) << "record " << offset << " gave other outputs the second time";
  }
};

/// The server's loop: the event goes to the journal first, then to the desk, then its outputs leave.
void live(Journal& journal, desk::Desk& desk, const std::vector<Event>& events, Sent& sent) {
  std::vector<desk::Output> outputs;
  for (auto i = journal.next_offset(); i < events.size(); ++i) {
    const auto offset = journal.append(events[i]).value();
    ASSERT_TRUE(journal.sync());
    outputs.clear();
    desk.on(events[i], outputs);
    sent(offset, outputs);
  }
}

Sent uninterrupted(const std::vector<Event>& events) {
  Sent sent;
  desk::Desk desk;
  std::vector<desk::Output> outputs;
  for (std::size_t i = 0; i < events.size(); ++i) {
    outputs.clear();
    desk.on(events[i], outputs);
    sent(i, outputs);
  }
  return sent;
}

RecoveredDesk recovered(const Journal& journal, const fs::path& snapshot, Sent& sent) {
  auto result = recover_desk(journal, snapshot, std::ref(sent));
  EXPECT_TRUE(result) << result.error().message;
  return std::move(result).value();
}

TEST(DeskRecovery, ReplayingTheJournalGivesTheSameOutputsBitForBit) {
  const TemporaryFolder folder;
  const auto events = desk::testing::random_market(1, 3, 3'000);
  const auto wanted = uninterrupted(events);
  auto options = small();
  options.segment_bytes = 100'000;
  auto journal = Journal::open(folder.path() / "journal", options).value();
  for (const auto& event : events) ASSERT_TRUE(journal->append(event));
  ASSERT_TRUE(journal->sync());

  Sent sent;
  const auto desk = recovered(*journal, folder.path() / "desk.snapshot", sent);
  EXPECT_EQ(desk.replayed, 3'000u);
  EXPECT_TRUE(sent.by_offset == wanted.by_offset);
}

TEST(DeskRecovery, ASnapshotAndTheTailGiveTheSameAsTheWholeJournal) {
  const TemporaryFolder folder;
  const auto snapshot = folder.path() / "desk.snapshot";
  const auto events = desk::testing::random_market(2, 3, 1'000);
  const auto wanted = uninterrupted(events);
  Random random{2};
  Sent sent;
  for (std::size_t until = 0; until < events.size();) {
    auto journal = Journal::open(folder.path() / "journal", small()).value();
    auto desk = recovered(*journal, snapshot, sent);
    EXPECT_FALSE(desk.unused_snapshot);
    EXPECT_EQ(desk.snapshot_offset + desk.replayed, journal->next_offset());
    const auto middle = std::min<std::size_t>(events.size(), until + random.below(120));
    until = std::min<std::size_t>(events.size(), middle + random.below(120));
    live(*journal, desk.desk, {events.begin(), events.begin() + static_cast<std::ptrdiff_t>(middle)}, sent);
    ASSERT_TRUE(save_snapshot(snapshot, {journal->epoch(), journal->durable_offset()}, desk.desk));
    live(*journal, desk.desk, {events.begin(), events.begin() + static_cast<std::ptrdiff_t>(until)}, sent);
  }
  EXPECT_TRUE(sent.by_offset == wanted.by_offset);
}

/// The files as a kill leaves them when `bytes` of the journal had been written: whole segments, and a beginning of
/// one.
void copy_until(const fs::path& from, const fs::path& to, std::uint64_t bytes) {
  fs::create_directories(to);
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator{from}) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const auto& file : files) {
    const auto whole = testing::file_bytes(file);
    const auto size = std::min<std::uint64_t>(whole.size(), bytes);
    bytes -= size;
    // A segment gets its name once its header is on disk.
    const auto name = size < kSegmentHeaderBytes ? file.filename().string() + ".tmp" : file.filename().string();
    if (size > 0) testing::write_bytes(to / name, whole.substr(0, size));
  }
}

TEST(DeskRecovery, KilledAtAnyByteAndRestartedItSendsWhatItWouldHaveSent) {
  const TemporaryFolder folder;
  const auto events = desk::testing::random_market(3, 2, 90);
  const auto wanted = uninterrupted(events);
  const auto whole = folder.path() / "whole";
  {
    auto journal = Journal::open(whole, small()).value();
    desk::Desk desk;
    Sent sent;
    live(*journal, desk, events, sent);
    ASSERT_GT(journal->segments(), 2u);
  }
  std::uint64_t total = 0;
  for (const auto& entry : fs::directory_iterator{whole}) total += entry.file_size();

  Random random{3};
  for (std::uint64_t bytes = 0; bytes < total; bytes += 1 + random.below(16)) {
    const TemporaryFolder killed;
    copy_until(whole, killed.path() / "journal", bytes);
    auto options = small();
    options.new_epoch = 43;
    auto opened = Journal::open(killed.path() / "journal", options);
    ASSERT_TRUE(opened) << "killed at byte " << bytes << ": " << opened.error().message;
    auto& journal = **opened;
    Sent sent;
    auto desk = recovered(journal, killed.path() / "desk.snapshot", sent);
    ASSERT_EQ(desk.replayed, journal.next_offset());
    // The feed brings again what the journal did not keep.
    std::vector<desk::Output> outputs;
    for (auto i = journal.next_offset(); i < events.size(); ++i) {
      const auto offset = journal.append(events[i]).value();
      outputs.clear();
      desk.desk.on(events[i], outputs);
      sent(offset, outputs);
    }
    ASSERT_TRUE(journal.sync());
    ASSERT_TRUE(sent.by_offset == wanted.by_offset) << "killed at byte " << bytes;
  }
}

TEST(DeskRecovery, ASnapshotThatDoesNotFitIsPassedOverAndSaid) {
  const TemporaryFolder folder;
  const auto snapshot = folder.path() / "desk.snapshot";
  const auto events = desk::testing::random_market(4, 2, 100);
  const auto wanted = uninterrupted(events);
  auto journal = Journal::open(folder.path() / "journal", small()).value();
  desk::Desk desk;
  Sent sent;
  live(*journal, desk, events, sent);

  const auto expect_unused = [&](Errc code) {
    Sent again;
    const auto result = recovered(*journal, snapshot, again);
    ASSERT_TRUE(result.unused_snapshot);
    EXPECT_EQ(result.unused_snapshot->code, code);
    EXPECT_TRUE(again.by_offset == wanted.by_offset);
  };
  ASSERT_TRUE(save_snapshot(snapshot, {41, 50}, desk));
  expect_unused(Errc::conflict);
  ASSERT_TRUE(save_snapshot(snapshot, {42, 101}, desk));
  expect_unused(Errc::conflict);
  ASSERT_TRUE(save_snapshot(snapshot, {42, 100}, desk));
  auto bytes = testing::file_bytes(snapshot);
  bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
  testing::write_bytes(snapshot, bytes);
  expect_unused(Errc::corrupt);
  testing::write_bytes(snapshot, "");
  expect_unused(Errc::corrupt);
}

TEST(DeskRecovery, WithoutTheBeginningAndWithoutASnapshotItRefuses) {
  const TemporaryFolder folder;
  auto options = small();
  options.retain_bytes = 0;
  auto journal = Journal::open(folder.path() / "journal", options).value();
  desk::Desk desk;
  Sent sent;
  journal->release(200);
  live(*journal, desk, desk::testing::random_market(5, 2, 200), sent);
  ASSERT_GT(journal->first_offset(), 0u);
  Sent again;
  const auto result = recover_desk(*journal, folder.path() / "desk.snapshot", std::ref(again));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::not_found);
}

}  // namespace
}  // namespace cw::records
