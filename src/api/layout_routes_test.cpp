#include <boost/asio/executor_work_guard.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

#include "api/access_story.h"
#include "api/account_desk.h"
#include "api/api_handler.h"
#include "net/system_runtime.h"

namespace cw::api {
namespace {

using Json = nlohmann::json;

class NoSocket final : public SocketDoor {
 public:
  bool is_full(bool) const override { return true; }
  net::Task<void> serve(net::HttpRequest, net::StreamPtr, std::string, std::optional<accounts::Principal>) override {
    co_return;
  }
};

class LayoutRoutes : public testing::Test {
 protected:
  net::HttpResponse ask(const std::string& method, const std::string& path, const std::string& body = {},
                        const std::string& bearer = "ada") {
    auto request = access.request("/api/me/layouts" + path, bearer == "ada" ? access.ada.access_token : bearer);
    request.method = method;
    if (!body.empty()) request.fields.add("Content-Type", "application/json");
    request.body = body;
    std::optional<net::HttpResponse> answer;
    const auto keep = [&]() -> net::Task<void> {
      answer = co_await handler.handle(request);
      runtime.stop();
    };
    runtime.spawn("request", keep());
    runtime.loop().restart();
    runtime.run();
    return *answer;
  }
  int status(const std::string& method, const std::string& path, const std::string& body = {}) {
    return ask(method, path, body).status;
  }
  Json list() { return Json::parse(ask("GET", "").body)["layouts"]; }

  NullLogger logger;
  Metrics metrics;
  net::SystemRuntime runtime{logger};
  boost::asio::executor_work_guard<net::Executor> guard = boost::asio::make_work_guard(runtime.loop());
  NoSocket socket;
  AccessStory access;
  Door door{{}};
  WorkerPool pool{"test", 1, 8, metrics};
  AccountDesk desk{*access.people.accounts, access.tickets, door, runtime, pool, pool, {}};
  ApiHandler handler{runtime, door, access.gate, layout_routes(desk), {}, socket, {}, metrics};
};

TEST_F(LayoutRoutes, SaveReadReplaceAndDelete) {
  EXPECT_EQ(list(), Json::array());
  const auto saved = ask("PUT", "/Day%20trading", R"({"document":{"indicators":[{"id":1}],"panes":2}})");
  ASSERT_EQ(saved.status, 200) << saved.body;
  const Json layout = Json::parse(saved.body);
  EXPECT_EQ(layout["name"], "Day trading");
  EXPECT_EQ(layout["document"]["panes"], 2);
  EXPECT_EQ(layout["updated_at"], to_ms(accounts::testing::kStart));
  EXPECT_EQ(Json::parse(ask("GET", "/Day%20trading").body), layout);
  EXPECT_EQ(list(), Json::array({layout}));
  EXPECT_EQ(status("PUT", "/Day%20trading", R"({"document":{}})"), 200);
  EXPECT_EQ(list()[0]["document"], Json::object());
  EXPECT_EQ(status("DELETE", "/Day%20trading"), 204);
  EXPECT_EQ(status("DELETE", "/Day%20trading"), 404);
  EXPECT_EQ(status("GET", "/Day%20trading"), 404);
}

TEST_F(LayoutRoutes, RefuseADocumentThatIsNone) {
  for (const char* body : {"{}", R"({"document":[]})", R"({"document":"x"})", R"({"document":null})", R"({"x":1})"}) {
    const auto answer = ask("PUT", "/a", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(Json::parse(answer.body)["code"], "bad_parameter") << body;
  }
  const std::string long_one = R"({"document":{"a":")" + std::string(65'536, 'x') + R"("}})";
  EXPECT_EQ(Json::parse(ask("PUT", "/a", long_one).body)["field"], "document");
  EXPECT_EQ(list(), Json::array());
}

TEST_F(LayoutRoutes, RefuseANameThatIsNoneAndOneTooMany) {
  EXPECT_EQ(Json::parse(ask("PUT", "/" + std::string(61, 'a'), R"({"document":{}})").body)["field"], "name");
  EXPECT_EQ(status("PUT", "/%0A", R"({"document":{}})"), 400);
  for (std::size_t i = 0; i < accounts::kLayoutsMost; ++i)
    ASSERT_EQ(status("PUT", "/l" + std::to_string(i), R"({"document":{}})"), 200);
  const auto over = ask("PUT", "/over", R"({"document":{}})");
  EXPECT_EQ(over.status, 409);
  EXPECT_THAT(over.body, testing::HasSubstr("50 layouts"));
}

TEST_F(LayoutRoutes, AreTheOwnAccountsAndFollowItsScopes) {
  ASSERT_EQ(status("PUT", "/a", R"({"document":{}})"), 200);
  EXPECT_EQ(ask("GET", "", {}, access.boss.access_token).body, R"({"layouts":[]})");
  EXPECT_EQ(ask("DELETE", "/a", {}, access.boss.access_token).status, 404);
  EXPECT_EQ(ask("GET", "", {}, "").status, 401);
  const std::string reader = access.key_of(access.ada, {.read = true});
  EXPECT_EQ(ask("GET", "/a", {}, reader).status, 200);
  EXPECT_EQ(ask("PUT", "/a", R"({"document":{}})", reader).status, 403);
  EXPECT_EQ(ask("DELETE", "/a", {}, reader).status, 403);
}

}  // namespace
}  // namespace cw::api
