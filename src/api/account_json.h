#pragma once

#include <optional>
#include <string>

#include "accounts/account_book.h"
#include "accounts/sign_in.h"
#include "records/audit_rows.h"
#include "records/links.h"

// The documents of accounts, as docs/openapi.yaml states them.
namespace cw::api {

std::string user_json(const records::User& user);
std::string signed_in_json(const accounts::SignedIn& signed_in);
std::string session_json(const records::Session& session, Timestamp last_used, bool is_current);
std::string api_key_json(const records::ApiKey& key, std::optional<Timestamp> last_used);
std::string invitation_json(const records::Link& link, const accounts::AccountBook& book);
std::string audit_json(const records::AuditRow& row, const accounts::AccountBook& book);

/// `null` or the number.
std::string time_json(std::optional<Timestamp> time);

/// `{"items":[…],"next":…}` of items that are JSON already; `next` none: null.
std::string list_json(const std::vector<std::string>& items, const std::optional<std::string>& next = {});

}  // namespace cw::api
