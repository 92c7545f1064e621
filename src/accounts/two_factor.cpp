#include "accounts/two_factor.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "accounts/encoding.h"
#include "accounts/own_account.h"
#include "accounts/totp.h"

namespace cw::accounts {
namespace {

std::string seal_context(const records::User& user) { return "totp:" + user.id; }

std::unexpected<Error> wrong_code() {
  return fail(Errc::invalid_totp, "The code is wrong, too old, or was used already.");
}

/// Whether a six-digit code of the user's seed is right; it is then used.
Result<bool> take_totp(const Accounts& accounts, records::User& user, const std::string& code) {
  const auto seed = accounts.box().open(user.totp_sealed, seal_context(user));
  if (!seed) return pass_on(seed);
  const auto step = match_totp(*seed, code, accounts.now(), user.totp_last_step);
  if (!step) return false;
  user.totp_last_step = *step;
  return true;
}

bool take_recovery_code(records::User& user, const std::string& code) {
  const auto hash = recovery_code_hash(code);
  return hash && std::erase_if(user.recovery_hashes,
                               [&](const std::string& kept) { return constant_time_equal(kept, bytes_of(*hash)); }) > 0;
}

std::vector<std::string> give_recovery_codes(records::User& user) {
  const std::vector<std::string> codes = new_recovery_codes();
  user.recovery_hashes.clear();
  for (const std::string& code : codes) user.recovery_hashes.emplace_back(bytes_of(*recovery_code_hash(code)));
  return codes;
}

/// A change of the account's own row, with its entry in the audit log.
Result<void> change_user(Accounts& accounts, const Origin& origin, const Principal& principal, const char* action,
                         const std::function<Result<void>(records::User&)>& edit) {
  return accounts.store().change([&]() -> Result<Change> {
    if (const auto granted = accounts.still_granted(principal); !granted) return pass_on(granted);
    records::User user = *accounts.book().user(principal.user->id);
    if (const auto edited = edit(user); !edited) return pass_on(edited);
    Change change;
    change.events.push_back({origin, action, user.id, "done", {}, {}});
    change.users.push_back(std::move(user));
    return change;
  });
}

void count_wrong_code(Accounts& accounts, const Origin& origin, const Principal& principal, const char* action) {
  accounts.tried(principal.user->email, origin, false);
  accounts.store().refused({origin, action, principal.user->id, std::string{code_name(Errc::invalid_totp)}});
}

}  // namespace

Result<void> take_second_factor(const Accounts& accounts, records::User& user, const std::optional<std::string>& code) {
  if (!user.totp_enabled) return {};
  if (!code) {
    return fail(Errc::totp_required,
                "Two-factor is on: send the six digits of the authenticator app, or a recovery code, as 'totp'.");
  }
  // Recovery codes have letters; the six digits may be written `123 456`.
  const bool is_digits = std::ranges::all_of(*code, [](char c) { return (c >= '0' && c <= '9') || c == ' '; });
  if (!is_digits) return take_recovery_code(user, *code) ? Result<void>{} : wrong_code();
  const auto taken = take_totp(accounts, user, *code);
  if (!taken) return pass_on(taken);
  return *taken ? Result<void>{} : wrong_code();
}

Result<TotpBegun> begin_totp(Accounts& accounts, const Origin& origin, const Principal& principal,
                             const std::string& password) {
  if (const auto known = prove_password(accounts, origin, principal, password); !known) return pass_on(known);
  const std::string seed = new_totp_secret();
  const auto done =
      change_user(accounts, origin, principal, "two_factor.begun", [&](records::User& user) -> Result<void> {
        if (user.totp_enabled) return fail(Errc::conflict, "Two-factor is on already. Turn it off first.");
        auto sealed = accounts.box().seal(seed, seal_context(user));
        user.totp_sealed = std::move(sealed);
        user.totp_last_step = 0;
        return {};
      });
  if (!done) return pass_on(done);
  return TotpBegun{to_base32(seed), otpauth_address("Candlewick", principal.user->email, seed)};
}

Result<std::vector<std::string>> confirm_totp(Accounts& accounts, const Origin& origin, const Principal& principal,
                                              const std::string& code) {
  const std::string& account = principal.user->email;
  if (const auto may = accounts.may_try(account, origin); !may) return pass_on(may);
  std::vector<std::string> codes;
  const auto done = change_user(accounts, origin, principal, "two_factor.on", [&](records::User& user) -> Result<void> {
    if (user.totp_enabled) return fail(Errc::conflict, "Two-factor is on already.");
    if (user.totp_sealed.empty())
      return fail(Errc::conflict, "Two-factor was not begun; POST /api/auth/totp gives the secret first.");
    const auto taken = take_totp(accounts, user, code);
    if (!taken) return pass_on(taken);
    if (!*taken) return wrong_code();
    user.totp_enabled = true;
    codes = give_recovery_codes(user);
    return {};
  });
  if (!done) {
    if (done.error().code == Errc::invalid_totp) count_wrong_code(accounts, origin, principal, "two_factor.on");
    return pass_on(done);
  }
  return codes;
}

Result<std::vector<std::string>> renew_recovery_codes(Accounts& accounts, const Origin& origin,
                                                      const Principal& principal, const std::string& password) {
  if (const auto known = prove_password(accounts, origin, principal, password); !known) return pass_on(known);
  std::vector<std::string> codes;
  const auto done =
      change_user(accounts, origin, principal, "two_factor.recovery_codes", [&](records::User& user) -> Result<void> {
        if (!user.totp_enabled) return fail(Errc::conflict, "Two-factor is off.");
        codes = give_recovery_codes(user);
        return {};
      });
  if (!done) return pass_on(done);
  return codes;
}

Result<void> disable_totp(Accounts& accounts, const Origin& origin, const Principal& principal,
                          const std::string& password, const std::string& code) {
  if (const auto known = prove_password(accounts, origin, principal, password); !known) return known;
  auto done = change_user(accounts, origin, principal, "two_factor.off", [&](records::User& user) -> Result<void> {
    if (!user.totp_enabled) return fail(Errc::conflict, "Two-factor is off already.");
    if (const auto taken = take_second_factor(accounts, user, code); !taken) return taken;
    drop_totp(user);
    return {};
  });
  if (!done && done.error().code == Errc::invalid_totp) count_wrong_code(accounts, origin, principal, "two_factor.off");
  return done;
}

void drop_totp(records::User& user) {
  user.totp_enabled = false;
  user.totp_sealed.clear();
  user.totp_last_step = 0;
  user.recovery_hashes.clear();
}

}  // namespace cw::accounts
