#include "records/audit_rows.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "records/core_rows.h"

namespace cw::records {
namespace {

constexpr std::string_view kSelect =
    "SELECT sequence, at, actor, action, target, before_json, after_json, outcome, address, request_id, previous_hash,"
    " hash FROM audit";

AuditRow read_row(const db::Row& row) {
  AuditRow audit;
  row.into(audit.sequence, audit.at, audit.actor, audit.action, audit.target, audit.before_json, audit.after_json,
           audit.outcome, audit.address, audit.request_id, audit.previous_hash, audit.hash);
  return audit;
}

int bounded(int limit) { return std::clamp(limit, 1, kAuditPageMost); }

/// What must hold besides, the actor as ?3 and the target as ?4: each text names only the columns that are asked for, so that an index serves it.
std::string conditions(const AuditFilter& filter) {
  return fmt::format("{} AND {}", filter.actor ? "actor = ?3" : "?3 IS NULL",
                     filter.target ? "target = ?4" : "?4 IS NULL");
}

/// The actions that begin with the filter's prefix, of its actor or target: one step in an index each, however many rows
/// there are. Of an actor and a target only the actor counts; the pages look at both.
Result<std::vector<std::string>> actions_of(db::Connection& connection, AuditFilter filter) {
  if (filter.actor) filter.target.reset();
  const std::string prefix = filter.action_prefix.value_or("");
  const auto after = [&](const char* relation, std::string_view action) {
    return connection.first<std::string>(
        fmt::format("SELECT action FROM audit WHERE action {} ?1 AND {} ORDER BY action LIMIT 1", relation,
                    conditions(filter)),
        action, nullptr, filter.actor, filter.target);
  };
  std::vector<std::string> actions;
  auto next = after(">=", prefix);
  while (next && *next && (*next)->starts_with(prefix)) {
    actions.push_back(**next);
    next = after(">", actions.back());
  }
  if (!next) return pass_on(next);
  return actions;
}

/// A range of actions is in no useful order: a page of each action that begins so, and the newest of them all.
Result<std::vector<AuditRow>> page_of_actions(db::Connection& connection, std::int64_t before, int limit,
                                              const AuditFilter& filter) {
  const auto actions = actions_of(connection, filter);
  if (!actions) return pass_on(actions);
  const auto sql = fmt::format("{} WHERE sequence < ?1 AND {} AND action = ?5 ORDER BY sequence DESC LIMIT ?2", kSelect,
                               conditions(filter));
  std::vector<AuditRow> rows;
  for (const auto& action : *actions) {
    auto page = connection.collect(sql, read_row, before, limit, filter.actor, filter.target, action);
    if (!page) return page;
    std::ranges::move(*page, std::back_inserter(rows));
    std::ranges::sort(rows, std::ranges::greater{}, &AuditRow::sequence);
    if (rows.size() > static_cast<std::size_t>(limit)) rows.resize(static_cast<std::size_t>(limit));
  }
  return rows;
}

}  // namespace

Result<void> append_audit_row(db::Connection& connection, const AuditRow& row) {
  const auto last = connection.first<std::int64_t>("SELECT coalesce(max(sequence), 0) FROM audit");
  if (!last) return pass_on(last);
  if (const auto next = last->value_or(0) + 1; row.sequence != next) {
    return fail(Errc::conflict,
                fmt::format("the audit log's next row is {}, and a row {} was given", next, row.sequence));
  }
  return expect_inserted(connection.run(
      "INSERT INTO audit (sequence, at, actor, action, target, before_json, after_json, outcome, address,"
      " request_id, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.sequence, row.at, row.actor, row.action, row.target, row.before_json, row.after_json, row.outcome,
      row.address, row.request_id, db::Blob{row.previous_hash}, db::Blob{row.hash}));
}

Result<std::optional<AuditRow>> last_audit_row(db::Connection& connection) {
  auto page = audit_page(connection, std::nullopt, 1);
  if (!page) return pass_on(page);
  if (page->empty()) return std::optional<AuditRow>{};
  return std::optional<AuditRow>{std::move(page->front())};
}

Result<std::vector<AuditRow>> audit_page(db::Connection& connection, std::optional<std::int64_t> before_sequence,
                                         int limit, const AuditFilter& filter) {
  const auto before = before_sequence.value_or(std::numeric_limits<std::int64_t>::max());
  limit = bounded(limit);
  if (filter.action_prefix && !filter.action_prefix->empty()) return page_of_actions(connection, before, limit, filter);
  return connection.collect(
      fmt::format("{} WHERE sequence < ?1 AND {} ORDER BY sequence DESC LIMIT ?2", kSelect, conditions(filter)),
      read_row, before, limit, filter.actor, filter.target);
}

Result<std::vector<AuditRow>> audit_slice(db::Connection& connection, std::int64_t from_sequence, int limit) {
  return connection.collect(fmt::format("{} WHERE sequence >= ? ORDER BY sequence LIMIT ?", kSelect), read_row,
                            from_sequence, bounded(limit));
}

}  // namespace cw::records
