#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
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

/// Opens a plain or a gzip file; which one it is says its content. A gzip file that ends too early or fails its
/// checksum is Errc::bad_input when the reading gets there, never a short answer. Errors  not_found, io_error (a
/// folder, no permission)
Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path);

/// Bytes that outlive the source; gzip is recognised here too.
std::unique_ptr<ByteSource> bytes_in_memory(std::string_view bytes);

}  // namespace cw::candle_store
