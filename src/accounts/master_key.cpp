#include "accounts/master_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "accounts/encoding.h"

namespace cw::accounts {
namespace {

constexpr std::size_t kDigits = 2 * std::tuple_size_v<Digest>;
constexpr std::size_t kTextMost = kDigits + 2;  // with a line end, also one of two bytes

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

std::unexpected<Error> os_error(std::string_view doing, const std::filesystem::path& path) {
  const int number = errno;
  const bool full = number == ENOSPC || number == EDQUOT;
  return fail(full ? Errc::disk_full : Errc::io_error,
              fmt::format("cannot {} {}: {}", doing, path.string(), std::strerror(number)));
}

Result<void> check_file(int descriptor, const std::filesystem::path& path) {
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0) return os_error("look at the key file", path);
  if (!S_ISREG(facts.st_mode)) return fail(Errc::io_error, fmt::format("the key file {} is no file", path.string()));
  if ((facts.st_mode & 077) != 0) {
    return fail(Errc::bad_input, fmt::format("the key file {} may be used by others (mode {:04o}); run: chmod 600 {}",
                                             path.string(), facts.st_mode & 07777, path.string()));
  }
  return {};
}

// At most one byte more than a key has: enough to see that there is too much.
Result<std::string> read_text(int descriptor, const std::filesystem::path& path) {
  std::string text(kTextMost + 1, '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const auto n = ::read(descriptor, text.data() + got, text.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return os_error("read the key file", path);
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  text.resize(got);
  return text;
}

Result<void> write_all(int descriptor, std::string_view text, const std::filesystem::path& path) {
  while (!text.empty()) {
    const auto n = ::write(descriptor, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return os_error("write the key file", path);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  // The umask can only have taken away; the exact mode is part of the promise.
  if (::fchmod(descriptor, 0600) != 0) return os_error("set the mode of the key file", path);
  if (::fsync(descriptor) != 0) return os_error("sync the key file", path);
  return {};
}

Result<void> sync_folder_of(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
  const Descriptor descriptor{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (descriptor.get() < 0) return os_error("open the folder", folder);
  if (::fsync(descriptor.get()) != 0) return os_error("sync the folder", folder);
  return {};
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

MasterKey::~MasterKey() { wipe(bytes_); }

MasterKey::MasterKey(MasterKey&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }

MasterKey& MasterKey::operator=(MasterKey&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

Result<MasterKey> MasterKey::load(const std::filesystem::path& path) {
  const Descriptor file{
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // a pipe of that name must not hang us
  if (file.get() < 0 && errno == ENOENT) {
    return fail(
        Errc::not_found,
        fmt::format("the key file {} is missing; put it back (what was sealed with it cannot be read without it)",
                    path.string()));
  }
  if (file.get() < 0) return os_error("open the key file", path);
  if (auto good = check_file(file.get(), path); !good) return pass_on(good);
  auto text = read_text(file.get(), path);
  if (!text) return pass_on(text);

  const std::string_view digits = without_line_end(*text);
  auto bytes = digits.size() == kDigits ? from_hex(digits) : std::nullopt;
  const std::size_t length = digits.size();
  wipe(*text);
  if (!bytes) {
    return fail(
        Errc::corrupt,
        fmt::format("the key file {} holds no key: it must be {} hexadecimal digits, and {}; put the right file "
                    "back",
                    path.string(), kDigits,
                    length == kDigits  ? std::string{"something else is among them"}
                    : length > kDigits ? std::string{"there is more"}
                                       : fmt::format("there are {} letters", length)));
  }
  Digest key;
  std::ranges::copy(*bytes, key.begin());
  wipe(*bytes);
  MasterKey result{key};
  wipe(key);
  return result;
}

Result<MasterKey> MasterKey::create(const std::filesystem::path& path) {
  const Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (file.get() < 0 && errno == EEXIST) {
    return fail(Errc::conflict,
                fmt::format("the key file {} is there already and is never written over", path.string()));
  }
  if (file.get() < 0) return os_error("make the key file", path);

  Digest key;
  random_bytes(key);
  MasterKey result{key};
  std::string text = to_hex(bytes_of(key)) + '\n';
  wipe(key);
  auto written = write_all(file.get(), text, path);
  wipe(text);
  if (written) written = sync_folder_of(path);
  if (!written) {
    ::unlink(path.c_str());
    return pass_on(written);
  }
  return result;
}

Result<MasterKey> MasterKey::load_or_create(const std::filesystem::path& path) {
  auto loaded = load(path);
  if (loaded || loaded.error().code != Errc::not_found) return loaded;
  return create(path);
}

Digest MasterKey::derive(std::string_view purpose) const {
  return hkdf_sha256(bytes_of(bytes_), "candlewick master key", purpose);
}

std::string MasterKey::fingerprint() const { return to_hex(bytes_of(derive("fingerprint")).substr(0, 8)); }

}  // namespace cw::accounts
