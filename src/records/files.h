#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cw::records {

/// An open file, closed at the end of its life.
class File {
 public:
  File() = default;
  ~File();
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;

  /// Opens for reading and writing; `create` makes it and fails where it exists.
  static Result<File> open(const std::filesystem::path& path, bool create);

  /// Writes all of `bytes` at `position`. Errors: disk_full, io_error; how much was written is then not known
  Result<void> write_at(std::uint64_t position, std::string_view bytes);
  Result<void> truncate(std::uint64_t size);
  /// Returns once the file's bytes are on disk.
  Result<void> sync();

 private:
  int descriptor_ = -1;
  std::string name_;
};

/// Errors: io_error, limit_exceeded for a file of more than `most` bytes
Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t most);
/// Puts `bytes` under the name `path` so that, whatever happens, the name stands for all of the old or all of the new.
Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes);
/// Makes names added to, or removed from, the folder last.
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace cw::records
