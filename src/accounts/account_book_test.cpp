#include "accounts/account_book.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/email_address.h"
#include "base/random.h"

namespace cw::accounts {
namespace {

using records::Role;

constexpr int kUsers = 6, kSessions = 12, kKeys = 8;

/// What the book should say, by looking through everything each time.
struct Model {
  std::map<std::string, records::User> users;
  std::map<std::string, records::Session> sessions;  // that were put and not ended
  std::map<std::string, records::ApiKey> keys;

  std::expected<std::string, Errc> person(const std::string& user_id, const std::string& session_id,
                                          std::int64_t version, Timestamp now) const {
    if (!sessions.contains(session_id) || !users.contains(user_id)) return std::unexpected(Errc::session_ended);
    const auto& session = sessions.at(session_id);
    const auto& user = users.at(user_id);
    const bool good =
        user.active && session.user_id == user_id && session.expires_at > now && user.token_version == version;
    if (!good) return std::unexpected(Errc::session_ended);
    return session_id;
  }
  std::expected<std::string, Errc> program(const std::string& id, const std::string& hash, Timestamp now) const {
    if (!keys.contains(id) || keys.at(id).secret_hash != hash) return std::unexpected(Errc::invalid_token);
    const auto& key = keys.at(id);
    if (key.expires_at && *key.expires_at <= now) return std::unexpected(Errc::token_expired);
    if (!users.contains(key.user_id) || !users.at(key.user_id).active) return std::unexpected(Errc::session_ended);
    return id;
  }
  std::vector<std::string> live_sessions_of(const std::string& user_id, Timestamp now) const {
    std::vector<std::string> ids;
    for (const auto& [id, session] : sessions) {
      if (session.user_id == user_id && session.expires_at > now) ids.push_back(id);
    }
    return ids;
  }
};

std::string user_id(std::uint64_t i) { return fmt::format("u_{}", i); }
std::string hash_of(std::uint64_t i) { return std::string(32, static_cast<char>('a' + i)); }

/// Random changes to book and model alike.
struct World {
  explicit World(std::uint64_t seed) : random(seed) {}

