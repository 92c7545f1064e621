#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "accounts/encoding.h"
#include "accounts/one_time_links.h"
#include "accounts/own_account.h"
#include "accounts/sign_in.h"
#include "accounts/totp.h"
#include "accounts/user_admin.h"
#include "base/require.h"
#include "db/testing.h"

namespace cw {

inline void PrintTo(Errc code, std::ostream* out) { *out << code_name(code); }

}  // namespace cw

namespace cw::accounts::testing {

inline const std::string kPassword = "a long enough one";
inline const std::string kOther = "quite another one";
inline constexpr PasswordCost kCheap{.memory_kib = 64, .passes = 1};
inline constexpr Timestamp kStart = from_ms(1'748'736'000'000);  // a whole minute

/// What a call failed with; none where it did not.
template <class T>
std::optional<Errc> fault(const Result<T>& result) {
  return result ? std::nullopt : std::optional{result.error().code};
}
inline std::optional<Errc> fault(const std::expected<Principal, TokenRefusal>& result) {
  return result ? std::nullopt : std::optional{result.error().code};
}

/// The accounts of a folder of their own, in a time that the test moves.
struct Story {
  explicit Story(AccountSettings wanted = {}) : settings(wanted) {
    settings.password_cost = kCheap;
    open();
  }

  void open() {
    auto opened = Accounts::open(folder / "", settings, clock, logger, metrics);
    CW_REQUIRE(opened.has_value());
    accounts = std::move(*opened);
    accounts->store().on_revoked = [this](const std::string& id) { revoked.push_back(id); };
  }
  void close() { accounts.reset(); }
  void reopen() {
    close();
    open();
  }

  UserPtr add(const std::string& email, records::Role role = records::Role::user,
              const std::optional<std::string>& password = kPassword) {
    return add_user(*accounts, console, email, role, password).value();
  }
  UserPtr add_admin(const std::string& email) { return add(email, records::Role::admin); }

  Result<SignedIn> try_sign_in(const std::string& email, const std::string& password = kPassword,
                               const std::optional<std::string>& totp = {}) {
    return accounts::sign_in(*accounts, visitor, {email, password, totp});
  }
  SignedIn sign_in(const std::string& email, const std::string& password = kPassword,
                   const std::optional<std::string>& totp = {}) {
    return try_sign_in(email, password, totp).value();
  }
  Result<SignedIn> refresh(const SignedIn& given) { return accounts::refresh(*accounts, visitor, given.refresh_token); }

  std::expected<Principal, TokenRefusal> ask(const std::string& bearer) const { return accounts->authenticate(bearer); }
  Principal who(const SignedIn& given) const { return ask(given.access_token).value(); }
  std::optional<Errc> refusal_of(const SignedIn& given) const { return fault(ask(given.access_token)); }

  UserPtr user(const std::string& email) const { return accounts->book().user_by_email(email); }
  std::size_t sessions_of(const std::string& email) const {
    return accounts->book().sessions_of(user(email)->id, clock.now()).size();
  }

  /// The whole audit log, oldest first.
  std::vector<records::AuditRow> audit() {
    std::vector<records::AuditRow> rows;
    std::optional<std::int64_t> before;
    for (;;) {
      const auto page = accounts->store().audit_page({}, before, records::kAuditPageMost).value();
      if (page.empty()) break;
      rows.insert(rows.end(), page.begin(), page.end());
      before = page.back().sequence;
    }
    std::ranges::reverse(rows);
    return rows;
  }
  /// `action outcome` of the last entries.
  std::vector<std::string> last_events(std::size_t count) {
    const auto rows = audit();
    std::vector<std::string> events;
    for (std::size_t i = rows.size() - std::min(count, rows.size()); i < rows.size(); ++i)
      events.push_back(rows[i].action + ' ' + rows[i].outcome);
    return events;
  }
  std::string last_event() { return last_events(1).at(0); }

  /// The code that an app shows now, for the secret that it was given.
  std::string code_of(const std::string& base32) const {
    return totp_code(from_base32(base32).value(), totp_step(clock.now()));
  }

  double metric(std::string_view name) const { return db::testing::sum_of(metrics, name); }

  db::testing::TemporaryFolder folder;
  ManualClock clock{kStart};
  NullLogger logger;
  Metrics metrics;
  AccountSettings settings;
  std::vector<std::string> revoked;  // told by on_revoked, in order
  Origin console{.actor = "cli"};
  Origin visitor{.address = "192.0.2.7", .network = "192.0.2.7", .user_agent = "a browser", .request_id = "r1"};
  std::unique_ptr<Accounts> accounts;
};

/// Where a signed-in person asks from.
inline Origin origin_of(const Story& story, const Principal& principal) {
  Origin origin = story.visitor;
  origin.actor = principal.user->id;
  return origin;
}

}  // namespace cw::accounts::testing
