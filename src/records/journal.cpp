#include "records/journal.h"

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "base/number.h"
#include "base/require.h"
#include "records/files.h"
#include "records/journal_format.h"

namespace cw::records {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".journal";
constexpr std::uint64_t kSegmentReadMost = std::uint64_t{256} << 20;

struct Segment {
  fs::path path;
  std::uint64_t first_offset = 0;
  std::uint64_t bytes = 0;
};

std::string segment_name(std::uint64_t first_offset) { return fmt::format("{:020}{}", first_offset, kExtension); }

std::unexpected<Error> damaged(const fs::path& path, std::uint64_t at, std::string_view what) {
  return fail(Errc::corrupt, fmt::format("the journal's file {} is damaged at byte {}: {}", path.string(), at, what));
}

/// The segments of a folder by first offset, as their names say. Leftovers of an interrupted creation are removed.
Result<std::vector<Segment>> find_segments(const fs::path& folder) {
  std::vector<Segment> found;
  std::error_code ec;
  fs::create_directories(folder, ec);
  if (ec) return fail(Errc::io_error, fmt::format("cannot make the folder {}: {}", folder.string(), ec.message()));
  for (fs::directory_iterator at{folder, ec}, end; !ec && at != end; at.increment(ec)) {
    const auto& path = at->path();
    std::error_code ignored;
    if (path.extension() == ".tmp" && path.stem().extension() == kExtension) fs::remove(path, ignored);
    if (path.extension() != kExtension) continue;
    const auto offset = parse_int(path.stem().string());
    if (!offset || *offset < 0 || segment_name(static_cast<std::uint64_t>(*offset)) != path.filename().string())
      continue;
    found.push_back({path, static_cast<std::uint64_t>(*offset), fs::file_size(path, ignored)});
  }
  if (ec) return fail(Errc::io_error, fmt::format("cannot read the folder {}: {}", folder.string(), ec.message()));
  std::ranges::sort(found, {}, &Segment::first_offset);
  return found;
}

/// The segment's bytes, with a header that fits its name and the journal.
Result<std::string> read_segment(const Segment& segment, std::uint64_t epoch) {
  auto bytes = read_file(segment.path, kSegmentReadMost);
  if (!bytes) return bytes;
  const auto header = decode_header(*bytes);
  if (!header) {
    auto error = header.error();
    error.message = fmt::format("the journal's file {}: {}", segment.path.string(), error.message);
    return std::unexpected(std::move(error));
  }
  if (header->first_offset != segment.first_offset)
    return damaged(segment.path, 24, "its name and its header number its records differently");
  if (header->epoch != epoch) return damaged(segment.path, 16, "it belongs to another journal");
  return bytes;
}

std::uint64_t random_epoch() {
  std::random_device device;
  return (std::uint64_t{device()} << 32 | device()) | 1;  // 0 is no epoch
}

}  // namespace

struct Journal::Impl {
  fs::path folder;
  JournalOptions options;
  std::uint64_t epoch = 0;
  std::vector<Segment> segments;  // oldest first, never empty
  File last;                      // the newest segment
  std::uint64_t next = 0;
  std::uint64_t durable = 0;
  std::uint64_t released = 0;
  std::string pending;
  std::string payload;
  std::optional<Error> failed;
  JournalRecovery recovery;

  Result<void> begin_segment();
  Result<void> open_existing();
  Result<void> recover_last();
  Result<void> write_pending();
  void drop_old();
};

Result<void> Journal::Impl::begin_segment() {
  const Segment segment{folder / segment_name(durable), durable, kSegmentHeaderBytes};
  if (auto made = replace_file(segment.path, encode_header({epoch, durable})); !made) return made;
  auto file = File::open(segment.path, false);
  if (!file) return pass_on(file);
  last = std::move(*file);
  segments.push_back(segment);
  return {};
}

Result<void> Journal::Impl::open_existing() {
  const auto first = read_file(segments.front().path, kSegmentReadMost);
  if (!first) return pass_on(first);
  const auto header = decode_header(*first);
  if (!header)
    return std::unexpected(
        with_place(header.error(), fmt::format("the journal's file {}", segments.front().path.string())));
  epoch = header->epoch;
  return recover_last();
}

/// Finds the end of the newest segment and cuts off what an interrupted write left behind it.
Result<void> Journal::Impl::recover_last() {
  auto& segment = segments.back();
  const auto bytes = read_segment(segment, epoch);
  if (!bytes) return pass_on(bytes);
  SegmentWalk walk{*bytes, segment.first_offset};
  while (walk.next()) {
  }
  if (!walk.at_end() && walk.was_durable()) {
    return damaged(segment.path, walk.position(), fmt::format("record {} was whole once", walk.next_offset()));
  }
  auto file = File::open(segment.path, false);
  if (!file) return pass_on(file);
  last = std::move(*file);
  if (!walk.at_end()) {
    recovery.cut_bytes = bytes->size() - walk.position();
    recovery.cut_file = segment.path.string();
    if (auto cut = last.truncate(walk.position()); !cut) return cut;
  }
  // What a crash left in memory alone is on disk before anybody builds on it.
  if (auto synced = last.sync(); !synced) return synced;
  segment.bytes = walk.position();
  next = durable = walk.next_offset();
  return {};
}

