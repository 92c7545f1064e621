#include "accounts/user_admin.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "base/json_text.h"
#include "base/printable.h"

namespace cw::app {
namespace {

using accounts::Accounts;
using accounts::Origin;

constexpr std::string_view kStdin = "-";
constexpr std::size_t kLineMost = 1024;
constexpr int kLookMs = 100;  // how often a wait looks whether the command should stop

Origin by_hand() {
  Origin origin;
  origin.actor = "cli";
  return origin;
}

records::Role role_of(const std::string& word) { return records::parse_role(word).value_or(records::Role::user); }

std::string link_text(const FolderCommand& command, records::LinkKind kind, const accounts::MadeLink& link) {
  return fmt::format("  {}{}#{}\n", command.address, accounts::page_of(kind), link.token);
}

/// The first line of what comes, which may come late: whoever types or `pass show` takes their time.
Result<std::string> read_line(const Console& console, int fd) {
  std::string line;
  while (line.size() < kLineMost && !line.contains('\n')) {
    if (console.cancelled()) return fail(Errc::cancelled, "stopped; nothing was changed");
    pollfd input{fd, POLLIN, 0};
    if (::poll(&input, 1, kLookMs) <= 0) continue;
    std::array<char, 256> piece;
    const ssize_t got = ::read(fd, piece.data(), piece.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) break;
    line.append(piece.data(), static_cast<std::size_t>(got));
  }
  line.resize(std::min(line.size(), line.find('\n')));
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

/// The password itself, or the first line of the caller's stdin.
Result<std::optional<std::string>> read_password(FolderCommand& command, const std::optional<std::string>& given) {
  if (given != kStdin) return given;
  const auto fd = command.console.open_input(std::string{kStdin});
  if (!fd) return pass_on(fd);
  auto line = read_line(command.console, *fd);
  ::close(*fd);
  if (!line) return pass_on(line);
  if (line->empty()) return fail(Errc::bad_parameter, "stdin holds no password");
  return std::optional{std::move(*line)};
}

Result<accounts::UserPtr> find_user(const Accounts& accounts, const std::string& email) {
  auto user = accounts.book().user_by_email(email);
  if (user) return user;
  return fail(Errc::not_found,
              fmt::format("there is no account '{}'; 'candlewick user list' lists them", printable(email)));
}

std::string state_of(const records::User& user) {
  if (!user.active) return "disabled";
  return user.password_hash.empty() ? "no password yet" : "active";
}

std::string when(const std::optional<Timestamp>& time) {
  return time ? format_time(std::chrono::floor<std::chrono::seconds>(*time)) : "never";
}

std::string as_table(const std::vector<accounts::UserPtr>& users) {
  std::size_t width = 6;
  for (const auto& user : users) width = std::max(width, user->email.size());
  std::string out = fmt::format("{:<{}}  {:<5}  {:<15}  {:<10}  {:<20}  {}\n", "E-MAIL", width, "ROLE", "STATE",
                                "TWO-FACTOR", "LAST SIGN-IN", "ID");
  for (const auto& user : users) {
    out += fmt::format("{:<{}}  {:<5}  {:<15}  {:<10}  {:<20}  {}\n", user->email, width, records::name(user->role),
                       state_of(*user), user->totp_enabled ? "on" : "off", when(user->last_login), user->id);
  }
  return out;
}

std::string as_csv(const std::vector<accounts::UserPtr>& users) {
  std::string out = "id,email,role,active,two_factor,created_at,last_login\n";
  for (const auto& user : users) {
    // An address may begin as a formula of a spreadsheet does; quotes alone do not keep one from it.
    const std::string guard = std::string_view{"=+-@"}.contains(user->email[0]) ? "'" : "";
    out += fmt::format("{},\"{}{}\",{},{},{},{},{}\n", user->id, guard, user->email, records::name(user->role),
                       user->active, user->totp_enabled, to_ms(user->created_at),
                       user->last_login ? fmt::to_string(to_ms(*user->last_login)) : "");
  }
  return out;
}

std::string as_json(const std::vector<accounts::UserPtr>& users) {
  std::string out = "[";
  for (const auto& user : users) {
    out += fmt::format(
        R"({}{{"id":"{}","email":{},"role":"{}","active":{},"two_factor":{},"created_at":{},"last_login":{}}})",
        out.size() > 1 ? ",\n " : "", user->id, json_string(user->email), records::name(user->role), user->active,
        user->totp_enabled, to_ms(user->created_at),
        user->last_login ? fmt::to_string(to_ms(*user->last_login)) : "null");
  }
  return out + "]\n";
}

/// Runs what works with the folder's accounts; an error is reported.
int with_accounts(FolderCommand& command, const std::function<Result<void>(Accounts&)>& work) {
  const auto accounts = command.accounts();
  if (!accounts) return report(command.console, accounts.error());
  const auto done = work(**accounts);
  return done ? kGood : report(command.console, done.error());
}

}  // namespace

int run_user_add(FolderCommand& command, const UserAddArgs& args) {
  return with_accounts(command, [&](Accounts& accounts) -> Result<void> {
    const auto password = read_password(command, args.password);
    if (!password) return pass_on(password);
    const auto user = accounts::add_user(accounts, by_hand(), args.email, role_of(args.role), *password);
    if (!user) return pass_on(user);
    command.console.out(fmt::format("{} is {} now ({})\n", (*user)->email,
                                    (*user)->role == records::Role::admin ? "an administrator" : "a user",
                                    (*user)->id));
    if (*password) return {};
    const auto link = accounts::make_reset_link(accounts, by_hand(), (*user)->id);
    if (!link) return pass_on(link);
    command.console.out("Within 24 hours this link, good once, chooses the password:\n" +
                        link_text(command, records::LinkKind::reset, *link));
    return {};
  });
}

int run_user_list(FolderCommand& command, const UserListArgs& args) {
  return with_accounts(command, [&](Accounts& accounts) -> Result<void> {
    const auto page = accounts.book().list({}, {}, std::string::npos);
    switch (args.format) {
      case OutputFormat::csv: command.console.out(as_csv(page.items)); break;
      case OutputFormat::json: command.console.out(as_json(page.items)); break;
      default: command.console.out(as_table(page.items)); break;
    }
    return {};
  });
}

int run_user_set_role(FolderCommand& command, const UserSetRoleArgs& args) {
  return with_accounts(command, [&](Accounts& accounts) -> Result<void> {
    const auto user = find_user(accounts, args.email);
    if (!user) return pass_on(user);
    const auto changed = accounts::change_user(accounts, by_hand(), (*user)->id, {.role = role_of(args.role)});
    if (!changed) return pass_on(changed);
    command.console.out(fmt::format("{} has the role {} now\n", (*user)->email, args.role));
    return {};
  });
}

int run_user_reset(FolderCommand& command, const UserResetArgs& args) {
  return with_accounts(command, [&](Accounts& accounts) -> Result<void> {
    const auto user = find_user(accounts, args.email);
    if (!user) return pass_on(user);
    const auto password = read_password(command, args.password);
    if (!password) return pass_on(password);
    if (*password) {
      if (auto set = accounts::set_password(accounts, by_hand(), (*user)->id, **password, args.two_factor); !set)
        return set;
      command.console.out(fmt::format("{} has a new password; all its sessions have ended\n", (*user)->email));
      return {};
    }
    if (args.two_factor) {
      if (auto dropped = accounts::drop_two_factor(accounts, by_hand(), (*user)->id); !dropped) return dropped;
      command.console.out(fmt::format("two-factor of {} is off\n", (*user)->email));
    }
    const auto link = accounts::make_reset_link(accounts, by_hand(), (*user)->id);
    if (!link) return pass_on(link);
    command.console.out(fmt::format("Within 24 hours this link, good once, chooses a new password for {}:\n{}",
                                    (*user)->email, link_text(command, records::LinkKind::reset, *link)));
    return {};
  });
}

int run_user_active(FolderCommand& command, const UserActiveArgs& args) {
  return with_accounts(command, [&](Accounts& accounts) -> Result<void> {
    const auto user = find_user(accounts, args.email);
    if (!user) return pass_on(user);
    const auto changed = accounts::change_user(accounts, by_hand(), (*user)->id, {.active = args.active});
    if (!changed) return pass_on(changed);
    command.console.out(fmt::format("{} is {} now{}\n", (*user)->email, args.active ? "enabled" : "disabled",
                                    args.active ? "" : "; its sessions have ended"));
    return {};
  });
}

int run_user_invite(FolderCommand& command, const UserInviteArgs& args) {
  return with_accounts(command, [&](Accounts& accounts) -> Result<void> {
    const auto link = accounts::invite(accounts, by_hand(), {.email = args.email, .role = role_of(args.role)});
    if (!link) return pass_on(link);
    command.console.out(fmt::format("Within 7 days this link, good once, makes an account with the role {}:\n{}",
                                    args.role, link_text(command, records::LinkKind::invitation, *link)));
    return {};
  });
}

int run_user_set_up_link(FolderCommand& command) {
  return with_accounts(command, [&](Accounts& accounts) -> Result<void> {
    const auto link = accounts::make_set_up_link(accounts, by_hand());
    if (!link) return pass_on(link);
    if (!*link) {
      return fail(
          Errc::conflict,
          "there is an administrator already; 'candlewick user reset-password' lets one in who forgot the password");
    }
    command.console.out("Within 30 minutes this link, good once, creates the first administrator:\n" +
                        link_text(command, records::LinkKind::set_up, **link));
    return {};
  });
}

}  // namespace cw::app
