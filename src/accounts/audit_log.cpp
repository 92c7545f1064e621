#include "accounts/audit_log.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "records/core_notes.h"

namespace cw::accounts {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr int kRowsAtOnce = 200;  // about a millisecond of the database's thread

constexpr const char* kHeadNote = "audit head";

std::string first_hash() { return std::string(kHashBytes, '\0'); }

/// Rows, and what is said of the newest one at the same moment.
struct Slice {
  std::vector<records::AuditRow> rows;
  std::optional<std::string> head;
};
Result<Slice> read_slice(db::Connection& connection, std::int64_t from) {
  auto rows = records::audit_slice(connection, from, kRowsAtOnce);
  if (!rows) return pass_on(rows);
  auto head = records::get_note(connection, kHeadNote);
  if (!head) return pass_on(head);
  return Slice{std::move(*rows), std::move(*head)};
}

}  // namespace

AuditLog::AuditLog(const MasterKey& key) : key_(bytes_of(key.derive("audit log"))) {}

/// Lengths stand before the texts, so that no two rows have the same bytes.
std::string AuditLog::hash_of(const records::AuditRow& row) const {
  std::string bytes;
  ByteWriter out{bytes};
  out.put_text(row.previous_hash);
  out.put(row.sequence);
  out.put(to_ms(row.at));
  for (const std::string* text : {&row.actor, &row.action, &row.target, &row.outcome, &row.before_json, &row.after_json,
                                  &row.address, &row.request_id})
    out.put_text(*text);
  return std::string{bytes_of(key_.sign(bytes))};
}

std::string AuditLog::head_seal(std::int64_t sequence, std::string_view hash) const {
  return std::string{bytes_of(key_.sign(fmt::format("newest {} ", sequence).append(hash)))};
}

Result<records::AuditRow> AuditLog::append(db::Connection& connection, const AuditEvent& event, Timestamp now) const {
  const auto last = records::last_audit_row(connection);
  if (!last) return pass_on(last);
  records::AuditRow row;
  row.sequence = *last ? (*last)->sequence + 1 : 1;
  row.at = now;
  row.actor = event.origin.actor;
  row.action = event.action;
  row.target = event.target;
  row.outcome = event.outcome;
  row.before_json = event.before_json;
  row.after_json = event.after_json;
  row.address = event.origin.address;
  row.request_id = event.origin.request_id;
  row.previous_hash = *last ? (*last)->hash : first_hash();
  row.hash = hash_of(row);
  if (const auto appended = records::append_audit_row(connection, row); !appended) return pass_on(appended);
  const auto sealed = records::put_note(connection, kHeadNote, head_seal(row.sequence, row.hash));
  if (!sealed) return pass_on(sealed);
  return row;
}

Result<AuditLog::Verdict> AuditLog::verify(db::Database& database, const std::function<bool()>& is_cancelled) const {
  Verdict verdict;
  std::string previous = first_hash();
  for (std::int64_t next = 1;;) {
    if (is_cancelled()) return fail(Errc::cancelled, "stopped before the end of the audit log");
    const auto slice = database.read([next](db::Connection& connection) { return read_slice(connection, next); });
    if (!slice) return pass_on(slice);
    const auto broken = [&](std::string reason) {
      verdict.broken_at = next;
      verdict.reason = std::move(reason);
      return verdict;
    };
    for (const records::AuditRow& row : slice->rows) {
      if (row.sequence != next) return broken(fmt::format("entry {} is missing", next));
      if (row.previous_hash != previous) return broken("it does not follow from the entry before");
      if (row.hash != hash_of(row)) return broken("what it says was changed");
      previous = row.hash;
      verdict.head = row.hash;
      ++verdict.rows;
      ++next;
    }
    if (slice->rows.size() == static_cast<std::size_t>(kRowsAtOnce)) continue;
    const bool is_whole = slice->head ? *slice->head == head_seal(verdict.rows, verdict.head) : verdict.rows == 0;
    return is_whole ? verdict : broken("this entry, and perhaps more, was cut off");
  }
}

}  // namespace cw::accounts