Result<void> Journal::Impl::write_pending() {
  auto& segment = segments.back();
  auto written = last.write_at(segment.bytes, pending);
  if (!written && written.error().code == Errc::disk_full) {
    // Half a batch is no batch: the file ends where it did, and the batch waits for room.
    if (auto cut = last.truncate(segment.bytes); !cut) failed = cut.error();
    return written;
  }
  if (written) written = last.sync();
  if (!written) {
    failed = written.error();
    return written;
  }
  segment.bytes += pending.size();
  pending.clear();
  durable = next;
  return {};
}

void Journal::Impl::drop_old() {
  std::uint64_t total = 0;
  for (const auto& segment : segments) total += segment.bytes;
  bool dropped = false;
  while (total > options.retain_bytes && segments.size() > 1 && segments[1].first_offset <= released) {
    std::error_code ec;
    fs::remove(segments.front().path, ec);
    if (ec) break;  // it is tried again at the next sync
    total -= segments.front().bytes;
    segments.erase(segments.begin());
    dropped = true;
  }
  // A name that comes back after a crash is an old segment too many, and goes the next time.
  if (dropped) static_cast<void>(sync_folder(folder).has_value());
}

Journal::Journal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(const fs::path& folder, const JournalOptions& options) {
  CW_REQUIRE(options.segment_bytes + options.pending_most <= kSegmentReadMost / 2 &&
             options.pending_most >= 2 * kPayloadMost);
  auto impl = std::make_unique<Impl>();
  impl->folder = folder;
  impl->options = options;
  auto segments = find_segments(folder);
  if (!segments) return pass_on(segments);
  impl->segments = std::move(*segments);
  Result<void> ready;
  if (impl->segments.empty()) {
    impl->epoch = options.new_epoch.value_or(random_epoch());
    impl->recovery.created = true;
    ready = impl->begin_segment();
  } else {
    ready = impl->open_existing();
  }
  if (!ready) return pass_on(ready);
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

Result<std::uint64_t> Journal::append(const desk::Event& event) {
  if (impl_->failed) return std::unexpected(*impl_->failed);
  impl_->payload.clear();
  desk::encode(event, impl_->payload);
  if (impl_->pending.size() + kFrameHeaderBytes + impl_->payload.size() > impl_->options.pending_most) {
    return fail(Errc::limit_exceeded,
                fmt::format("{} bytes wait to be written to the journal; no more are taken", impl_->pending.size()));
  }
  append_frame(impl_->pending, impl_->next, impl_->durable, impl_->payload);
  return impl_->next++;
}

Result<void> Journal::sync() {
  if (impl_->failed) return std::unexpected(*impl_->failed);
  if (impl_->pending.empty()) return {};
  const auto& segment = impl_->segments.back();
  if (segment.bytes > kSegmentHeaderBytes && segment.bytes + impl_->pending.size() > impl_->options.segment_bytes) {
    if (auto begun = impl_->begin_segment(); !begun) return begun;
  }
  if (auto written = impl_->write_pending(); !written) return written;
  impl_->drop_old();
  return {};
}

Result<void> Journal::replay(std::uint64_t from,
                             const std::function<bool(std::uint64_t, const desk::Event&)>& visit) const {
  const auto& segments = impl_->segments;
  if (from > impl_->durable) {
    return fail(Errc::bad_parameter,
                fmt::format("the journal has {} records; {} lies beyond its end", impl_->durable, from));
  }
  if (from < first_offset()) {
    return fail(Errc::not_found,
                fmt::format("the journal begins at record {}; {} is no longer kept", first_offset(), from));
  }
  auto at = std::ranges::upper_bound(segments, from, {}, &Segment::first_offset) - 1;
  for (; at != segments.end(); ++at) {
    auto bytes = read_segment(*at, impl_->epoch);
    if (!bytes) return pass_on(bytes);
    bytes->resize(std::min<std::size_t>(bytes->size(), at->bytes));
    SegmentWalk walk{*bytes, at->first_offset};
    while (const auto frame = walk.next()) {
      if (frame->offset < from) continue;
      const auto event = desk::decode_event(frame->payload);
      if (!event) return damaged(at->path, frame->end - frame->payload.size(), event.error().message);
      if (!visit(frame->offset, *event)) return {};
    }
    const auto end = at + 1 == segments.end() ? impl_->durable : (at + 1)->first_offset;
    if (!walk.at_end())
      return damaged(at->path, walk.position(), fmt::format("record {} is not whole", walk.next_offset()));
    if (walk.next_offset() != end)
      return damaged(at->path, walk.position(), fmt::format("it ends before record {}", end));
  }
  return {};
}

void Journal::release(std::uint64_t offset) { impl_->released = std::max(impl_->released, offset); }

std::uint64_t Journal::epoch() const { return impl_->epoch; }
std::uint64_t Journal::first_offset() const { return impl_->segments.front().first_offset; }
std::uint64_t Journal::next_offset() const { return impl_->next; }
std::uint64_t Journal::durable_offset() const { return impl_->durable; }
std::uint64_t Journal::bytes() const {
  std::uint64_t total = 0;
  for (const auto& segment : impl_->segments) total += segment.bytes;
  return total;
}
std::size_t Journal::segments() const { return impl_->segments.size(); }
const JournalRecovery& Journal::recovery() const { return impl_->recovery; }

}  // namespace cw::records
