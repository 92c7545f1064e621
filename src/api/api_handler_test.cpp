#include "api/api_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/access_story.h"
#include "base/log.h"
#include "net/sim_runtime.h"

namespace cw::api {
namespace {

using testing::HasSubstr;

class NoSocket final : public SocketDoor {
 public:
  bool is_full(bool for_stranger) const override { return for_stranger && strangers_full; }
  net::Task<void> serve(net::HttpRequest, net::StreamPtr, std::string,
                        std::optional<accounts::Principal> principal) override {
    served.push_back(principal ? principal->user->email : "nobody");
    co_return;
  }
  bool strangers_full = false;
  std::vector<std::string> served;
};

net::Task<net::HttpResponse> hello(const Call&) {
  net::HttpResponse response;
  response.fields.set("Content-Type", "text/html");
  response.body = "hello";
  co_return response;
}
net::Task<net::HttpResponse> cached(const Call&) {
  net::HttpResponse response;
  response.fields.set("Cache-Control", "no-cache");
  co_return response;
}

struct DeskSettings {
  Rate read{50, 200};
  Rate write{20, 100};
  Rate auth{10, 60};
  DoorSettings door{};
};

/// A handler with a few routes, asked without any network.
struct Desk : AccessStory {
  explicit Desk(DeskSettings settings = {})
      : door(std::move(settings.door)),
        handler(runtime, door, gate,
                {{"/api/hello", {}, hello, accounts::Access::open},
                 {"/api/cached", {}, cached, accounts::Access::open},
                 {"/api/own", {"x"}, hello, accounts::Access::read}},
                {}, socket, {settings.read, settings.write, settings.auth}, metrics) {}

  net::HttpRequest request(const std::string& path, const Lines& lines = {}, const std::string& method = "GET") const {
    net::HttpRequest made{.method = method, .target = path};
    made.peer_address = peer;
    made.is_tls = is_tls;
    made.fields.add("Host", "127.0.0.1:8080");
    for (const auto& [name, value] : lines) made.fields.add(name, value);
    return made;
  }
  net::HttpResponse ask(const std::string& path, const Lines& lines = {}, const std::string& method = "GET") {
    return runtime.run(handler.handle(request(path, lines, method))).value();
  }
  net::HttpRequest upgrade(const Lines& lines) const {
    auto asked = request("/api/ws", {{"Upgrade", "websocket"},
                                     {"Connection", "Upgrade"},
                                     {"Sec-WebSocket-Version", "13"},
                                     {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}});
    for (const auto& [name, value] : lines) asked.fields.set(name, value);
    return asked;
  }
  bool upgrades(const Lines& lines) { return handler.wants_upgrade(upgrade(lines)); }

