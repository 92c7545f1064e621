#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "base/error.h"

namespace cw::candle_store {

/// Bytes one block after the other, from a file, a packed file or memory.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills `out` from its front; answers how many bytes, 0 at the end.
  virtual Result<std::size_t> read(std::span<char> out) = 0;
  /// How far it has come, in bytes of the file as it lies on disk, and how many those are in all.
  virtual std::uint64_t position() const = 0;
  virtual std::uint64_t size() const = 0;
};

/// Opens a file, pipe or device for `bytes_of`. Never waits: not for the writer of a named pipe either.
/// Errors  those of `cannot_open`
Result<int> open_for_reading(const std::filesystem::path& path);
/// The error for a file whose open() failed with this errno: not_found, io_error.
Error cannot_open(int error_number);

/// The bytes of a descriptor, which it takes over, plain or gzip; which one it is says the content. A gzip file that ends
/// too early or fails its checksum is Errc::bad_input when the reading gets there, never a short answer.
///
/// A pipe is waited for without a limit; `cancelled`, where there is one, is asked ten times a second meanwhile, and true
/// ends the read with Errc::cancelled.
/// Errors  bad_input for a folder
Result<std::unique_ptr<ByteSource>> bytes_of(int descriptor, std::function<bool()> cancelled = {});

/// Bytes that outlive the source; gzip is recognised here too.
std::unique_ptr<ByteSource> bytes_in_memory(std::string_view bytes);

}  // namespace cw::candle_store
