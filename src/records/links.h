#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/connection.h"
#include "records/users.h"

namespace cw::records {

enum class LinkKind { set_up, invitation, reset };

/// "set_up", "invitation", "reset".
std::string_view name(LinkKind kind);
std::optional<LinkKind> parse_link_kind(std::string_view word);

/// A link that is good once, until it expires: the first administrator's set-up, an invitation, a password reset.
struct Link {
  std::string id{};
  LinkKind kind = LinkKind::set_up;
  std::optional<std::string> email{};    // whom an invitation is for, where that is fixed
  std::optional<std::string> user_id{};  // whose password a reset sets
  std::optional<Role> role{};            // what the invited one becomes
  std::string created_by{};              // a user's id, or a word such as "server"
  Timestamp created_at{};
  Timestamp expires_at{};
  std::optional<Timestamp> used_at{};
  std::optional<Timestamp> revoked_at{};

  friend bool operator==(const Link&, const Link&) = default;
};

/// Errors  conflict on the id, not_found where there is no such user
Result<void> insert_link(db::Connection& connection, const Link& link);

/// Writes every field of the link with this id. Errors  not_found
Result<void> update_link(db::Connection& connection, const Link& link);

/// The link with this id, whatever its state; none where there is none.
Result<std::optional<Link>> find_link(db::Connection& connection, std::string_view id);

/// Those that can be used at `now` (not used, not revoked, not expired), of one kind where it is given; oldest first.
Result<std::vector<Link>> open_links(db::Connection& connection, Timestamp now, std::optional<LinkKind> kind = {});

}  // namespace cw::records
