#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <span>

#include "base/random.h"
#include "tests/crash/disk_recorder.h"

namespace cw::crash {
namespace {

constexpr std::size_t kSector = 512;

using Content = std::vector<std::byte>;

void apply(Content& content, std::uint64_t offset, std::span<const std::byte> data) {
  if (content.size() < offset + data.size()) content.resize(offset + data.size());
  std::memcpy(content.data() + offset, data.data(), data.size());
}

struct File {
  Content durable;
  std::vector<const DiskEvent*> pending;  // writes and truncations since the last sync

  void sync() {
    for (const auto* event : pending) apply_whole(*event);
    pending.clear();
  }
  void apply_whole(const DiskEvent& event) {
    if (event.kind == DiskEvent::Kind::truncate) {
      durable.resize(event.offset);
    } else {
      apply(durable, event.offset, event.data);
    }
  }
  /// A random part of what was not synced, sector by sector. `share`: how much of it, about.
  void lose_some(Random& random, double share) {
    for (const auto* event : pending) {
      if (event->kind == DiskEvent::Kind::truncate) {
        if (random.chance(share)) durable.resize(event->offset);
        continue;
      }
      std::span<const std::byte> rest = event->data;
      for (auto at = event->offset; !rest.empty();) {
        const auto n = std::min<std::size_t>(kSector - at % kSector, rest.size());
        if (random.chance(share)) apply(durable, at, rest.first(n));
        at += n;
        rest = rest.subspan(n);
      }
    }
  }
};

struct Disk {
  std::map<std::uint64_t, File> files;
  std::map<std::string, std::uint64_t> names;  // durable ones
  std::vector<const DiskEvent*> pending_names;

  void apply_name(const DiskEvent& event) {
    switch (event.kind) {
      case DiskEvent::Kind::create: names[event.name] = event.file; break;
      case DiskEvent::Kind::remove: names.erase(event.name); break;
      case DiskEvent::Kind::rename:
        if (const auto node = names.find(event.name); node != names.end()) {
          names[event.new_name] = node->second;
          names.erase(event.name);
        }
        break;
      default: break;
    }
  }

  void on(const DiskEvent& event) {
    switch (event.kind) {
      case DiskEvent::Kind::create: files[event.file] = {}; [[fallthrough]];
      case DiskEvent::Kind::remove:
      case DiskEvent::Kind::rename: pending_names.push_back(&event); break;
      case DiskEvent::Kind::sync_folder:
        for (const auto* name : pending_names) apply_name(*name);
        pending_names.clear();
        break;
      case DiskEvent::Kind::sync: files[event.file].sync(); break;
      case DiskEvent::Kind::write:
        if (event.durable) {
          files[event.file].apply_whole(event);
          break;
        }
        [[fallthrough]];
      case DiskEvent::Kind::truncate: files[event.file].pending.push_back(&event); break;
      case DiskEvent::Kind::mark: break;
    }
  }
};

}  // namespace

void build_disk_after_power_loss(const std::vector<DiskEvent>& events, std::size_t crash_at, std::uint64_t seed,
                                 const std::filesystem::path& target) {
  Disk disk;
  for (std::size_t i = 0; i < crash_at; ++i) disk.on(events[i]);
  Random random(seed);
  constexpr double kShares[] = {0, 0.1, 0.5, 0.9, 1};
  const double share = kShares[random.below(std::size(kShares))];
  for (auto& [inode, file] : disk.files) file.lose_some(random, share);
  const auto kept = random.below(disk.pending_names.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) disk.apply_name(*disk.pending_names[i]);

  std::filesystem::remove_all(target);
  std::filesystem::create_directories(target);
  for (const auto& [name, inode] : disk.names) {
    const auto& content = disk.files[inode].durable;
    std::ofstream(target / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  }
}

}  // namespace cw::crash
