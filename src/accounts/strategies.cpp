#include "accounts/strategies.h"

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/printable.h"

namespace cw::accounts {
namespace {

using records::StrategyVersion;

std::unexpected<Error> nothing_of_name(const std::string& name) {
  return fail(Errc::not_found,
              fmt::format("There is no strategy '{}' of yours; GET /api/strategies lists them.", printable(name)));
}

/// What the audit log says of a version: not what is in it.
std::string audited(const StrategyVersion& version) {
  return fmt::format(R"({{"name":{},"version":{},"bytes":{}}})", json_string(version.name), version.version,
                     version.document.size());
}

Result<std::optional<StrategyVersion>> newest(Accounts& accounts, const std::string& user_id, const std::string& name) {
  return accounts.store().read(
      [&](db::Connection& connection) { return records::find_strategy(connection, user_id, name, std::nullopt); });
}

}  // namespace

Result<std::vector<StrategyVersion>> strategies_of(Accounts& accounts, const std::string& user_id) {
  return accounts.store().read([&](db::Connection& connection) { return records::strategies_of(connection, user_id); });
}

Result<StrategyVersion> find_strategy(Accounts& accounts, const std::string& user_id, const std::string& name,
                                      std::optional<std::int64_t> version) {
  auto found = accounts.store().read(
      [&](db::Connection& connection) { return records::find_strategy(connection, user_id, name, version); });
  if (!found) return pass_on(found);
  if (*found) return std::move(**found);
  const auto any = newest(accounts, user_id, name);
  if (!any) return pass_on(any);
  if (!*any) return nothing_of_name(name);
  return fail(Errc::not_found,
              fmt::format("'{}' has no version {}; the newest is {}.", printable(name), *version, (*any)->version));
}

Result<std::vector<records::StrategyVersionNote>> versions_of_strategy(Accounts& accounts, const std::string& user_id,
                                                                       const std::string& name) {
  return accounts.store().read(
      [&](db::Connection& connection) { return records::strategy_versions(connection, user_id, name); });
}

Result<StrategyVersion> create_strategy(Accounts& accounts, const Origin& origin, const std::string& user_id,
                                        const std::string& name, const std::string& document) {
  StrategyVersion version{user_id, name, 1, accounts.now(), document};
  const auto done = accounts.store().change([&]() -> Result<Change> {
    if (!accounts.book().user(user_id)) return fail(Errc::session_ended, "This account is gone. Sign in again.");
    const auto before = newest(accounts, user_id, name);
    if (!before) return pass_on(before);
    if (*before)
      return fail(Errc::conflict, fmt::format("There is a strategy '{}' already. Choose another name, or keep this as "
                                              "its next version.",
                                              printable(name)));
    const auto all = strategies_of(accounts, user_id);
    if (!all) return pass_on(all);
    if (all->size() >= kStrategiesMost)
      return fail(
          Errc::limit_exceeded,
          fmt::format("This account has {} strategies, which is the limit. Delete one first.", kStrategiesMost));
    Change change;
    change.strategies.push_back(version);
    change.events.push_back({origin, "strategy.created", user_id, "done", {}, audited(version)});
    return change;
  });
  if (!done) return pass_on(done);
  return version;
}

Result<StrategyVersion> save_strategy(Accounts& accounts, const Origin& origin, const std::string& user_id,
                                      const std::string& name, const std::string& document,
                                      std::optional<std::int64_t> edited) {
  StrategyVersion version{user_id, name, 1, accounts.now(), document};
  const auto done = accounts.store().change([&]() -> Result<Change> {
    auto before = newest(accounts, user_id, name);
    if (!before) return pass_on(before);
    if (!*before) return nothing_of_name(name);
    if (edited && *edited != (*before)->version) {
      return fail(Errc::conflict, fmt::format("Version {} was edited, but version {} was kept meanwhile. Look at it, "
                                              "then keep yours on top of it.",
                                              *edited, (*before)->version));
    }
    if ((*before)->document == document) {
      version = std::move(**before);
      return Change{};
    }
    version.version = (*before)->version + 1;
    Change change;
    change.strategies.push_back(version);
    change.events.push_back({origin, "strategy.saved", user_id, "done", audited(**before), audited(version)});
    return change;
  });
  if (!done) return pass_on(done);
  return version;
}

Result<void> remove_strategy(Accounts& accounts, const Origin& origin, const std::string& user_id,
                             const std::string& name) {
  return accounts.store().change([&]() -> Result<Change> {
    auto before = newest(accounts, user_id, name);
    if (!before) return pass_on(before);
    if (!*before) return nothing_of_name(name);
    Change change;
    change.events.push_back({origin, "strategy.deleted", user_id, "done", audited(**before), {}});
    change.gone_strategies.push_back(std::move(**before));
    return change;
  });
}

}  // namespace cw::accounts
