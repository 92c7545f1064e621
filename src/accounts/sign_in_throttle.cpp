#include "accounts/sign_in_throttle.h"

#include <algorithm>
#include <string>

namespace cw::accounts {
namespace {

// Not ambiguous: what is in front of the length can be only one text.
std::string pair_name(std::string_view account, std::string_view address) {
  return std::string{account} + '\n' + std::string{address} + '\n' + std::to_string(address.size());
}

}  // namespace

Millis SignInThrottle::wait(std::string_view account, std::string_view address, bool known, Timestamp now) {
  if (known) return pairs_.wait(pair_name(account, address), now);
  return std::max(accounts_.wait(account, now), addresses_.wait(address, now));
}

void SignInThrottle::failed(std::string_view account, std::string_view address, Timestamp now) {
  accounts_.failed(account, now);
  addresses_.failed(address, now);
  pairs_.failed(pair_name(account, address), now);
}

void SignInThrottle::succeeded(std::string_view account, std::string_view address, Timestamp) {
  accounts_.forget(account);
  pairs_.forget(pair_name(account, address));
}

}  // namespace cw::accounts
