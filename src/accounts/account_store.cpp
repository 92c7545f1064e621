#include "accounts/account_store.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "accounts/encoding.h"
#include "records/core_notes.h"
#include "records/core_schema.h"

namespace cw::accounts {
namespace {

constexpr const char* kInstallationNote = "installation";
constexpr const char* kKeyCheckNote = "key check";

// Refusals come from strangers, so that their entries are bounded: a burst, then so many a minute.
constexpr double kRefusalBurst = 200;
constexpr double kRefusalsPerMinute = 30;

constexpr Millis kUseGrain = std::chrono::minutes{1};
constexpr Millis kSessionsKept = std::chrono::days{30};

std::string key_check(const MasterKey& key, const std::string& installation) {
  return std::string{bytes_of(HmacKey{bytes_of(key.derive("key check"))}.sign(installation))};
}

struct Identity {
  std::optional<std::string> installation;
  std::optional<std::string> check;
};

Result<Identity> read_identity(db::Database& database) {
  return database.read([](db::Connection& connection) -> Result<Identity> {
    auto installation = records::get_note(connection, kInstallationNote);
    if (!installation) return pass_on(installation);
    auto check = records::get_note(connection, kKeyCheckNote);
    if (!check) return pass_on(check);
    return Identity{std::move(*installation), std::move(*check)};
  });
}

Result<void> write_identity(db::Database& database, const std::string& installation, const std::string& check) {
  return database.write([&](db::Connection& connection) -> Result<void> {
    if (const auto put = records::put_note(connection, kInstallationNote, installation); !put) return put;
    return records::put_note(connection, kKeyCheckNote, check);
  });
}

/// The first start makes the key; every later one needs the same.
Result<MasterKey> key_for(const Identity& identity, const std::filesystem::path& file,
                          const std::filesystem::path& database) {
  if (!identity.check) return MasterKey::load_or_create(file);
  auto key = MasterKey::load(file);
  if (!key) {
    if (key.error().code != Errc::not_found) return key;
    return fail(Errc::not_found,
                fmt::format("the key file {} is missing, and {} was made with it; restore it from where you keep your "
                            "backups. Without it nobody can sign in and stored secrets cannot be read",
                            file.native(), database.native()));
  }
  if (!constant_time_equal(key_check(*key, *identity.installation), *identity.check)) {
    return fail(Errc::corrupt,
                fmt::format("the key file {} is not the one that {} was made with; restore the right one "
                            "from where you keep your backups",
                            file.native(), database.native()));
  }
  return key;
}

template <class Row, class Write>
Result<void> write_all(const std::vector<Row>& rows, db::Connection& connection, Write write) {
  for (const Row& row : rows) {
    if (auto written = write(connection, row); !written) return written;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<AccountStore>> AccountStore::open(const std::filesystem::path& folder, Clock& clock,
                                                         Logger& logger, Metrics& metrics) {
  const std::filesystem::path file = folder / "core.db";
  auto database = db::Database::open(file, records::core_schema(), logger, metrics);
  if (!database) return pass_on(database);
  auto identity = read_identity(**database);
  if (!identity) return pass_on(identity);
  auto key = key_for(*identity, folder / "secret.key", file);
  if (!key) return pass_on(key);
  if (!identity->check) {
    identity->installation = random_id("i_");
    const auto written = write_identity(**database, *identity->installation, key_check(*key, *identity->installation));
    if (!written) return pass_on(written);
  }
  std::unique_ptr<AccountStore> store{new AccountStore{std::move(*key), std::move(*database), clock, logger, metrics}};
  store->installation_ = *identity->installation;
  if (const auto loaded = store->load(); !loaded) return pass_on(loaded);
  return store;
}

AccountStore::AccountStore(MasterKey key, std::unique_ptr<db::Database> database, Clock& clock, Logger& logger,
                           Metrics& metrics)
    : key_(std::move(key)),
      audit_(key_),
      clock_(clock),
      logger_(logger),
      changes_(
          metrics.counter("candlewick_accounts_changes_total", "Changes of accounts, sessions, keys and settings.")),
      not_listed_counter_(metrics.counter("candlewick_audit_not_listed_total",
                                          "Refusals that were counted but not listed in the audit log.")),
      access_refusals_{kRefusalBurst},
      other_refusals_{kRefusalBurst},
      database_(std::move(database)) {}

AccountStore::~AccountStore() = default;

Result<void> AccountStore::load() {
  struct Rows {
    std::vector<records::User> users;
    std::vector<records::Session> sessions;
    std::vector<records::ApiKey> keys;
  };
  const Timestamp now = clock_.now();
  forget_old_sessions(now);
  auto rows = database_->read([now](db::Connection& connection) -> Result<Rows> {
    auto users = records::all_users(connection);
    if (!users) return pass_on(users);
    auto sessions = records::live_sessions(connection, now);
    if (!sessions) return pass_on(sessions);
    auto keys = records::live_api_keys(connection, now);
    if (!keys) return pass_on(keys);
    return Rows{std::move(*users), std::move(*sessions), std::move(*keys)};
  });
  if (!rows) return pass_on(rows);
  book_.load(std::move(rows->users), std::move(rows->sessions), std::move(rows->keys));
  return {};
}

/// What ended long ago is of no use to anybody; the audit log still tells of it.
void AccountStore::forget_old_sessions(Timestamp now) {
  for (std::int64_t removed = records::kPrunedMost; removed == records::kPrunedMost;) {
    const auto pruned = database_->write(
        [&](db::Connection& connection) { return records::prune_sessions(connection, now - kSessionsKept); });
    removed = pruned.value_or(0);
    if (!pruned) logger_.warn("old sessions not removed", {{"reason", std::string_view{pruned.error().message}}});
  }
}

Result<void> AccountStore::change(const Plan& plan) {
  std::vector<std::string> revoked_of;
  {
    const std::scoped_lock lock{changing_};
    auto planned = plan();
    if (!planned) return pass_on(planned);
    if (planned->is_empty()) return {};
    std::vector<records::AuditRow> written;
    const auto done = database_->write([&](db::Connection& connection) -> Result<void> {
      written.clear();
      return write(connection, *planned, written);
    });
    if (!done) return done;
    for (const auto& row : written) log(row);
    apply(*planned);
    revoked_of = std::move(planned->revoked_of);
  }
  changes_.add();
  for (const std::string& user_id : revoked_of) on_revoked(user_id);
  return {};
}

Result<void> AccountStore::write(db::Connection& connection, const Change& change,
                                 std::vector<records::AuditRow>& written) {
  if (auto done = write_all(change.new_users, connection, records::insert_user); !done) return done;
  if (auto done = write_all(change.users, connection, records::update_user); !done) return done;
  if (auto done = write_all(change.new_sessions, connection, records::insert_session); !done) return done;
  if (auto done = write_all(change.sessions, connection, records::update_session); !done) return done;
  if (auto done = write_all(change.new_keys, connection, records::insert_api_key); !done) return done;
  if (auto done = write_all(change.keys, connection, records::update_api_key); !done) return done;
  if (auto done = write_all(change.new_links, connection, records::insert_link); !done) return done;
  if (auto done = write_all(change.links, connection, records::update_link); !done) return done;
  if (auto done = write_all(change.layouts, connection, records::put_layout); !done) return done;
  for (const records::Layout& layout : change.gone_layouts) {
    if (auto done = records::delete_layout(connection, layout.user_id, layout.name); !done) return done;
  }
  if (auto done = write_all(change.strategies, connection, records::add_strategy_version); !done) return done;
  for (const records::StrategyVersion& version : change.strategies) {
    if (auto done = records::limit_strategy_versions(connection, version.user_id, version.name, kStrategyVersionsMost);
        !done)
      return done;
  }
  for (const records::StrategyVersion& version : change.gone_strategies) {
    if (auto done = records::delete_strategy(connection, version.user_id, version.name); !done) return done;
  }
  const Timestamp now = clock_.now();
  for (const AuditEvent& event : change.events) {
    auto row = audit_.append(connection, event, now);
    if (!row) return pass_on(row);
    written.push_back(std::move(*row));
  }
  return {};
}

void AccountStore::apply(Change& change) {
  for (auto* users : {&change.new_users, &change.users}) {
    for (auto& user : *users) book_.put(std::move(user));
  }
  for (auto* sessions : {&change.new_sessions, &change.sessions}) {
    for (auto& session : *sessions) book_.put(std::move(session));
  }
  for (auto* keys : {&change.new_keys, &change.keys}) {
    for (auto& key : *keys) book_.put(std::move(key));
  }
}

void AccountStore::log(const records::AuditRow& row) {
  const std::string hash = to_hex(row.hash);
  logger_.info("audit", {{"sequence", row.sequence},
                         {"actor", std::string_view{row.actor}},
                         {"action", std::string_view{row.action}},
                         {"outcome", std::string_view{row.outcome}},
                         {"address", std::string_view{row.address}},
                         {"request_id", std::string_view{row.request_id}},
                         {"hash", std::string_view{hash}}});
}

Result<void> AccountStore::save_uses() {
  return change([this]() -> Result<Change> {
    auto uses = book_.unsaved_uses(kUseGrain);
    Change change;
    change.sessions = std::move(uses.sessions);
    change.keys = std::move(uses.keys);
    return change;
  });
}

/// -1 where the refusal is over the allowance; else how many were left out since the last that was listed.
std::int64_t AccountStore::allow_refusal(Allowance& allowance, Timestamp now) {
  const std::scoped_lock lock{refusing_};
  const double minutes = std::max(0.0, static_cast<double>((now - allowance.at).count()) / 60'000);
  allowance.left = std::min(kRefusalBurst, allowance.left + minutes * kRefusalsPerMinute);
  allowance.at = now;
  if (allowance.left < 1) {
    ++allowance.not_listed;
    not_listed_counter_.add();
    return -1;
  }
  allowance.left -= 1;
  return std::exchange(allowance.not_listed, 0);
}

void AccountStore::refused(AuditEvent event) {
  const Timestamp now = clock_.now();
  const std::int64_t not_listed = allow_refusal(event.action == "access" ? access_refusals_ : other_refusals_, now);
  if (not_listed < 0) return;
  if (not_listed > 0 && event.after_json.empty()) event.after_json = fmt::format(R"({{"not_listed":{}}})", not_listed);
  database_->post_write([this, event = std::move(event), now](db::Connection& connection) -> Result<void> {
    const auto row = audit_.append(connection, event, now);
    if (!row) return pass_on(row);
    log(*row);
    return {};
  });
}

Result<std::optional<records::Link>> AccountStore::link(const std::string& id) {
  return database_->read([&](db::Connection& connection) { return records::find_link(connection, id); });
}

Result<std::vector<records::Link>> AccountStore::open_links(std::optional<records::LinkKind> kind) {
  const Timestamp now = clock_.now();
  return database_->read([&](db::Connection& connection) { return records::open_links(connection, now, kind); });
}

Result<std::vector<records::Layout>> AccountStore::layouts_of(const std::string& user_id) {
  return database_->read([&](db::Connection& connection) { return records::layouts_of(connection, user_id); });
}

Result<std::optional<records::Layout>> AccountStore::layout(const std::string& user_id, const std::string& name) {
  return database_->read([&](db::Connection& connection) { return records::find_layout(connection, user_id, name); });
}

Result<std::int64_t> AccountStore::count_layouts(const std::string& user_id) {
  return database_->read([&](db::Connection& connection) { return records::count_layouts(connection, user_id); });
}

/// Refusals are appended without a wait; whoever reads the log next wants to see them. That a write fails that shares
/// theirs is not the reader's affair.
void AccountStore::wait_for_refusals() {
  (void)database_->write([](db::Connection&) -> Result<void> { return {}; });
}

Result<std::vector<records::AuditRow>> AccountStore::audit_page(const records::AuditFilter& filter,
                                                                std::optional<std::int64_t> before, int limit) {
  wait_for_refusals();
  return database_->read(
      [&](db::Connection& connection) { return records::audit_page(connection, before, limit, filter); });
}

Result<AuditLog::Verdict> AccountStore::verify_audit(const std::function<bool()>& is_cancelled) {
  wait_for_refusals();
  return audit_.verify(*database_, is_cancelled);
}

}  // namespace cw::accounts
