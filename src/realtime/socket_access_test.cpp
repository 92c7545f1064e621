#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>
#include <vector>

#include "realtime/socket_story.h"

// Who may hold a socket, for how long, and what ends it.
namespace cw::realtime {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// Strangers come, who have to show who they are by their first message.
class SocketAccess : public SocketStory {
 protected:
  SocketAccess() {
    handler.principal.reset();
    gate.guests = {{"of ada", person("ada", "s_ada", in(minutes{15}))},
                   {"of ada, newer", person("ada", "s_ada", in(minutes{30}))},
                   {"of bob", person("bob", "s_bob")},
                   {"reader", program("ada", "k_read", {.read = true})},
                   {"writer", program("ada", "k_write", {.write = true})}};
  }
  Timestamp in(Millis from_now) { return runtime.now() + from_now; }
  void authenticate(net::WebSocket& client, const std::string& token, int id = 1) {
    send(client, fmt::format(R"({{"type":"auth","id":{},"token":"{}"}})", id, token));
  }
  Client enter(const std::string& token) {
    auto client = connect_only();
    EXPECT_EQ(next(*client)["type"], "auth_required");
    authenticate(*client, token);
    EXPECT_EQ(next(*client)["type"], "welcome");
    return client;
  }
  bool lives(net::WebSocket& client) { return pings_answered(client, Millis{0}, 1) == 1; }
  Json ended(std::uint16_t code = 4401) { return {{"closed", code}}; }
};

TEST_F(SocketAccess, IsGrantedByWhatTheSocketWasOpenedWith) {
  handler.principal = person("ada", "s_ada", in(minutes{15}));
  auto client = connect_only();
  Json welcome = next(*client);
  EXPECT_EQ(welcome["type"], "welcome");
  EXPECT_EQ(welcome["expires_at"], to_ms(in(minutes{15})));
  handler.principal = program("ada", "k_1", {.read = true});
  auto key = connect_only();
  EXPECT_EQ(next(*key)["expires_at"], nullptr);
}

TEST_F(SocketAccess, IsGrantedByTheFirstMessage) {
  auto client = connect_only();
  Json asks = next(*client);
  EXPECT_EQ(asks["type"], "auth_required");
  EXPECT_EQ(asks["within_ms"], 10'000);
  EXPECT_EQ(hub.connections(), 0U) << "a stranger is not in the hub";
  authenticate(*client, "of ada");
  Json welcome = next(*client);
  EXPECT_EQ(welcome["type"], "welcome");
  EXPECT_EQ(welcome["expires_at"], to_ms(in(minutes{15})));
  EXPECT_EQ(hub.connections(), 1U);
  subscribe(*client);
}

TEST_F(SocketAccess, IsWaitedForTenSeconds) {
  auto silent = connect_only();
  next(*silent);
  runtime.run_for(Millis{9'999});
  auto late = connect_only();
  EXPECT_TRUE(sockets.is_full(false) || !sockets.is_full(true));
  runtime.run_for(Millis{1});
  EXPECT_EQ(next(*silent), ended());
  next(*late);
  authenticate(*late, "of ada");
  EXPECT_EQ(next(*late)["type"], "welcome") << "its own ten seconds have not passed";
  runtime.run_for(seconds{10});
  EXPECT_TRUE(lives(*late)) << "the deadline is over once it is known";
}

TEST_F(SocketAccess, IsLostByAnotherFirstMessage) {
  for (const char* first : {R"({"type":"ping","id":1})", "nonsense", R"({"type":"auth"})",
                            R"({"type":"auth","token":7})", R"({"type":"subscribe","id":1,"channel":"tickers"})"}) {
    auto client = connect_only();
    next(*client);
    send(*client, first);
    EXPECT_EQ(next(*client), ended()) << first;
  }
  EXPECT_EQ(hub.connections(), 0U);
}

TEST_F(SocketAccess, IsLostByABadTokenWithAWordOfWhy) {
  auto client = connect_only();
  next(*client);
  authenticate(*client, "a secret that is none", 9);
  Json refusal = next(*client);
  EXPECT_EQ(refusal["type"], "error");
  EXPECT_EQ(refusal["code"], "invalid_token");
  EXPECT_EQ(refusal["id"], 9);
  EXPECT_EQ(refusal.dump().find("a secret"), std::string::npos);
  EXPECT_EQ(next(*client), ended());
}

TEST_F(SocketAccess, OfAStrangerWhoSendsBytesEndsLikeAnybodys) {
  auto client = connect_only();
  next(*client);
  ASSERT_TRUE(runtime.run(client->write_binary("{}")).value());
  EXPECT_EQ(next(*client), ended(1003));
}

TEST_F(SocketAccess, IsRenewedInPlace) {
  auto client = enter("of ada");
  subscribe(*client);
  EXPECT_EQ(next(*client, minutes{14}), nullptr);  // reading answers the pings meanwhile
  authenticate(*client, "of ada, newer", 7);
  Json renewed = next(*client);
  EXPECT_EQ(renewed["type"], "authenticated");
  EXPECT_EQ(renewed["id"], 7);
  EXPECT_EQ(renewed["expires_at"], to_ms(in(minutes{16})));
  EXPECT_EQ(next(*client, minutes{2}), nullptr);
  publish(1, 3);
  EXPECT_EQ(next(*client)["type"], "data") << "the subscription goes on past the first token's end";
  EXPECT_EQ(next(*client, minutes{15}), ended()) << "and ends with the second";
}

TEST_F(SocketAccess, IsNotRenewedByABadTokenOrAnotherAccounts) {
  auto client = enter("of ada");
  authenticate(*client, "of bob", 2);
  Json refusal = next(*client);
  EXPECT_EQ(refusal["code"], "forbidden");
  EXPECT_EQ(refusal["id"], 2);
  authenticate(*client, "nothing", 3);
  EXPECT_EQ(next(*client)["code"], "invalid_token");
  EXPECT_TRUE(lives(*client)) << "what was granted still holds";
  EXPECT_EQ(next(*client, minutes{16}), ended());
}

TEST_F(SocketAccess, OfAKeyThatNeverExpiresHasNoEnd) {
  auto client = enter("reader");
  // Somebody who answers pings, for longer than any alarm is set.
  EXPECT_EQ(next(*client, hours{25}), nullptr);
  EXPECT_TRUE(lives(*client));
}

TEST_F(SocketAccess, ThatLastsLongerThanAnHourStillEndsInTime) {
  gate.guests["for two hours"] = person("ada", "s_ada", in(hours{2}));
  auto client = enter("for two hours");
  EXPECT_EQ(next(*client, hours{2} - seconds{1}), nullptr);
  EXPECT_EQ(next(*client, seconds{2}), ended());
}

TEST_F(SocketAccess, ThatIsRevokedEndsThatAccountsSocketsAlone) {
  auto of_session = enter("of ada");
  auto of_key = enter("reader");
  auto of_bob = enter("of bob");
  auto stranger = connect_only();
  next(*stranger);
  sockets.recheck("ada");
  EXPECT_TRUE(lives(*of_session)) << "it still holds";
  gate.gone = {"s_ada", "s_bob"};
  sockets.recheck("ada");
  EXPECT_EQ(next(*of_session), ended());
  EXPECT_TRUE(lives(*of_key)) << "the key was not revoked";
  authenticate(*stranger, "reader");
  EXPECT_EQ(next(*stranger)["type"], "welcome");
  // Bob's was not looked at, but the next thing that he asks is.
  send(*of_bob, R"({"type":"ping","id":1})");
  EXPECT_EQ(next(*of_bob), ended());
}

TEST_F(SocketAccess, IsLookedAtAgainAtEverySubscribe) {
  auto client = enter("writer");
  send(*client, R"({"type":"subscribe","id":5,"channel":"market_data","params":{"symbol":"A","timeframe":"1m"}})");
  Json refusal = next(*client);
  EXPECT_EQ(refusal["type"], "error");
  EXPECT_EQ(refusal["code"], "insufficient_scope");
  EXPECT_EQ(refusal["field"], "channel");
  EXPECT_EQ(refusal["id"], 5);
  authenticate(*client, "reader");
  EXPECT_EQ(next(*client)["type"], "authenticated");
  subscribe(*client);
}

// Of six sockets strangers get four.
TEST_F(SocketAccess, OfStrangersHasAPartOfTheRoomOnly) {
  std::vector<Client> strangers;
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(sockets.is_full(true)) << i;
    strangers.push_back(connect_only());
  }
  EXPECT_TRUE(sockets.is_full(true));
  EXPECT_FALSE(sockets.is_full(false)) << "who shows a token first still gets in";
  next(*strangers[0]);
  authenticate(*strangers[0], "of ada");
  EXPECT_EQ(next(*strangers[0])["type"], "welcome");
  EXPECT_FALSE(sockets.is_full(true)) << "one is known now";
  runtime.run_for(seconds{10});
  EXPECT_FALSE(sockets.is_full(true)) << "the silent ones are gone";
}

TEST_F(SocketAccess, NamesTheSubprotocolThatWasOfferedAndNeverATicket) {
  const auto answer = [&](const std::string& offered) {
    auto raw = runtime.run(runtime.connect({"desk", 80}, seconds{1})).value().value();
    std::string request =
        "GET /api/ws HTTP/1.1\r\nHost: desk\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    if (!offered.empty()) request += "Sec-WebSocket-Protocol: " + offered + "\r\n";
    EXPECT_TRUE(runtime.run(raw->write(request + "\r\n")).value());
    runtime.run_ready();
    std::string piece(10'000, ' ');
    piece.resize(runtime.run(raw->read_some(piece)).value().value_or(0));
    return piece.substr(0, piece.find("\r\n\r\n"));
  };
  EXPECT_NE(answer("candlewick.v1, ticket.eyJ").find("Sec-WebSocket-Protocol: candlewick.v1"), std::string::npos);
  EXPECT_EQ(answer("candlewick.v1, ticket.eyJ").find("ticket"), std::string::npos);
  EXPECT_EQ(answer("ticket.eyJ").find("Sec-WebSocket-Protocol"), std::string::npos);
  EXPECT_EQ(answer("").find("Sec-WebSocket-Protocol"), std::string::npos);
}

}  // namespace
}  // namespace cw::realtime
