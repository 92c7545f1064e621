#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/require.h"
#include "base/time.h"
#include "db/connection.h"
#include "db/migrations.h"
#include "db/testing.h"
#include "db/transaction.h"
#include "records/core_schema.h"
#include "records/users.h"

namespace cw::records::testing {

/// 2025-06-01T00:00:00Z and so many seconds.
constexpr Timestamp at(std::int64_t seconds) { return from_ms(1'748'736'000'000 + seconds * 1'000); }

/// An empty `core.db` of one test.
struct Core {
  Core() { CW_REQUIRE(db::migrate(*connection, core_schema()).has_value()); }
  /// Lets go of the file and opens it again.
  void reopen() {
    connection.reset();
    connection = db::Connection::open(folder / "core.db").value();
  }
  operator db::Connection&() { return *connection; }
  /// Many writes with one sync of the disk: what `fill` does is committed at its end.
  template <class Fill>
  void at_once(Fill&& fill) {
    auto transaction = db::Transaction::begin(*connection).value();
    fill();
    CW_REQUIRE(transaction.commit().has_value());
  }

  db::testing::TemporaryFolder folder;
  std::unique_ptr<db::Connection> connection = db::Connection::open(folder / "core.db").value();
};

/// A user with nothing but what must be unique.
inline User plain_user(std::string id) {
  User user;
  user.email = id + "@example.com";
  user.id = std::move(id);
  user.created_at = at(0);
  user.settings_json = "{}";
  user.watchlist_json = "[]";
  return user;
}

/// Texts that a careless program trips over.
inline std::vector<std::string> hostile_texts() {
  return {"'; DROP TABLE users; --",    "\"double\" 'single' `back` \\ %s ? ?1 :name @name $name",
          {"before\0after", 12},        "\xf0\x9f\x95\xaf\xef\xb8\x8f \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
          "line\r\nbreak\ttab\x1b[31m", std::string(65'536, 'x')};
}

}  // namespace cw::records::testing
