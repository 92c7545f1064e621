#include "accounts/passwords.h"

#include <sodium.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <fmt/format.h>

#include "accounts/common_passwords.h"
#include "accounts/email_address.h"
#include "accounts/secrets.h"
#include "base/number.h"
#include "base/printable.h"
#include "base/require.h"

namespace cw::accounts {
namespace {

constexpr std::size_t kShortest = 8, kLongest = 128;
constexpr int kNiceness = 10;

// The memory is the machine's, so the limit is the process's, whoever made how many hashers. Not std::counting_semaphore:
// that of libstdc++ 12.2 can miss a wake-up (its bug 104928).
class Turns {
 public:
  void take() {
    std::unique_lock lock{mutex_};
    ++load_.waiting;
    free_.wait(lock, [&] { return load_.running < PasswordHasher::kAtOnce; });
    --load_.waiting;
    load_.most_running = std::max(load_.most_running, ++load_.running);
  }
  void give_back() {
    {
      const std::lock_guard lock{mutex_};
      --load_.running;
    }
    free_.notify_one();
  }
  HashingLoad load() {
    const std::lock_guard lock{mutex_};
    return load_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  HashingLoad load_;
};

Turns& turns() {
  static Turns all;
  return all;
}

struct Turn {
  Turn() { turns().take(); }
  ~Turn() { turns().give_back(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
};

std::unexpected<Error> no_memory() {
  return fail(Errc::busy, "there is not enough memory to check a password right now; try again");
}

// How much memory the hash was made with, in bytes; 0 where it does not say.
std::size_t memory_of(std::string_view hash) {
  const std::size_t at = hash.find("$m=");
  if (at == hash.npos) return 0;
  const std::string_view number = hash.substr(at + 3, hash.find(',', at) - at - 3);
  return static_cast<std::size_t>(parse_int(number).value_or(0)) * 1024;
}

bool can_map(std::size_t bytes) {
  void* const room = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return room != MAP_FAILED && ::munmap(room, bytes) == 0;
}

Result<bool> verify_now(const std::string& hash, std::string_view password) {
  const Turn turn;
  if (crypto_pwhash_argon2id_str_verify(hash.c_str(), password.data(), password.size()) == 0) return true;
  // The library says the same of a wrong password and of memory that it did not get. Nobody shall read "wrong password" for
  // the latter, so what it asked the system for is asked for again.
  if (!can_map(memory_of(hash))) return no_memory();
  return false;
}

std::unexpected<Error> refuse(std::string message) {
  return std::unexpected(Error{Errc::bad_parameter, std::move(message), {}, "password"});
}

// Counts no further than one too many.
std::size_t count_characters(std::string_view text, bool& valid) {
  std::size_t count = 0;
  for (; !text.empty() && count <= kLongest; ++count) {
    const std::size_t length = utf8_length(text);
    valid = length != 0;
    if (!valid) return count;
    text.remove_prefix(length);
  }
  return count;
}

}  // namespace

PasswordHasher::PasswordHasher(PasswordCost cost)
    : cost_(cost),
      // Well formed and nobody's: a salt and a hash of zeros.
      nobody_(fmt::format("$argon2id$v=19$m={},t={},p=1${}${}", cost.memory_kib, cost.passes, std::string(22, 'A'),
                          std::string(43, 'A'))) {
  CW_REQUIRE(sodium_init() >= 0);
  CW_REQUIRE(cost.memory_kib >= 8 && cost.memory_kib <= crypto_pwhash_argon2id_memlimit_max() / 1024 &&
             cost.passes >= 1);
}

Result<std::string> PasswordHasher::hash(std::string_view password) const {
  const Turn turn;
  char text[crypto_pwhash_argon2id_STRBYTES];
  if (crypto_pwhash_argon2id_str(text, password.data(), password.size(), cost_.passes, cost_.memory_kib * 1024) != 0) {
    return no_memory();
  }
  return std::string{text};
}

Result<bool> PasswordHasher::verify(const std::string& hash, std::string_view password) const {
  if (crypto_pwhash_argon2id_str_needs_rehash(hash.c_str(), cost_.passes, cost_.memory_kib * 1024) < 0) {
    return fail(Errc::corrupt, "a stored password hash is none; reset the user's password");
  }
  return verify_now(hash, password);
}

Result<bool> PasswordHasher::verify_nobody(std::string_view password) const {
  auto verified = verify_now(nobody_, password);
  if (verified) *verified = false;
  return verified;
}

bool PasswordHasher::needs_rehash(const std::string& hash) const {
  return crypto_pwhash_argon2id_str_needs_rehash(hash.c_str(), cost_.passes, cost_.memory_kib * 1024) != 0;
}

HashingLoad PasswordHasher::load() { return turns().load(); }

void lower_this_threads_priority() {
  // Linux keeps a niceness for each thread. To raise one's own is always allowed.
  CW_REQUIRE(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness) == 0);
}

Result<void> check_new_password(std::string_view password, std::string_view email) {
  bool valid = true;
  const std::size_t characters = count_characters(password, valid);
  if (!valid) return refuse("the password is no valid UTF-8 text");
  if (characters < kShortest)
    return refuse(fmt::format("the password is too short: choose at least {} characters", kShortest));
  if (characters > kLongest)
    return refuse(fmt::format("the password is too long: choose at most {} characters", kLongest));
  std::string lower = email_key(password);
  const bool is_common = std::ranges::binary_search(common_passwords(), std::string_view{lower});
  const bool is_email = lower == email_key(email);
  wipe(lower);
  if (is_common) return refuse("the password is one of the most common ones, which are tried first; choose another");
  if (is_email) return refuse("the password is the e-mail address itself; choose another");
  return {};
}

}  // namespace cw::accounts
