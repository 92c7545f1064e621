#include <array>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/cli_meaning.h"
#include "app/cli_parser.h"
#include "base/nearest.h"
#include "base/printable.h"

// The commands on accounts and the audit log.
namespace cw::app {
namespace {

const std::vector<std::string> kRoles{"user", "admin"};

}  // namespace

void Parser::add_user() {
  CLI::App* const user = command(app_, "user", "Adds, lists and changes accounts",
                                 "  candlewick user add --email ada@example.org --role admin\n"
                                 "  candlewick user list\n"
                                 "  candlewick user reset-password --email ada@example.org");
  user->require_subcommand(1, 1);

  CLI::App* const add =
      command(*user, "add", "Adds an account; without a password it prints a one-time link to choose one",
              "  candlewick user add --email ada@example.org --role admin\n"
              "  pass show candlewick | candlewick user add --email ada@example.org --role user --password -");
  add->add_option("--email,EMAIL", raw_.email, "The e-mail address")->required()->type_name("EMAIL");
  add->add_option("--role", raw_.role, "user or admin")->required()->type_name("ROLE");
  add->add_option("--password", raw_.password,
                  "The password (others on this machine can see it while this runs); '-' reads it from stdin")
      ->type_name("PASSWORD");

  CLI::App* const list = command(*user, "list", "Lists the accounts", "  candlewick user list --format json");
  format_option(*list, {"table", "csv", "json"});
  add_user_changes(*user);
}

void Parser::add_user_changes(CLI::App& user) {
  CLI::App* const role = command(user, "set-role", "Makes an account a user's or an administrator's",
                                 "  candlewick user set-role --email ada@example.org --role admin");
  role->add_option("--email,EMAIL", raw_.email, "Whose")->required()->type_name("EMAIL");
  role->add_option("--role", raw_.role, "user or admin")->required()->type_name("ROLE");

  CLI::App* const reset =
      command(user, "reset-password", "Prints a one-time link to choose a new password, or sets one; all sessions end",
              "  candlewick user reset-password --email ada@example.org\n"
              "  candlewick user reset-password --email ada@example.org --two-factor");
  reset->add_option("--email,EMAIL", raw_.email, "Whose")->required()->type_name("EMAIL");
  reset->add_option("--password", raw_.password, "The new password; '-' reads it from stdin")->type_name("PASSWORD");
  reset->add_flag("--two-factor", raw_.two_factor, "Turn two-factor off too, for somebody who has lost it");

  for (const auto& [name, what] :
       {std::pair{"disable", "Disables an account: its sessions end at once and it cannot sign in"},
        {"enable", "Enables a disabled account"}}) {
    CLI::App* const sub = command(user, name, what, fmt::format("  candlewick user {} --email ada@example.org", name));
    sub->add_option("--email,EMAIL", raw_.email, "Whose")->required()->type_name("EMAIL");
  }

  CLI::App* const invite = command(user, "invite", "Prints a one-time link with which somebody makes an account",
                                   "  candlewick user invite --email bob@example.org --role user");
  invite->add_option("--email", raw_.email, "The only address that may use it (default: whoever has the link)")
      ->type_name("EMAIL");
  invite->add_option("--role", raw_.role, "user or admin (default: user)")->type_name("ROLE");

  command(user, "setup-link", "Prints a new set-up link, as long as there is no administrator",
          "  candlewick user setup-link");
}

void Parser::add_audit() {
  CLI::App* const audit = command(app_, "audit", "Checks the audit log", "  candlewick audit verify");
  audit->require_subcommand(1, 1);
  command(*audit, "verify",
          "Checks that no entry of the audit log was changed, removed or added; exit code 1 where one was",
          "  candlewick audit verify");
}

Result<CommandArgs> Parser::read_user(const std::string& name) {
  if (!raw_.role.empty() && std::ranges::find(kRoles, raw_.role) == kRoles.end()) {
    return usage(fmt::format("--role takes user or admin, not '{}'{}", printable(raw_.role),
                             did_you_mean(nearest_names(raw_.role, kRoles))),
                 name);
  }
  const auto password = raw_.password.empty() ? std::nullopt : std::optional{raw_.password};
  if (name == "user add") return CommandArgs{UserAddArgs{raw_.email, raw_.role, password}};
  if (name == "user list") return CommandArgs{UserListArgs{read_format()}};
  if (name == "user set-role") return CommandArgs{UserSetRoleArgs{raw_.email, raw_.role}};
  if (name == "user reset-password") return CommandArgs{UserResetArgs{raw_.email, password, raw_.two_factor}};
  if (name == "user setup-link") return CommandArgs{UserSetUpLinkArgs{}};
  if (name == "user invite") {
    const auto email = raw_.email.empty() ? std::nullopt : std::optional{raw_.email};
    return CommandArgs{UserInviteArgs{email, raw_.role.empty() ? "user" : raw_.role}};
  }
  return CommandArgs{UserActiveArgs{raw_.email, name == "user enable"}};
}

}  // namespace cw::app
