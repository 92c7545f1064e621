#include "records/links.h"

#include "records/core_rows.h"

namespace cw::records {
namespace {

Result<Link> read_link(const db::Row& row) {
  Link link;
  std::string_view kind;
  std::optional<std::string_view> role;
  row.into(link.id, kind, link.email, link.user_id, role, link.created_by, link.created_at, link.expires_at,
           link.used_at, link.revoked_at);
  const auto known = parse_link_kind(kind);
  if (!known) return unknown_word("links", "kind");
  link.kind = *known;
  if (role) {
    link.role = parse_role(*role);
    if (!link.role) return unknown_word("links", "role");
  }
  return link;
}

/// Runs a statement whose values are the link's fields in the order of the table.
Result<std::int64_t> run_with(db::Connection& connection, std::string_view sql, const Link& link) {
  std::optional<std::string_view> role;
  if (link.role) role = name(*link.role);
  return connection.run(sql, link.id, name(link.kind), link.email, link.user_id, role, link.created_by, link.created_at,
                        link.expires_at, link.used_at, link.revoked_at);
}

}  // namespace

std::string_view name(LinkKind kind) {
  switch (kind) {
    case LinkKind::set_up: return "set_up";
    case LinkKind::invitation: return "invitation";
    case LinkKind::reset: return "reset";
  }
  return "reset";
}

std::optional<LinkKind> parse_link_kind(std::string_view word) {
  for (const LinkKind kind : {LinkKind::set_up, LinkKind::invitation, LinkKind::reset}) {
    if (word == name(kind)) return kind;
  }
  return std::nullopt;
}

Result<void> insert_link(db::Connection& connection, const Link& link) {
  return expect_inserted(run_with(connection,
                                  "INSERT INTO links (id, kind, email, user_id, role, created_by, created_at,"
                                  " expires_at, used_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                  link));
}

Result<void> update_link(db::Connection& connection, const Link& link) {
  return expect_one(
      run_with(connection,
               "UPDATE links SET kind = ?2, email = ?3, user_id = ?4, role = ?5, created_by = ?6, created_at = ?7,"
               " expires_at = ?8, used_at = ?9, revoked_at = ?10 WHERE id = ?1",
               link),
      "link");
}

Result<std::optional<Link>> find_link(db::Connection& connection, std::string_view id) {
  auto found = connection.collect(
      "SELECT id, kind, email, user_id, role, created_by, created_at, expires_at, used_at, revoked_at FROM links"
      " WHERE id = ?",
      read_link, id);
  if (!found) return pass_on(found);
  if (found->empty()) return std::optional<Link>{};
  return std::optional<Link>{std::move(found->front())};
}

Result<std::vector<Link>> open_links(db::Connection& connection, Timestamp now, std::optional<LinkKind> kind) {
  std::optional<std::string_view> word;
  if (kind) word = name(*kind);
  return connection.collect(
      "SELECT id, kind, email, user_id, role, created_by, created_at, expires_at, used_at, revoked_at FROM links"
      " WHERE used_at IS NULL AND revoked_at IS NULL AND expires_at > ?1 AND (?2 IS NULL OR kind = ?2)"
      " ORDER BY created_at, id",
      read_link, now, word);
}

}  // namespace cw::records
