#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cw::accounts {

/// What one hashing costs. The default is what the product uses; tests may take less.
struct PasswordCost {
  std::size_t memory_kib = 48 * 1024;  // at least 8
  unsigned passes = 1;                 // at least 1
};

/// How many hashings run and wait in this process.
struct HashingLoad {
  int running = 0;
  int waiting = 0;
  int most_running = 0;  // since the start
};

/// Hashes passwords so that a stolen database is slow to guess from.
///
/// One hashing takes 48 MiB and some 30 ms of one core, so of all that is asked of all objects of this process two run at a
/// time (kAtOnce) and the rest wait, blocking their threads. So hash() and the verify functions are called on threads of a
/// pool that is made for them, which bounds how many wait, and never on a thread that serves the network or the desk. A
/// thread of that pool calls lower_this_threads_priority() when it starts: what is left of the cores goes to the desk.
///
/// Passwords are taken byte for byte: nothing is trimmed, cut, or normalised.
///
/// Source  RFC 9106 (Argon2id), by libsodium; OWASP ASVS 5.0, appendix C (at least 46 MiB with one pass and one lane)
class PasswordHasher {
 public:
  static constexpr int kAtOnce = 2;

  explicit PasswordHasher(PasswordCost cost = {});

  /// A text of at most 127 letters that holds the cost, a new salt and the hash: `$argon2id$v=19$m=49152,t=1,p=1$…`.
  ///
  /// Errors  busy: there was no memory for it; the same call may succeed later
  Result<std::string> hash(std::string_view password) const;

  /// Whether `hash` was made of this password, at whatever cost it was made.
  ///
  /// Errors  busy (as above); corrupt (`hash` is not what hash() gives)
  Result<bool> verify(const std::string& hash, std::string_view password) const;

  /// Takes as long as a verify() of a hash made at today's cost, and is never true: what is called where there is no such
  /// user, so that nobody learns by the clock who has an account.
  ///
  /// Errors  busy
  Result<bool> verify_nobody(std::string_view password) const;

  /// Whether `hash` was made at another cost than this hasher's, or is none: after the next good sign-in it is made anew.
  bool needs_rehash(const std::string& hash) const;

  static HashingLoad load();

 private:
  PasswordCost cost_;
  std::string nobody_;
};

/// Lets this thread (alone) give way to others: niceness 10. It cannot be taken back: raising the priority again is a
/// privilege. Therefore it is for threads that do nothing else.
void lower_this_threads_priority();

/// Whether a person may choose this password: 8 to 128 characters (Unicode code points, in valid UTF-8), not one of the
/// common ones, not the e-mail address of the account (both in any case of ASCII letters). Nothing is asked about
/// digits or signs: such rules make passwords worse.
///
/// Errors  bad_parameter, field "password", a sentence that says what to change and does not hold the password
/// Source  NIST SP 800-63B, section 5.1.1.2; the list of common passwords is Django's (20,000, from leaks counted by
///         R. Williams), those of 8 characters and more
Result<void> check_new_password(std::string_view password, std::string_view email);

}  // namespace cw::accounts
