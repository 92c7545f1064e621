#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.h"

// Strategies of a person, each with its versions. Whether a text is a sound document is checked by who keeps it.
namespace cw::accounts {

inline constexpr std::size_t kStrategiesMost = 100;  // of an account

/// The newest version of each of the account's strategies, by name.
Result<std::vector<records::StrategyVersion>> strategies_of(Accounts& accounts, const std::string& user_id);

/// One version, or the newest. Errors  not_found, saying whether it is the strategy or the version
Result<records::StrategyVersion> find_strategy(Accounts& accounts, const std::string& user_id, const std::string& name,
                                               std::optional<std::int64_t> version = {});

/// Newest first; none where there is no such strategy.
Result<std::vector<records::StrategyVersionNote>> versions_of_strategy(Accounts& accounts, const std::string& user_id,
                                                                       const std::string& name);

/// Keeps version 1. Errors  conflict where the name is taken; limit_exceeded at kStrategiesMost
Result<records::StrategyVersion> create_strategy(Accounts& accounts, const Origin& origin, const std::string& user_id,
                                                 const std::string& name, const std::string& document);

/// Keeps the next version, or answers the newest where it says the same. `edited`: the version that was changed.
/// Errors  not_found; conflict where `edited` is not the newest one
Result<records::StrategyVersion> save_strategy(Accounts& accounts, const Origin& origin, const std::string& user_id,
                                               const std::string& name, const std::string& document,
                                               std::optional<std::int64_t> edited);

/// Errors  not_found
Result<void> remove_strategy(Accounts& accounts, const Origin& origin, const std::string& user_id,
                             const std::string& name);

}  // namespace cw::accounts
