#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cw::app {

/// A file that a command writes for a person: it grows beside the one of its name and takes its place when it is whole,
/// so whatever ends the command, nobody finds half a file. What is no regular file (a pipe, /dev/null) is written as it
/// is.
class OutputFile {
 public:
  /// A symbolic link stays one: what it points to is replaced. A new file has the rights that the process gives new
  /// files, a replaced one those it had.
  /// Errors  not_found: there is no such folder; io_error; each naming the path
  static Result<OutputFile> open(const std::filesystem::path& path);

  ~OutputFile();  // one that was not kept leaves nothing
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  /// Where to write; stays this object's.
  int descriptor() const { return descriptor_; }

  /// Errors  disk_full, io_error, naming the path
  Result<void> write(std::string_view bytes);

  /// Puts what was written in place. Once. Errors  as write
  Result<void> keep();

 private:
  OutputFile(std::filesystem::path path, std::string temporary, int descriptor)
      : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

  std::filesystem::path path_;
  std::string temporary_;  // empty: the file itself is written
  int descriptor_ = -1;
};

/// Writes all of `bytes` to a descriptor. Errors  disk_full, io_error, naming `path`
Result<void> write_to(int descriptor, std::string_view bytes, const std::string& path);

}  // namespace cw::app
