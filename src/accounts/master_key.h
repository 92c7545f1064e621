#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "accounts/secrets.h"
#include "base/error.h"

namespace cw::accounts {

/// The one secret of an installation: 32 random bytes in a file of their own, from which every other key is derived. The
/// file holds 64 hexadecimal digits and a line end, and only its owner may read it. Whoever has it can read what is sealed
/// and make tokens; without it what is sealed is lost and everybody must sign in again.
///
/// The bytes are wiped when the object goes. It can be moved, never copied.
class MasterKey {
 public:
  /// A key of these bytes: for tests and tools that bring their own.
  explicit MasterKey(const Digest& bytes) : bytes_(bytes) {}
  ~MasterKey();
  MasterKey(MasterKey&& other) noexcept;
  MasterKey& operator=(MasterKey&& other) noexcept;

  /// Reads the key from its file. The sentence names the file and what to do.
  ///
  /// Errors  not_found (no such file); bad_input (others than its owner may use the file: the chmod to run); corrupt (not 64
  ///         hexadecimal digits); io_error (it cannot be read, or is no plain file)
  static Result<MasterKey> load(const std::filesystem::path& path);

  /// Makes a new key and its file, which lasts (file and folder are synced) before the key is given out.
  ///
  /// Errors  conflict (there is a file of that name: it is never written over); disk_full, io_error; then no file is left
  static Result<MasterKey> create(const std::filesystem::path& path);

  /// The file's key, or a new one where there is no file.
  static Result<MasterKey> load_or_create(const std::filesystem::path& path);

  /// The key for one purpose. Keys of different purposes tell nothing about each other or the master key.
  /// Source  RFC 5869 with SHA-256, the purpose as its info
  Digest derive(std::string_view purpose) const;

  /// 16 hexadecimal digits that are the same for the same key and give nothing of it away. Kept beside what is sealed, they
  /// tell at the start that a key file is another's.
  std::string fingerprint() const;

 private:
  Digest bytes_;
};

}  // namespace cw::accounts
