#include "api/gate.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/access_story.h"

namespace cw::api {
namespace {

using accounts::Access;
using accounts::Principal;
using std::chrono::minutes;

struct GateTest : testing::Test, AccessStory {
  /// The code that the gate answers with; empty where it lets in.
  std::string asking(Access access, const std::string& bearer, std::optional<Visitor> from = {}) {
    const auto asked = request("/api/x", bearer);
    return code(access, asked, from.value_or(stranger()));
  }
  std::string code(Access access, const net::HttpRequest& asked, const Visitor& from) {
    Call call{.request = asked, .path = {}, .query = {}, .visitor = from};
    const auto problem = gate.admit(access, call);
    principal = call.principal;
    reason = problem ? problem->reason : "";
    return problem ? problem->code : "";
  }
  std::string opening(const Lines& lines) {
    auto asked = request("/api/ws");
    for (const auto& [name, value] : lines) asked.fields.add(name, value);
    auto opened = gate.admit_socket(asked, stranger());
    if (const auto* problem = std::get_if<Problem>(&opened)) return problem->code;
    principal = std::get<std::optional<Principal>>(opened);
    return principal ? principal->user->email : "nobody";
  }
  std::optional<Principal> principal;  // of the last call
  std::string reason;
};

TEST_F(GateTest, LetsInWhoMayAndSaysOfOthersWhyNot) {
  const std::string gone = people.sign_in("ada@example.org").access_token;
  ASSERT_TRUE(accounts::sign_out(*people.accounts, people.visitor, people.ask(gone).value()));
  const std::string disabled = people.sign_in(people.add("carl@example.org")->email).access_token;
  ASSERT_TRUE(
      accounts::change_user(*people.accounts, people.console, people.user("carl@example.org")->id, {.active = false}));
  struct Row {
    const char* who;
    std::string bearer;
    std::string read, write, admin, session;
  };
  const std::string no = "insufficient_scope", person = "session_required";
  for (const Row& row : {
           Row{"a stranger", "", "unauthorized", "unauthorized", "unauthorized", "unauthorized"},
           Row{"a user", ada.access_token, "", "", "forbidden", ""},
           Row{"an administrator", boss.access_token, "", "", "", ""},
           Row{"a key to read", key_of(ada, {true, false, false}), "", no, "forbidden", person},
           Row{"a key to write", key_of(ada, {false, true, false}), no, "", "forbidden", person},
           Row{"an administrator's key to read", key_of(boss, {true, false, false}), "", no, no, person},
           Row{"an administrator's key for all", key_of(boss, {true, true, true}), "", "", "", person},
           Row{"a key for administration alone", key_of(boss, {false, false, true}), no, no, "", person},
           Row{"who signed out", gone, "session_ended", "session_ended", "session_ended", "session_ended"},
           Row{"who is disabled", disabled, "session_ended", "session_ended", "session_ended", "session_ended"},
           Row{"a refresh token", ada.refresh_token, "wrong_token_type", "wrong_token_type", "wrong_token_type",
               "wrong_token_type"},
           Row{"nonsense", "x", "invalid_token", "invalid_token", "invalid_token", "invalid_token"},
           Row{"the metrics token", "metrics-secret", "invalid_token", "invalid_token", "invalid_token",
               "invalid_token"},
       }) {
    EXPECT_EQ(asking(Access::read, row.bearer), row.read) << row.who;
    EXPECT_EQ(asking(Access::write, row.bearer), row.write) << row.who;
    EXPECT_EQ(asking(Access::admin, row.bearer), row.admin) << row.who;
    EXPECT_EQ(asking(Access::session, row.bearer), row.session) << row.who;
    EXPECT_EQ(asking(Access::open, row.bearer), "") << row.who;
  }
}

TEST_F(GateTest, ExpiredTokensSaySo) {
  const std::string key = key_of(ada, {.read = true}, minutes{15});
  people.clock.advance(minutes{15});
  const auto events = people.audit().size();
  EXPECT_EQ(asking(Access::read, ada.access_token), "token_expired");
  EXPECT_EQ(asking(Access::read, key), "token_expired");
  EXPECT_EQ(people.audit().size(), events) << "everybody's everyday is not logged";
}

TEST_F(GateTest, PutsWhoAsksIntoTheCall) {
  EXPECT_EQ(asking(Access::read, ada.access_token), "");
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->user->email, "ada@example.org");
  EXPECT_EQ(asking(Access::open, ada.access_token), "");
  EXPECT_TRUE(principal) << "also where anybody may";
  EXPECT_EQ(asking(Access::open, "x"), "") << "a bad token is as good as none";
  EXPECT_FALSE(principal);
}

TEST_F(GateTest, OperationIsForTheMachineAndTheTokenAlone) {
  EXPECT_EQ(asking(Access::operate, "", local()), "");
  EXPECT_EQ(asking(Access::operate, ""), "unauthorized");
  EXPECT_EQ(asking(Access::operate, "metrics-secret"), "");
  EXPECT_EQ(asking(Access::operate, "metrics-secret2"), "invalid_token");
  EXPECT_EQ(asking(Access::operate, boss.access_token), "forbidden");
  EXPECT_EQ(asking(Access::operate, key_of(boss, {.admin = true})), "forbidden");
  EXPECT_EQ(asking(Access::operate, ada.access_token), "forbidden");
  Gate without{*people.accounts, tickets, ""};
  const auto asked = request("/metrics");
  Call call{.request = asked, .path = {}, .query = {}, .visitor = stranger()};
  EXPECT_EQ(without.admit(Access::operate, call)->code, "unauthorized") << "an empty token opens nothing";
}

TEST_F(GateTest, TakesBearerInAnyCaseAndNoOtherScheme) {
  const auto code_of = [&](const std::string& value) {
    auto asked = request("/api/x");
    asked.fields.set("Authorization", value);
    return code(Access::read, asked, stranger());
  };
  EXPECT_EQ(code_of("bearer " + ada.access_token), "");
  EXPECT_EQ(code_of("BEARER  " + ada.access_token + " "), "");
  EXPECT_EQ(code_of("Basic " + ada.access_token), "unauthorized");
  EXPECT_EQ(code_of(ada.access_token), "unauthorized");
  EXPECT_EQ(code_of("Bearer"), "unauthorized");
  EXPECT_EQ(code_of("Bearer "), "unauthorized");
  EXPECT_EQ(code_of("Bearer " + ada.access_token + " x"), "invalid_token");
}

TEST_F(GateTest, LogsRefusalsOfWhoShowsSomethingWithTheirReasonAndNoToken) {
  const auto events = people.audit().size();
  (void)asking(Access::read, "");
  EXPECT_EQ(people.audit().size(), events) << "who shows nothing is nobody";
  std::string forged = ada.access_token;
  // Never to 'B': of the last letter only four bits count, and a token that is not canonical is malformed instead.
  forged.back() = forged.back() == 'A' ? 'E' : 'A';
  const auto asked = request("/api/x\x01y?secret=1", forged);
  EXPECT_EQ(code(Access::read, asked, stranger()), "invalid_token");
  EXPECT_EQ(reason, "token_bad_signature");
  auto row = people.audit().back();
  EXPECT_EQ(row.action, "access");
  EXPECT_EQ(row.actor, "stranger");
  EXPECT_EQ(row.outcome, reason);
  EXPECT_EQ(row.address, "203.0.113.9");
  EXPECT_EQ(row.request_id, "r2");
  EXPECT_THAT(row.target, testing::StartsWith("/api/x"));
  EXPECT_THAT(row.target, testing::Not(testing::AnyOf(testing::HasSubstr("\x01"), testing::HasSubstr("secret"))));
  EXPECT_EQ(asking(Access::admin, ada.access_token), "forbidden");
  row = people.audit().back();
  EXPECT_EQ(row.actor, ada.user->id);
  EXPECT_EQ(row.outcome, "forbidden");
}

TEST_F(GateTest, OpensTheSocketByHeaderByTicketOrLeavesItToTheFirstMessage) {
  EXPECT_EQ(opening({}), "nobody");
  EXPECT_EQ(opening({{"Authorization", "Bearer " + ada.access_token}}), "ada@example.org");
  EXPECT_EQ(opening({{"Authorization", "Bearer " + key_of(boss, {.read = true})}}), "boss@example.org");
  EXPECT_EQ(opening({{"Authorization", "Bearer x"}}), "invalid_token");
  const std::string ticket = tickets.make(*people.accounts, people.who(ada)).value();
  EXPECT_EQ(opening({{"Sec-WebSocket-Protocol", "candlewick.v1, ticket." + ticket}}), "ada@example.org");
  EXPECT_EQ(opening({{"Sec-WebSocket-Protocol", "candlewick.v1, ticket." + ticket}}), "invalid_token") << "spent";
  EXPECT_EQ(opening({{"Sec-WebSocket-Protocol", "candlewick.v1"}}), "nobody");
  EXPECT_EQ(opening({{"Sec-WebSocket-Protocol", "ticket." + ada.access_token}}), "wrong_token_type");
}

}  // namespace
}  // namespace cw::api
