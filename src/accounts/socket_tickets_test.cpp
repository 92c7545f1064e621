#include "accounts/socket_tickets.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "accounts/accounts_story.h"

namespace cw::accounts {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::fault;
using testing::kOther;
using testing::kPassword;
using testing::Story;

struct Tickets : ::testing::Test {
  Tickets() { given = story.sign_in(story.add("ada@example.org")->email); }
  std::string make() { return tickets.make(*story.accounts, story.who(given)).value(); }
  std::expected<Principal, TokenRefusal> spend(const std::string& ticket) {
    return tickets.spend(*story.accounts, ticket);
  }

  Story story;
  SignedIn given;
  SocketTickets tickets;
};

TEST_F(Tickets, AreGoodOnceForWhoMadeThem) {
  const std::string ticket = make();
  const auto principal = spend(ticket);
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->user->email, "ada@example.org");
  EXPECT_EQ(principal->session->id, story.who(given).session->id);
  EXPECT_EQ(principal->expires_at, story.who(given).expires_at) << "the socket ends with the token";
  EXPECT_EQ(fault(spend(ticket)), Errc::invalid_token);
  EXPECT_EQ(spend(ticket).error().reason, "spent");
}

TEST_F(Tickets, LastThirtySeconds) {
  const std::string first = make();
  story.clock.advance(seconds{29});
  EXPECT_TRUE(spend(first));
  const std::string second = make();
  story.clock.advance(seconds{30});
  EXPECT_EQ(fault(spend(second)), Errc::token_expired);
}

TEST_F(Tickets, AreNothingElseAndNothingElseIsATicket) {
  const std::string ticket = make();
  EXPECT_EQ(fault(story.ask(ticket)), Errc::wrong_token_type);
  EXPECT_EQ(fault(spend(given.access_token)), Errc::wrong_token_type);
  EXPECT_EQ(fault(spend(given.refresh_token)), Errc::wrong_token_type);
  EXPECT_EQ(fault(spend("")), Errc::invalid_token);
  EXPECT_EQ(fault(spend(ticket.substr(1))), Errc::invalid_token);
  EXPECT_TRUE(spend(ticket));
}

TEST_F(Tickets, OfASessionThatEndedOpenNothing) {
  const std::string ended = make();
  ASSERT_TRUE(sign_out(*story.accounts, story.visitor, story.who(given)));
  EXPECT_EQ(fault(spend(ended)), Errc::session_ended);
  given = story.sign_in("ada@example.org");
  const std::string before = make();
  ASSERT_TRUE(change_password(*story.accounts, story.visitor, story.who(given), kPassword, kOther, false));
  EXPECT_EQ(fault(spend(before)), Errc::session_ended);
}

TEST_F(Tickets, EndWithTheAccessTokenTheyWereMadeWith) {
  story.clock.advance(minutes{15} - seconds{1});
  const std::string ticket = make();
  story.clock.advance(seconds{1});
  EXPECT_EQ(fault(spend(ticket)), Errc::session_ended);
}

TEST_F(Tickets, AreForgottenByARestart) {
  const std::string ticket = make();
  SocketTickets after;
  EXPECT_EQ(fault(after.spend(*story.accounts, ticket)), Errc::invalid_token);
}

TEST_F(Tickets, LetInOneOfTwoWhoSpendOneAtOnce) {
  for (int round = 0; round < 50; ++round) {
    const std::string ticket = make();
    std::atomic<int> let_in{0};
    const auto enter = [&] { let_in += spend(ticket) ? 1 : 0; };
    std::thread other{enter};
    enter();
    other.join();
    ASSERT_EQ(let_in, 1) << "round " << round;
  }
}

TEST_F(Tickets, OfOneSessionReplaceTheOldestOverTheirMost) {
  const SignedIn other = story.sign_in("ada@example.org");
  const std::string of_other = tickets.make(*story.accounts, story.who(other)).value();
  std::vector<std::string> made;
  for (std::size_t i = 0; i <= SocketTickets::kOpenMostOfSession; ++i) {
    story.clock.advance(Millis{1});
    made.push_back(make());
  }
  EXPECT_EQ(fault(spend(made.at(0))), Errc::invalid_token);
  for (std::size_t i = 1; i < made.size(); ++i) EXPECT_TRUE(spend(made[i])) << i;
  EXPECT_TRUE(spend(of_other)) << "of another session, though older";
}

}  // namespace
}  // namespace cw::accounts