  void change() {
    now += Millis{random.below(2'000)};
    switch (random.below(3)) {
      case 0: return put_user();
      case 1: return put_session();
      default: return put_key();
    }
  }
  void put_user() {
    records::User user;
    const auto i = random.below(kUsers);
    user.id = user_id(i);
    user.email = fmt::format("{}{}@example.org", random.chance(0.5) ? "User" : "user", i);
    user.role = random.chance(0.3) ? Role::admin : Role::user;
    user.active = random.chance(0.8);
    user.token_version = static_cast<std::int64_t>(random.below(2));
    model.users[user.id] = user;
    book.put(std::move(user));
  }
  void put_session() {
    records::Session session;
    const auto i = random.below(kSessions);
    session.id = fmt::format("s_{}", i);
    session.user_id = user_id(i % kUsers);
    session.last_used_at = now;
    session.expires_at = now + Millis{random.below(20'000)};
    if (random.chance(0.3)) session.ended_at = now;
    if (session.ended_at) {
      model.sessions.erase(session.id);
    } else {
      model.sessions[session.id] = session;
    }
    book.put(std::move(session));
  }
  void put_key() {
    records::ApiKey key;
    const auto i = random.below(kKeys);
    key.id = fmt::format("k_{}", i);
    key.user_id = user_id(i % kUsers);
    key.secret_hash = hash_of(i);
    key.scopes = "read";
    key.created_at = now;
    if (random.chance(0.5)) key.expires_at = now + Millis{random.below(20'000)};
    if (random.chance(0.3)) key.revoked_at = now;
    if (key.revoked_at) {
      model.keys.erase(key.id);
    } else {
      model.keys[key.id] = key;
    }
    book.put(std::move(key));
  }

  void compare() {
    for (int i = 0; i < kSessions; ++i) {
      const std::string id = fmt::format("s_{}", i);
      for (const auto owner : {i % kUsers, (i + 1) % kUsers}) {
        for (const std::int64_t version : {0, 1}) {
          const auto given = book.person(user_id(static_cast<std::uint64_t>(owner)), id, version, now);
          const auto wanted = model.person(user_id(static_cast<std::uint64_t>(owner)), id, version, now);
          ASSERT_EQ(given.has_value(), wanted.has_value());
          if (given) ASSERT_EQ(given->session->id, id);
          if (given) ASSERT_EQ(given->scopes.admin, given->user->role == Role::admin);
          if (given) ASSERT_TRUE(book.still_holds(*given, now));
        }
      }
    }
    for (std::uint64_t i = 0; i < kKeys; ++i) {
      for (const auto& hash : {hash_of(i), hash_of(i + 1), std::string{}}) {
        const auto given = book.program(fmt::format("k_{}", i), hash, now);
        const auto wanted = model.program(fmt::format("k_{}", i), hash, now);
        ASSERT_EQ(given.has_value(), wanted.has_value());
        if (!given) ASSERT_EQ(given.error(), wanted.error());
        if (given) ASSERT_TRUE(book.still_holds(*given, now));
      }
    }
    compare_lists();
  }
  void compare_lists() {
    std::size_t admins = 0;
    for (const auto& [id, user] : model.users) {
      admins += user.active && user.role == Role::admin ? 1 : 0;
      ASSERT_EQ(*book.user(id), user);
      ASSERT_EQ(book.user_by_email(email_key(user.email))->id, id);
      std::vector<std::string> sessions;
      for (const auto& session : book.sessions_of(id, now)) sessions.push_back(session->id);
      ASSERT_THAT(sessions, ::testing::UnorderedElementsAreArray(model.live_sessions_of(id, now)));
      std::vector<std::string> keys;
      for (const auto& key : book.keys_of(id)) keys.push_back(key->id);
      const auto wanted =
          std::ranges::count_if(model.keys, [&](const auto& item) { return item.second.user_id == id; });
      ASSERT_EQ(keys.size(), static_cast<std::size_t>(wanted));
    }
    ASSERT_EQ(book.users(), model.users.size());
    ASSERT_EQ(book.active_admins(), admins);
  }

  Random random;
  Timestamp now = from_ms(1'748'736'000'000);
  AccountBook book;
  Model model;
};

TEST(AccountBook, AnswersLikeANaiveModelAfterAnyChanges) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    World world{seed};
    for (int step = 0; step < 150; ++step) {
      world.change();
      ASSERT_NO_FATAL_FAILURE(world.compare()) << "step " << step;
    }
  }
}

/// A book of 25 accounts, of which every fifth is an administrator and every fourth disabled.
struct Listing : ::testing::Test {
  Listing() {
    for (std::uint64_t i = 0; i < 25; ++i) {
      records::User user;
      user.id = user_id(i);
      user.email = fmt::format("{}{:02}@example.org", i % 2 == 0 ? "Even" : "odd", i);
      user.role = i % 5 == 0 ? Role::admin : Role::user;
      user.active = i % 4 != 0;
      book.put(std::move(user));
    }
  }
  /// All pages of `limit`.
  std::vector<std::string> all(const UserFilter& filter, std::size_t limit, std::size_t total) {
    std::vector<std::string> emails;
    std::string after;
    for (;;) {
      const UserPage page = book.list(filter, after, limit);
      EXPECT_EQ(page.total, total);
      EXPECT_LE(page.items.size(), limit);
      for (const auto& user : page.items) emails.push_back(email_key(user->email));
      if (!page.next) return emails;
      after = *page.next;
    }
  }
  AccountBook book;
};

TEST_F(Listing, GivesEachAccountOnceInTheOrderOfAddressesWhateverThePage) {
  const auto whole = all({}, 1'000, 25);
  EXPECT_EQ(whole.size(), 25U);
  EXPECT_TRUE(std::ranges::is_sorted(whole));
  for (const std::size_t limit : {1UL, 2UL, 5UL, 24UL, 25UL, 26UL}) EXPECT_EQ(all({}, limit, 25), whole) << limit;
}

TEST_F(Listing, FiltersBeforeItCountsAndCuts) {
  EXPECT_EQ(all({.role = Role::admin}, 2, 5).size(), 5U);
  EXPECT_EQ(all({.active = false}, 3, 7).size(), 7U);
  EXPECT_EQ(all({.role = Role::admin, .active = true}, 1, 3).size(), 3U);
  EXPECT_EQ(all({.search = "EVEN"}, 4, 13).size(), 13U);
  EXPECT_EQ(all({.search = "07@"}, 4, 1), (std::vector<std::string>{"odd07@example.org"}));
  EXPECT_TRUE(all({.search = "nobody"}, 4, 0).empty());
}

TEST(AccountBook, ListsSessionsByTheirLastUse) {
  AccountBook book;
  const Timestamp start = from_ms(1'748'736'000'000);
  records::User user;
  user.id = "u_1";
  user.email = "ada@example.org";
  book.put(std::move(user));
  for (int i = 0; i < 3; ++i) {
    records::Session session;
    session.id = fmt::format("s_{}", i);
    session.user_id = "u_1";
    session.last_used_at = start + Millis{i};
    session.expires_at = start + Millis{100'000};
    book.put(std::move(session));
  }
  ASSERT_TRUE(book.person("u_1", "s_0", 0, start + Millis{50}));
  std::vector<std::string> ids;
  for (const auto& session : book.sessions_of("u_1", start)) ids.push_back(session->id);
  EXPECT_EQ(ids, (std::vector<std::string>{"s_0", "s_2", "s_1"}));
  EXPECT_EQ(book.last_used("s_0"), start + Millis{50});
  EXPECT_EQ(book.last_used("s_1"), start + Millis{1});
  EXPECT_EQ(book.last_used("s_9"), std::nullopt);
}

}  // namespace
}  // namespace cw::accounts
