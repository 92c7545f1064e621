#include "records/journal_format.h"

#include <cstring>

#include <gtest/gtest.h>

#include "base/crc32c.h"
#include "base/random.h"

namespace cw::records {
namespace {

/// A segment of records "record 10", "record 11", …, synced in batches of three.
std::string segment(int records) {
  auto bytes = encode_header({77, 10});
  for (int i = 0; i < records; ++i) {
    const auto offset = static_cast<std::uint64_t>(10 + i);
    append_frame(bytes, offset, offset - static_cast<std::uint64_t>(i % 3), "record " + std::to_string(offset));
  }
  return bytes;
}

std::vector<std::string> read(std::string_view bytes) {
  std::vector<std::string> records;
  SegmentWalk walk{bytes, 10};
  while (const auto frame = walk.next()) records.emplace_back(frame->payload);
  return records;
}

TEST(JournalFormat, ReadsBackWhatItWrote) {
  const auto bytes = segment(5);
  EXPECT_EQ(decode_header(bytes).value(), (SegmentHeader{77, 10}));
  EXPECT_EQ(read(bytes), (std::vector<std::string>{"record 10", "record 11", "record 12", "record 13", "record 14"}));
}

TEST(JournalFormat, RefusesAHeaderOfAnotherKindOrVersion) {
  auto bytes = encode_header({1, 0});
  EXPECT_EQ(decode_header(bytes.substr(0, 39)).error().code, Errc::corrupt);
  bytes[8] = 2;
  EXPECT_EQ(decode_header(bytes).error().code, Errc::corrupt) << "the checksum no longer matches";
}

TEST(JournalFormat, RefusesAHeaderThatNoProgramWrote) {
  for (const std::size_t reserved : {12U, 32U}) {
    auto bytes = encode_header({1, 0});
    bytes[reserved] = 1;
    const auto checksum = crc32c(std::string_view{bytes}.substr(0, kSegmentHeaderBytes - 4));
    std::memcpy(bytes.data() + kSegmentHeaderBytes - 4, &checksum, sizeof checksum);
    const auto header = decode_header(bytes);
    ASSERT_FALSE(header) << "byte " << reserved;
    EXPECT_EQ(header.error().code, Errc::corrupt);
  }
}

TEST(JournalFormat, EveryCutLeavesABeginningOfTheRecords) {
  const auto whole = segment(6);
  const auto all = read(whole);
  for (std::size_t size = kSegmentHeaderBytes; size < whole.size(); ++size) {
    const auto cut = whole.substr(0, size);
    const auto records = read(cut);
    ASSERT_LT(records.size(), all.size());
    ASSERT_TRUE(std::equal(records.begin(), records.end(), all.begin()));
    SegmentWalk walk{cut, 10};
    while (walk.next()) {
    }
    ASSERT_FALSE(walk.was_durable()) << "nothing follows a torn end";
  }
}

// Batches of three: of records 10 to 18 the first six are durable when the last batch is written.
TEST(JournalFormat, DamageBelowWhatWasDurableIsToldFromATornEnd) {
  const auto whole = segment(9);
  const std::size_t frame = (whole.size() - kSegmentHeaderBytes) / 9;
  for (std::size_t at = kSegmentHeaderBytes; at < whole.size(); ++at) {
    auto bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    SegmentWalk walk{bytes, 10};
    while (walk.next()) {
    }
    const std::size_t hit = (at - kSegmentHeaderBytes) / frame;
    ASSERT_EQ(walk.next_offset(), 10 + hit);
    ASSERT_EQ(walk.was_durable(), hit < 6) << "byte " << at;
  }
}

TEST(JournalFormat, RandomBytesAreNoRecords) {
  Random random{3};
  for (int n = 0; n < 2'000; ++n) {
    auto bytes = encode_header({1, 10});
    for (int i = 0; i < 200; ++i) bytes += static_cast<char>(random.next());
    SegmentWalk walk{bytes, 10};
    EXPECT_FALSE(walk.next());
    EXPECT_FALSE(walk.was_durable());
  }
}

}  // namespace
}  // namespace cw::records
