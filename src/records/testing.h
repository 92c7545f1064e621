#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

#include "base/require.h"
#include "records/files.h"

namespace cw::records::testing {

/// A folder of its own for one test, gone at its end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    static std::atomic<int> made{0};
    path_ = std::filesystem::temp_directory_path() /
            ("records-" + std::to_string(::getpid()) + "-" + std::to_string(made++));
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string file_bytes(const std::filesystem::path& path) { return read_file(path, 1 << 30).value(); }
inline void write_bytes(const std::filesystem::path& path, std::string_view bytes) {
  CW_REQUIRE(replace_file(path, bytes).has_value());
}

}  // namespace cw::records::testing
