#include "records/audit_rows.h"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "records/core_testing.h"

namespace cw::records {
namespace {

using testing::at;
using testing::Core;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

AuditRow row_of(std::int64_t sequence, std::string actor = "ada", std::string action = "session.sign_in",
                std::string target = "ada") {
  AuditRow row;
  row.sequence = sequence;
  row.at = at(sequence);
  row.actor = std::move(actor);
  row.action = std::move(action);
  row.target = std::move(target);
  row.after_json = R"({"role":"admin"})";
  row.outcome = "done";
  row.address = "192.0.2.7";
  row.request_id = fmt::format("r{}", sequence);
  row.previous_hash = std::string(32, static_cast<char>(sequence - 1));
  row.hash = std::string(32, static_cast<char>(sequence));
  return row;
}

std::vector<std::int64_t> numbers(const Result<std::vector<AuditRow>>& rows) {
  std::vector<std::int64_t> found;
  for (const auto& row : rows.value()) found.push_back(row.sequence);
  return found;
}

TEST(AuditRows, ComeBackAsTheyWere) {
  Core core;
  EXPECT_EQ(last_audit_row(core).value(), std::nullopt);
  ASSERT_TRUE(append_audit_row(core, row_of(1)));
  ASSERT_TRUE(append_audit_row(core, row_of(2)));
  core.reopen();
  EXPECT_EQ(last_audit_row(core).value(), row_of(2));
  EXPECT_THAT(audit_slice(core, 1, 10).value(), ElementsAre(row_of(1), row_of(2)));
}

TEST(AuditRows, AreAppendedOneAfterTheOther) {
  Core core;
  EXPECT_EQ(append_audit_row(core, row_of(0)).error().code, Errc::conflict);
  EXPECT_EQ(append_audit_row(core, row_of(2)).error().code, Errc::conflict);
  ASSERT_TRUE(append_audit_row(core, row_of(1)));
  const auto again = append_audit_row(core, row_of(1));
  EXPECT_EQ(again.error().code, Errc::conflict);
  EXPECT_THAT(again.error().message, HasSubstr("next row is 2, and a row 1 was given"));
  auto cut = row_of(2);
  cut.hash.pop_back();
  EXPECT_EQ(append_audit_row(core, cut).error().code, Errc::bad_input);
}

TEST(AuditRows, AreNeverChangedOrRemoved) {
  Core core;
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(append_audit_row(core, row_of(i)));
  const auto& c = core.connection;
  for (const std::string_view sql :
       {"UPDATE audit SET outcome = 'refused' WHERE sequence = 2", "DELETE FROM audit WHERE sequence = 3",
        "DELETE FROM audit", "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE sequence = 3",
        "REPLACE INTO audit (sequence, at, actor, action, target, before_json, after_json, outcome, address, "
        "request_id,"
        " previous_hash, hash) SELECT 2, at, 'eve', action, target, before_json, after_json, outcome, address,"
        " request_id, previous_hash, hash FROM audit WHERE sequence = 3",
        "INSERT INTO audit SELECT NULL, at, actor, action, target, before_json, after_json, outcome, address,"
        " request_id, previous_hash, hash FROM audit WHERE sequence = 3"}) {
    const auto refused = c->run(sql);
    ASSERT_FALSE(refused) << sql;
    EXPECT_EQ(refused.error().code, Errc::unsupported) << sql;
    EXPECT_THAT(refused.error().message, HasSubstr("the audit log")) << sql;
  }
  EXPECT_THAT(audit_slice(core, 1, 10).value(), ElementsAre(row_of(1), row_of(2), row_of(3)));
}

TEST(AuditRows, ArePagedNewestFirst) {
  Core core;
  for (int i = 1; i <= 7; ++i) ASSERT_TRUE(append_audit_row(core, row_of(i)));
  EXPECT_THAT(numbers(audit_page(core, std::nullopt, 3)), ElementsAre(7, 6, 5));
  EXPECT_THAT(numbers(audit_page(core, 5, 3)), ElementsAre(4, 3, 2));
  EXPECT_THAT(numbers(audit_page(core, 2, 3)), ElementsAre(1));
  EXPECT_THAT(numbers(audit_page(core, 1, 3)), IsEmpty());
  EXPECT_THAT(numbers(audit_page(core, std::nullopt, -5)), ElementsAre(7));
  EXPECT_THAT(numbers(audit_slice(core, 6, 3)), ElementsAre(6, 7));
  EXPECT_THAT(numbers(audit_slice(core, 2, 2)), ElementsAre(2, 3));
}

TEST(AuditRows, AreFoundByActorActionAndTarget) {
  Core core;
  ASSERT_TRUE(append_audit_row(core, row_of(1, "ada", "session.sign_in", "ada")));
  ASSERT_TRUE(append_audit_row(core, row_of(2, "bob", "session.sign_in", "bob")));
  ASSERT_TRUE(append_audit_row(core, row_of(3, "ada", "user.disable", "bob")));
  ASSERT_TRUE(append_audit_row(core, row_of(4, "ada", "session.end", "bob")));
  ASSERT_TRUE(append_audit_row(core, row_of(5, "server", "sessions", "")));
  const auto page = [&](const AuditFilter& filter) { return numbers(audit_page(core, std::nullopt, 10, filter)); };
  EXPECT_THAT(page({.actor = "ada"}), ElementsAre(4, 3, 1));
  EXPECT_THAT(page({.target = "bob"}), ElementsAre(4, 3, 2));
  EXPECT_THAT(page({.action_prefix = "session."}), ElementsAre(4, 2, 1));
  EXPECT_THAT(page({.action_prefix = "session"}), ElementsAre(5, 4, 2, 1));
  EXPECT_THAT(page({.action_prefix = "user.disable"}), ElementsAre(3));
  EXPECT_THAT(page({.action_prefix = ""}), ElementsAre(5, 4, 3, 2, 1));
  EXPECT_THAT(page({.action_prefix = "%"}), IsEmpty());
  EXPECT_THAT(page({.target = ""}), ElementsAre(5));
  EXPECT_THAT(page({.actor = "ada", .action_prefix = "session.", .target = "bob"}), ElementsAre(4));
  EXPECT_THAT(numbers(audit_page(core, 4, 1, {.action_prefix = "session."})), ElementsAre(2));
}

// Against the plainest way to do it: all rows, one after the other.
TEST(AuditRows, ArePagedAsReadingThemAllWould) {
  constexpr std::uint64_t kSeed = 20'250'601;
  SCOPED_TRACE(fmt::format("seed {}", kSeed));
  Core core;
  Random random{kSeed};
  const std::vector<std::string> words{"a", "a.b", "a.c", "ab", "b", "b.a", ""};
  const auto word = [&] { return words[random.below(words.size())]; };
  std::vector<AuditRow> rows;
  core.at_once([&] {
    for (int i = 1; i <= 200; ++i) {
      rows.push_back(row_of(i, word(), word(), word()));
      ASSERT_TRUE(append_audit_row(core, rows.back()));
    }
  });
  std::ranges::reverse(rows);
  for (int round = 0; round < 300; ++round) {
    AuditFilter filter;
    if (random.below(2) == 0) filter.actor = word();
    if (random.below(2) == 0) filter.action_prefix = word();
    if (random.below(2) == 0) filter.target = word();
    const auto before = static_cast<std::int64_t>(random.below(220));
    const int limit = 1 + static_cast<int>(random.below(12));
    std::vector<AuditRow> expected;
    for (const auto& row : rows) {
      if (row.sequence < before && row.actor == filter.actor.value_or(row.actor) &&
          row.action.starts_with(filter.action_prefix.value_or("")) &&
          row.target == filter.target.value_or(row.target) && expected.size() < static_cast<std::size_t>(limit)) {
        expected.push_back(row);
      }
    }
    ASSERT_EQ(audit_page(core, before, limit, filter).value(), expected) << "round " << round;
  }
}

TEST(AuditRows, KeepHostileTextAsItIs) {
  Core core;
  std::int64_t sequence = 0;
  for (const auto& text : testing::hostile_texts()) {
    auto row = row_of(++sequence, text, text, text);
    row.before_json = text;
    row.after_json = text;
    row.outcome = text;
    row.address = text;
    row.request_id = text;
    ASSERT_TRUE(append_audit_row(core, row));
    EXPECT_THAT(audit_page(core, std::nullopt, 10, {.actor = text}).value(), ElementsAre(row));
    EXPECT_THAT(audit_page(core, std::nullopt, 10, {.action_prefix = text, .target = text}).value(), ElementsAre(row));
  }
}

}  // namespace
}  // namespace cw::records