  NullLogger log;
  Metrics metrics;
  NoSocket socket;
  net::SimRuntime runtime{log, {}};
  Door door;
  ApiHandler handler;
  std::string peer = "127.0.0.1";
  bool is_tls = false;
};

std::string field(const net::HttpResponse& response, std::string_view name) {
  return std::string{response.fields.get(name)};
}

TEST(SecurityFields, StandOnEveryAnswer) {
  Desk desk;
  for (const auto* path : {"/api/hello", "/api/nothing", "/nothing", "/api/ws"}) {
    const auto answer = desk.ask(path);
    EXPECT_EQ(field(answer, "X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(field(answer, "Referrer-Policy"), "no-referrer") << path;
    EXPECT_EQ(field(answer, "Cross-Origin-Opener-Policy"), "same-origin") << path;
    EXPECT_EQ(field(answer, "Cross-Origin-Resource-Policy"), "same-origin") << path;
    EXPECT_EQ(field(answer, "X-Frame-Options"), "DENY") << path;
    EXPECT_EQ(field(answer, "Strict-Transport-Security"), "") << path;
    EXPECT_EQ(field(answer, "Access-Control-Allow-Origin"), "") << path;
  }
  const auto page = desk.ask("/api/hello");
  const std::string policy = field(page, "Content-Security-Policy");
  for (const auto* part : {"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"})
    EXPECT_THAT(policy, HasSubstr(part));
  EXPECT_THAT(policy, testing::Not(HasSubstr("unsafe")));
  EXPECT_THAT(field(page, "Permissions-Policy"), HasSubstr("camera=()"));
}

TEST(SecurityFields, AskForTlsForAYearWhereThereIsTls) {
  Desk desk;
  desk.is_tls = true;
  EXPECT_EQ(field(desk.ask("/api/hello"), "Strict-Transport-Security"), "max-age=31536000");
  EXPECT_EQ(field(desk.handler.problem(413, "payload_too_large", "", ""), "Strict-Transport-Security"), "");
  Desk speaks{{.door = {.is_tls = true}}};
  EXPECT_EQ(field(speaks.handler.problem(413, "payload_too_large", "", ""), "Strict-Transport-Security"),
            "max-age=31536000");
}

TEST(Caching, OfApiAnswersIsForbiddenUnlessARouteSaysOtherwise) {
  Desk desk;
  EXPECT_EQ(field(desk.ask("/api/hello"), "Cache-Control"), "no-store");
  EXPECT_EQ(field(desk.ask("/api/cached"), "Cache-Control"), "no-cache");
  EXPECT_EQ(field(desk.ask("/api/nothing"), "Cache-Control"), "no-store");
}

TEST(Cors, IsSilentWithoutAList) {
  Desk desk;
  for (const auto* method : {"GET", "OPTIONS"}) {
    const auto answer =
        desk.ask("/api/hello", {{"Origin", "https://tools.example"}, {"Access-Control-Request-Method", "GET"}}, method);
    for (const auto& [name, value] : answer.fields.all()) {
      EXPECT_FALSE(name.starts_with("Access-Control")) << name;
      EXPECT_FALSE(name == "Vary" && value.find("Origin") != value.npos);
    }
    EXPECT_EQ(answer.status, method == std::string{"GET"} ? 200 : 405);
  }
}

TEST(Cors, NamesAListedOriginAndNoOther) {
  Desk desk{{.door = {.allowed_origins = {"https://tools.example"}}}};
  const auto listed = desk.ask("/api/hello", {{"Origin", "https://tools.example"}});
  EXPECT_EQ(field(listed, "Access-Control-Allow-Origin"), "https://tools.example");
  EXPECT_EQ(field(listed, "Access-Control-Expose-Headers"), "X-Request-Id, Retry-After, ETag");
  EXPECT_EQ(field(listed, "Access-Control-Allow-Credentials"), "");
  for (const auto* origin : {"https://evil.example", "null", "http://tools.example", "http://127.0.0.1:8080"}) {
    const auto answer = desk.ask("/api/hello", {{"Origin", origin}});
    EXPECT_EQ(field(answer, "Access-Control-Allow-Origin"), "") << origin;
    EXPECT_TRUE(answer.fields.has_token("Vary", "Origin")) << "a cache must tell them apart";
  }
  EXPECT_EQ(field(desk.ask("/nothing", {{"Origin", "https://tools.example"}}), "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(field(desk.ask("/api/nothing", {{"Origin", "https://tools.example"}}), "Access-Control-Allow-Origin"),
            "https://tools.example");
}

TEST(Cors, AnswersThePreflightOfAListedOrigin) {
  Desk desk{{.door = {.allowed_origins = {"https://tools.example"}}}};
  const Lines asks{{"Origin", "https://tools.example"}, {"Access-Control-Request-Method", "PUT"}};
  const auto answer = desk.ask("/api/hello", asks, "OPTIONS");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(field(answer, "Access-Control-Allow-Origin"), "https://tools.example");
  EXPECT_EQ(field(answer, "Access-Control-Allow-Methods"), "GET, HEAD, POST, PUT, DELETE");
  EXPECT_EQ(field(answer, "Access-Control-Allow-Headers"), "authorization, content-type");
  EXPECT_EQ(field(answer, "Access-Control-Max-Age"), "600");
  EXPECT_EQ(field(answer, "Access-Control-Allow-Credentials"), "");
  const auto evil =
      desk.ask("/api/hello", {{"Origin", "https://evil.example"}, {"Access-Control-Request-Method", "PUT"}}, "OPTIONS");
  EXPECT_EQ(evil.status, 405);
  EXPECT_EQ(field(evil, "Access-Control-Allow-Methods"), "");
  EXPECT_EQ(desk.ask("/api/hello", {{"Origin", "https://tools.example"}}, "OPTIONS").status, 405) << "no preflight";
}

TEST(TheDoor, IsInFrontOfEverything) {
  Desk desk{{.door = {.is_loopback = false}}};
  desk.peer = "203.0.113.9";
  for (const auto* path : {"/api/hello", "/nothing", "/api/ws"}) {
    const auto answer = desk.ask(path);
    EXPECT_EQ(answer.status, 403) << path;
    EXPECT_THAT(answer.body, HasSubstr("tls_required")) << path;
  }
  EXPECT_FALSE(desk.upgrades({}));
  desk.peer = "127.0.0.1";
  EXPECT_EQ(desk.ask("/api/hello").status, 200);
  EXPECT_TRUE(desk.upgrades({}));
}

TEST(TheSocket, OpensToOwnAndListedPagesAndToPrograms) {
  Desk desk{{.door = {.public_origin = "https://desk.example", .allowed_origins = {"https://tools.example"}}}};
  EXPECT_TRUE(desk.upgrades({}));
  for (const auto* origin : {"http://127.0.0.1:8080", "https://desk.example", "https://tools.example"})
    EXPECT_TRUE(desk.upgrades({{"Origin", origin}})) << origin;
  for (const auto* origin : {"https://127.0.0.1:8080", "http://127.0.0.1", "https://evil.example", "null", ""})
    EXPECT_FALSE(desk.upgrades({{"Origin", origin}})) << origin;
  EXPECT_FALSE(desk.upgrades({{"Host", "evil.example"}, {"Origin", "http://evil.example"}}));
}

TEST(TheSocket, OpensToAStrangerOnlyWhileThereIsRoomForStrangers) {
  Desk desk;
  const Lines known{{"Authorization", "Bearer " + desk.ada.access_token}};
  desk.socket.strangers_full = true;
  EXPECT_FALSE(desk.upgrades({}));
  EXPECT_THAT(desk.runtime.run(desk.handler.handle(desk.upgrade({})))->body, HasSubstr("overloaded"));
  EXPECT_TRUE(desk.upgrades(known));
}

TEST(TheSocket, IsServedForWhomItWasOpenedBy) {
  Desk desk;
  const auto serve = [&](const Lines& lines) {
    auto asked = desk.upgrade(lines);
    ASSERT_TRUE(desk.handler.wants_upgrade(asked));
    desk.runtime.spawn("serve", desk.handler.upgrade(std::move(asked), nullptr, {}));
    desk.runtime.run_ready();
  };
  serve({{"Authorization", "Bearer " + desk.ada.access_token}});
  serve({});
  EXPECT_EQ(desk.socket.served, (std::vector<std::string>{"ada@example.org", "nobody"}));
}

TEST(TheSocket, SaysWhyATokenOrTicketIsNoGoodAndLogsItOnce) {
  Desk desk;
  for (const auto& [name, value, code] :
       {std::tuple{"Authorization", "Bearer nonsense", "invalid_token"},
        std::tuple{"Sec-WebSocket-Protocol", "candlewick.v1, ticket.nonsense", "invalid_token"}}) {
    const auto events = desk.people.audit().size();
    EXPECT_FALSE(desk.upgrades({{name, value}}));
    const auto answer = desk.runtime.run(desk.handler.handle(desk.upgrade({{name, value}})));
    EXPECT_EQ(answer->status, 401) << value;
    EXPECT_THAT(answer->body, HasSubstr(code));
    EXPECT_EQ(desk.people.audit().size(), events + 1) << value;
  }
}

TEST(TheGate, StandsBehindTheRouteAndBeforeItsParameters) {
  Desk desk;
  desk.peer = "127.0.0.1";
  EXPECT_EQ(desk.ask("/api/own").status, 401);
  EXPECT_THAT(field(desk.ask("/api/own"), "WWW-Authenticate"), HasSubstr("Bearer"));
  EXPECT_EQ(desk.ask("/api/own?nonsense=1").status, 401) << "a stranger learns nothing of parameters";
  const Lines known{{"Authorization", "Bearer " + desk.ada.access_token}};
  EXPECT_EQ(desk.ask("/api/own?x=1", known).status, 200);
  EXPECT_EQ(desk.ask("/api/own?nonsense=1", known).status, 400);
  EXPECT_EQ(desk.ask("/api/own", known, "HEAD").status, 200);
  EXPECT_EQ(desk.ask("/api/own", known, "DELETE").status, 405);
}

TEST(Allowances, AreOneAKindAndOneAVisitor) {
  Desk desk{{.read = {1, 2},
             .write = {1, 1},
             .auth = {1, 1},
             .door = {.trusted_proxies = {net::parse_ip_network("10.0.0.2").value()}}}};
  const auto status = [&](const std::string& path, const std::string& method = "GET", const Lines& lines = {}) {
    return desk.ask(path, lines, method).status;
  };
  EXPECT_EQ(status("/api/auth/login", "POST"), 404);
  EXPECT_EQ(status("/api/auth/login", "POST"), 429);
  EXPECT_EQ(status("/api/hello", "POST"), 405);
  EXPECT_EQ(status("/api/hello", "DELETE"), 429);
  EXPECT_EQ(status("/api/language/check", "POST"), 404) << "it changes nothing";
  EXPECT_EQ(status("/nothing"), 404) << "files and reads share one";
  EXPECT_EQ(status("/api/hello", "HEAD"), 429);
  EXPECT_EQ(status("/api/hello", "GET", {{"X-Forwarded-For", "198.51.100.1"}}), 429) << "nobody's word counts";
  desk.peer = "10.0.0.2";
  for (const auto* visitor : {"198.51.100.1", "198.51.100.2"}) {
    EXPECT_EQ(status("/api/hello", "POST", {{"X-Forwarded-For", visitor}}), 405);
    EXPECT_EQ(status("/api/hello", "POST", {{"X-Forwarded-For", std::string{"1.1.1.1, "} + visitor}}), 429);
  }
  EXPECT_EQ(status("/api/hello", "POST", {{"X-Forwarded-For", "2001:db8::1"}}), 405);
  EXPECT_EQ(status("/api/hello", "POST", {{"X-Forwarded-For", "2001:db8::2"}}), 429)
      << "another address of the same /64";
  const auto refused = desk.ask("/api/hello", {{"X-Forwarded-For", "2001:db8::2"}}, "POST");
  EXPECT_EQ(field(refused, "Retry-After"), "1");
}

}  // namespace
}  // namespace cw::api
