#pragma once

#include <cstddef>
#include <string_view>

#include "accounts/throttle_counts.h"
#include "base/time.h"

namespace cw::accounts {

/// Slows down guessing of passwords. Nothing here locks anybody out for good: every wait ends by itself, at the latest
/// after ThrottleCurve::most, and trying during a wait makes it no longer (whoever asks is told to wait, and nothing is
/// counted).
///
/// Three counts of failures:
///
///   account   from the 5th failure on 1 s, 2 s, 4 s … 30 s after each, from wherever they came. This is what slows down
///             many machines that guess one account.
///   address   from the 10th failure on 1 s, 2 s, 4 s … 15 min after each, of whichever accounts. This is what slows down
///             one machine that guesses many accounts.
///   pair      this account from this address, as for an account.
///
/// Who comes from a known address (one with a live session of the account) waits for the pair alone. So an attacker who
/// keeps an account or a shared address waiting keeps out only those who never came from there: with enough machines to
/// fail at each moment at which an account's wait ends he can do that for as long as he goes on. And nobody can guess
/// through a known address faster than at the pace of the pair.
///
/// Failures are forgotten after kQuiet without one, counted from the end of the wait that the last one caused.
///
/// Who has an IPv6 address has 2^64 of them: the caller gives the network's first 64 bits as the address.
///
/// What is on its way is not counted before it failed: the caller lets only so many tries run at a time as he would give
/// away.
///
/// Bounded: kEntriesMost of each count; when they are full the one that failed longest ago goes. A clock that was set
/// back makes no wait longer than it was. Not thread-safe; time comes as an argument.
class SignInThrottle {
 public:
  static constexpr std::size_t kEntriesMost = 10'000;
  static constexpr Millis kQuiet = std::chrono::minutes{15};
  static constexpr ThrottleCurve kAccount{.free = 4, .most = std::chrono::seconds{30}};
  static constexpr ThrottleCurve kAddress{.free = 9, .most = std::chrono::minutes{15}};

  /// How long until this account may be tried from this address; zero: now. `account` is whatever names it before it is
  /// known to exist (the email_key), so that unknown accounts wait like others.
  Millis wait(std::string_view account, std::string_view address, bool known, Timestamp now);

  /// A password or a second factor was wrong.
  void failed(std::string_view account, std::string_view address, Timestamp now);

  /// The right one came: the account's and the pair's failures are forgotten. The address' are not, or an attacker would
  /// sign in to an account of his own after each ninth guess.
  void succeeded(std::string_view account, std::string_view address, Timestamp now);

  /// Entries in the three counts together.
  std::size_t size() const { return accounts_.size() + addresses_.size() + pairs_.size(); }

 private:
  ThrottleCounts accounts_{kAccount, kQuiet, kEntriesMost};
  ThrottleCounts addresses_{kAddress, kQuiet, kEntriesMost};
  ThrottleCounts pairs_{kAccount, kQuiet, kEntriesMost};
};

}  // namespace cw::accounts
