#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/accounts.h"

// Chart layouts of a person: named documents of the dashboard's own making.
namespace cw::accounts {

inline constexpr std::size_t kLayoutNameMost = 60;          // characters (code points)
inline constexpr std::size_t kLayoutBytesMost = 64 * 1024;  // of a document

/// Why a text can be no layout's name, as a sentence; none where it can: 1 to 60 characters of UTF-8, no control
/// characters, no blank at either end.
std::optional<std::string> fault_of_layout_name(std::string_view name);

/// The account's layouts, by name.
Result<std::vector<records::Layout>> layouts_of(Accounts& accounts, const std::string& user_id);

/// Errors  not_found
Result<records::Layout> find_layout(Accounts& accounts, const std::string& user_id, const std::string& name);

/// Adds a layout, or replaces the one of this name. `document_json` is a JSON object (the caller's promise).
/// Errors  bad_parameter (`name`, `document`); limit_exceeded at kLayoutsMost
Result<records::Layout> save_layout(Accounts& accounts, const Origin& origin, const std::string& user_id,
                                    const std::string& name, const std::string& document_json);

/// Errors  not_found
Result<void> remove_layout(Accounts& accounts, const Origin& origin, const std::string& user_id,
                           const std::string& name);

}  // namespace cw::accounts
