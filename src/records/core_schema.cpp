#include "records/core_schema.h"

namespace cw::records {
namespace {

// A released step is never changed: what comes later is another one after it.
constexpr db::Migration kSteps[] = {
    {"accounts", R"sql(
CREATE TABLE users (
  id TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL COLLATE NOCASE UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('user', 'admin')),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  created_at INTEGER NOT NULL,
  last_login INTEGER,
  password_hash TEXT NOT NULL,
  password_changed_at INTEGER NOT NULL,
  token_version INTEGER NOT NULL,
  telegram_chat_id TEXT,
  telegram_enabled INTEGER NOT NULL CHECK (telegram_enabled IN (0, 1)),
  email_enabled INTEGER NOT NULL CHECK (email_enabled IN (0, 1)),
  totp_sealed BLOB NOT NULL,
  totp_enabled INTEGER NOT NULL CHECK (totp_enabled IN (0, 1)),
  totp_last_step INTEGER NOT NULL,
  recovery_hashes BLOB NOT NULL CHECK (length(recovery_hashes) % 32 = 0),
  settings_json TEXT NOT NULL,
  watchlist_json TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users(id),
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER,
  end_reason TEXT NOT NULL,
  generation INTEGER NOT NULL,
  rotated_at INTEGER NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions(user_id);
CREATE INDEX sessions_by_expiry ON sessions(expires_at);
CREATE INDEX sessions_by_end ON sessions(ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE api_keys (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users(id),
  name TEXT NOT NULL,
  secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX api_keys_by_user ON api_keys(user_id);

CREATE TABLE links (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('set_up', 'invitation', 'reset')),
  email TEXT COLLATE NOCASE,
  user_id TEXT REFERENCES users(id),
  role TEXT CHECK (role IN ('user', 'admin')),
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX links_by_expiry ON links(expires_at);

CREATE TABLE notes (
  key TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
)sql"},
    // An index ends in the row's number, so "newest first" of what is equal in it is read in order.
    {"audit", R"sql(
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  before_json TEXT NOT NULL,
  after_json TEXT NOT NULL,
  outcome TEXT NOT NULL,
  address TEXT NOT NULL,
  request_id TEXT NOT NULL,
  previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX audit_by_actor ON audit(actor);
CREATE INDEX audit_by_action ON audit(action);
CREATE INDEX audit_by_target ON audit(target);
CREATE INDEX audit_by_actor_and_action ON audit(actor, action);
CREATE INDEX audit_by_target_and_action ON audit(target, action);

CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM audit)
BEGIN SELECT RAISE(ABORT, 'the audit log takes rows in order'); END;
CREATE TRIGGER audit_stays_as_it_is BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_keeps_all BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log keeps every row'); END;
)sql"},
    {"layouts", R"sql(
CREATE TABLE layouts (
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  document_json TEXT NOT NULL,
  PRIMARY KEY (user_id, name)
) STRICT;
)sql"},
    {"strategies", R"sql(
CREATE TABLE strategies (
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (user_id, name, version)
) STRICT;
)sql"}};

}  // namespace

std::span<const db::Migration> core_schema() { return kSteps; }

}  // namespace cw::records
