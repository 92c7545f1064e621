#include <gtest/gtest.h>

#include <string>

#include "net/http.h"
#include "net/sim_runtime.h"
#include "net/websocket.h"

namespace cw::net {
namespace {

class Echo final : public HttpHandler {
 public:
  explicit Echo(Runtime& runtime) : runtime_(runtime) {}
  Task<HttpResponse> handle(HttpRequest request) override {
    if (request.path() == "/throw") throw std::runtime_error("on purpose");
    if (request.path() == "/slow") co_await runtime_.sleep_for(Millis{5'000});
    HttpResponse response;
    response.fields.set("Content-Type", "text/plain");
    response.body = request.method + " " + request.target + " " + request.body;
    co_return response;
  }
  bool wants_upgrade(const HttpRequest& request) const override { return is_websocket_upgrade(request); }
  Task<void> upgrade(HttpRequest request, StreamPtr stream, std::string already_read) override {
    auto socket = co_await accept_websocket(runtime_, std::move(request), std::move(stream), std::move(already_read), {});
    if (!socket) co_return;
    for (;;) {
      auto message = co_await (*socket)->read();
      if (!message || message->kind == WebSocketMessage::Kind::closed) co_return;
      if (!co_await (*socket)->write_text(message->data)) co_return;
    }
  }

 private:
  Runtime& runtime_;
};

struct World {
  NullLogger logger;
  SimRuntime runtime{logger, SimOptions{.split_reads = true}};
  Echo handler{runtime};
  HttpServer server{runtime, handler, HttpLimits{}};
  World() { runtime.spawn("serve", server.serve(std::move(*runtime.listen("desk", 80)))); }
};

TEST(HttpOverPipes, AnswersRequestsOnOneConnection) {
  World world;
  HttpClient client(world.runtime, {"desk", 80}, Millis{10'000});
  for (int i = 0; i < 3; ++i) {
    auto answer = world.runtime.run(client.send({.method = "POST", .target = "/x?a=1", .body = "hello"}));
    ASSERT_TRUE(answer && *answer) << (answer ? answer->error().message : "no answer");
    EXPECT_EQ((*answer)->status, 200);
    EXPECT_EQ((*answer)->body, "POST /x?a=1 hello");
  }
  EXPECT_EQ(world.runtime.links("desk", 80).front()->id(), 1u);
}

TEST(WebSocketOverPipes, Echoes) {
  World world;
  auto opened = world.runtime.run(connect_websocket(world.runtime, "ws://desk/api/ws", Millis{1'000}, {}));
  ASSERT_TRUE(opened && *opened) << (opened ? opened->error().message : "no answer");
  auto& socket = **opened;
  for (const std::string text : {"", "hello", "grüße"}) {
    ASSERT_TRUE(world.runtime.run(socket->write_text(text)).value());
    auto message = world.runtime.run(socket->read());
    ASSERT_TRUE(message && *message);
    EXPECT_EQ((*message)->data, text);
  }
  world.runtime.run_for(std::chrono::minutes{10});
  EXPECT_EQ(socket->close_code(), 1006);
}

}  // namespace
}  // namespace cw::net
