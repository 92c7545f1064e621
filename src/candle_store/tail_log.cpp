#include "candle_store/tail_log.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "base/random.h"
#include "base/require.h"
#include "candle_store/lmdb_env.h"

namespace cw::candle_store {
namespace {

struct Record {
  std::uint32_t generation;
  std::uint32_t series;
  std::int64_t open_time_ms;
  double open, high, low, close, volume;
  std::uint64_t checksum;
};
static_assert(sizeof(Record) == TailLog::kRecordBytes);

struct alignas(512) Sector {
  std::array<std::byte, 512> bytes{};
};

constexpr std::size_t kHalfBytes = TailLog::kCapacity * TailLog::kRecordBytes;

std::uint64_t checksum_of(const Record& record) {
  std::array<std::uint64_t, 7> words;
  std::memcpy(words.data(), &record, sizeof(words));
  std::uint64_t sum = 0;
  for (const auto word : words) sum = mix64(sum ^ word);
  return sum;
}

std::size_t offset_of(std::uint32_t generation, std::size_t index) {
  return (generation % 2) * kHalfBytes + index * TailLog::kRecordBytes;
}

/// Past the page cache where the file system can: a sector then costs a sector, not a page.
void go_direct(int fd, bool on) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0) (void)::fcntl(fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT);
}

Result<void> write_all(int fd, std::span<const std::byte> data, std::size_t offset) {
  while (!data.empty()) {
    const auto n = ::pwrite(fd, data.data(), data.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EINVAL && (::fcntl(fd, F_GETFL) & O_DIRECT) != 0) {
      go_direct(fd, false);  // a disk with larger sectors
      continue;
    }
    if (n <= 0) return std::unexpected(system_error(n == 0 ? EIO : errno, "writing live candles"));
    data = data.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::size_t>(n);
  }
  return {};
}

/// The whole records of a half; fewer than it has room for where the file is short.
Result<std::vector<Record>> read_half(int fd, std::uint32_t half) {
  std::vector<Record> records(TailLog::kCapacity);
  auto* data = reinterpret_cast<std::byte*>(records.data());
  std::size_t have = 0;
  while (have < kHalfBytes) {
    const auto n = ::pread(fd, data + have, kHalfBytes - have, static_cast<off_t>(half * kHalfBytes + have));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(system_error(errno, "reading live candles"));
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  records.resize(have / sizeof(Record));
  return records;
}

}  // namespace

Result<std::unique_ptr<TailLog>> TailLog::open(const std::filesystem::path& file, bool sync) {
  std::error_code ec;
  const bool found = std::filesystem::exists(file, ec);
  auto name = file;
  if (!found) name += ".new";
  const int fd = ::open(name.c_str(), O_RDWR | O_CLOEXEC | (found ? 0 : O_CREAT | O_TRUNC), 0600);
  if (fd < 0) return std::unexpected(system_error(errno, name.string()));
  std::unique_ptr<TailLog> log(new TailLog(fd, sync));
  if (found) return log;

  const std::vector<std::byte> zeros(kHalfBytes);
  for (std::size_t half = 0; half < 2; ++half) {
    if (auto done = write_all(fd, zeros, half * kHalfBytes); !done) return pass_on(done);
  }
  if (auto done = log->sync(); !done) return pass_on(done);
  std::filesystem::rename(name, file, ec);
  if (ec) return std::unexpected(system_error(ec.value(), file.string()));
  if (sync) {
    if (auto done = sync_folder(file.parent_path()); !done) return pass_on(done);
  }
  return log;
}

TailLog::~TailLog() { ::close(fd_); }

Result<void> TailLog::sync() {
  if (!sync_ || ::fdatasync(fd_) == 0) return {};
  broken_ = true;
  return std::unexpected(system_error(errno, "writing live candles"));
}

Result<std::vector<TailRow>> TailLog::replay(std::uint32_t generation) const {
  const auto records = read_half(fd_, generation % 2);
  if (!records) return pass_on(records);
  std::vector<TailRow> rows;
  for (const auto& r : *records) {
    if (r.generation != generation || r.checksum != checksum_of(r)) break;
    rows.push_back({r.series, {from_ms(r.open_time_ms), r.open, r.high, r.low, r.close, r.volume}});
  }
  return rows;
}

Result<std::uint32_t> TailLog::highest_generation() const {
  std::uint32_t highest = 0;
  for (std::uint32_t half = 0; half < 2; ++half) {
    const auto records = read_half(fd_, half);
    if (!records) return pass_on(records);
    for (const auto& r : *records) {
      if (r.generation > highest && r.checksum == checksum_of(r)) highest = r.generation;
    }
  }
  return highest;
}

Result<void> TailLog::write_at(std::uint32_t generation, std::size_t first, std::span<const TailRow> rows) {
  // Whole sectors: the one that `first` lies in is written again with what it held.
  const std::size_t begin = first * kRecordBytes / kSectorBytes * kSectorBytes;
  const std::size_t end = ((first + rows.size()) * kRecordBytes + kSectorBytes - 1) / kSectorBytes * kSectorBytes;
  std::vector<Sector> sectors((end - begin) / kSectorBytes);
  const std::span<std::byte> image(sectors.front().bytes.data(), end - begin);
  std::memcpy(image.data(), sector_.data(), first * kRecordBytes - begin);
  auto* at = image.data() + (first * kRecordBytes - begin);
  for (const auto& [series, bar] : rows) {
    Record record{generation, series, to_ms(bar.open_time), bar.open, bar.high, bar.low, bar.close, bar.volume, 0};
    record.checksum = checksum_of(record);
    std::memcpy(at, &record, sizeof(record));
    at += sizeof(record);
  }
  if (auto done = write_all(fd_, image, offset_of(generation, 0) + begin); !done) return done;
  written_bytes_ += image.size();
  const std::size_t last_begin = (first + rows.size()) * kRecordBytes / kSectorBytes * kSectorBytes;
  sector_.fill(std::byte{0});
  if (last_begin < end) std::memcpy(sector_.data(), image.data() + (last_begin - begin), kSectorBytes);
  return {};
}

Result<void> TailLog::prepare(std::uint32_t generation, std::span<const TailRow> rows) {
  CW_REQUIRE(rows.size() <= kCapacity);
  if (rows.empty()) return {};
  const auto kept = sector_;
  const bool was_broken = broken_;
  auto done = write_at(generation, 0, rows);
  next_sector_ = sector_;
  sector_ = kept;
  if (done) done = sync();
  broken_ = was_broken;  // the current generation is not touched by what becomes of the other one
  return done;
}

void TailLog::switch_to(std::uint32_t generation, std::size_t rows) {
  sector_ = rows == 0 ? decltype(sector_){} : next_sector_;
  go_direct(fd_, true);
  generation_ = generation;
  count_ = rows;
  broken_ = false;
}

Result<void> TailLog::append(std::span<const TailRow> rows) {
  CW_REQUIRE(rows.size() <= room());
  auto done = write_at(generation_, count_, rows);
  if (done) {
    count_ += rows.size();
  } else {
    broken_ = true;
  }
  return done;
}

}  // namespace cw::candle_store
