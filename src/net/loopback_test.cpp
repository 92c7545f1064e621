#include <gtest/gtest.h>

#include <string>

#include "net/http.h"
#include "net/system_runtime.h"
#include "net/websocket.h"

namespace cw::net {
namespace {

/// Runs `work` on the machine's runtime until it has ended.
template <class T>
T run(SystemRuntime& runtime, Task<T> work) {
  std::optional<T> answer;
  boost::asio::co_spawn(runtime.loop(), std::move(work), [&](std::exception_ptr escaped, T value) {
    if (!escaped) answer.emplace(std::move(value));
    runtime.stop();
  });
  runtime.run();
  return std::move(answer.value());
}

class Hello final : public HttpHandler {
 public:
  explicit Hello(Runtime& runtime) : runtime_(runtime) {}
  Task<HttpResponse> handle(HttpRequest request) override {
    HttpResponse response;
    response.body = request.body.empty() ? "hello" : std::move(request.body);
    co_return response;
  }
  bool wants_upgrade(const HttpRequest& request) override { return is_websocket_upgrade(request); }
  Task<void> upgrade(HttpRequest request, StreamPtr stream, std::string already_read) override {
    auto socket =
        co_await accept_websocket(runtime_, std::move(request), std::move(stream), std::move(already_read), {});
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

TEST(Loopback, ServesRequestsAndWebSocketsOverTcp) {
  NullLogger logger;
  SystemRuntime runtime(logger);
  Hello handler(runtime);
  HttpServer server(runtime, handler, {});
  auto listener = runtime.listen("127.0.0.1", 0);
  ASSERT_TRUE(listener) << listener.error().message;
  const auto port = (*listener)->port();
  runtime.spawn("serve", server.serve(std::move(*listener)));

  HttpClient client(runtime, {"127.0.0.1", port}, Millis{5'000});
  const std::string large(900'000, 'x');
  for (const auto& body : {std::string(), large}) {
    const auto answer = run(runtime, client.send({.method = "POST", .body = body}));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, body.empty() ? "hello" : body);
  }
  auto socket =
      run(runtime, connect_websocket(runtime, "ws://localhost:" + std::to_string(port) + "/", Millis{5'000}, {}));
  ASSERT_TRUE(socket) << socket.error().message;
  ASSERT_TRUE(run(runtime, (*socket)->write_text("over tcp")));
  EXPECT_EQ(run(runtime, (*socket)->read()).value().data, "over tcp");
}

/// Answers only once whoever asked has gone away.
class Patient final : public HttpHandler {
 public:
  explicit Patient(Runtime& runtime) : runtime_(runtime) {}
  Task<HttpResponse> handle(HttpRequest request) override {
    was_there_at_first = !request.is_gone();
    was_asked = true;
    while (!request.is_gone()) co_await runtime_.sleep_for(Millis{1});
    saw_it_go = true;
    co_return HttpResponse{};
  }
  bool wants_upgrade(const HttpRequest&) override { return false; }
  Task<void> upgrade(HttpRequest, StreamPtr, std::string) override { co_return; }

  bool was_asked = false;
  bool was_there_at_first = false;
  bool saw_it_go = false;

 private:
  Runtime& runtime_;
};

TEST(Loopback, AHandlerCanSeeThatItsCallerHasGone) {
  NullLogger logger;
  SystemRuntime runtime(logger);
  Patient handler(runtime);
  HttpServer server(runtime, handler, {});
  auto listener = runtime.listen("127.0.0.1", 0);
  ASSERT_TRUE(listener) << listener.error().message;
  const auto port = (*listener)->port();
  runtime.spawn("serve", server.serve(std::move(*listener)));
  const auto ask_and_go = [&]() -> Task<bool> {
    auto stream = co_await runtime.connect({"127.0.0.1", port}, Millis{5'000});
    if (!stream) co_return false;
    const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const auto sent = co_await (*stream)->write(request);
    if (!sent) co_return false;
    while (!handler.was_asked) co_await runtime.sleep_for(Millis{1});
    (*stream)->close();
    while (!handler.saw_it_go) co_await runtime.sleep_for(Millis{1});
    co_return true;
  };
  EXPECT_TRUE(run(runtime, ask_and_go()));
  EXPECT_TRUE(handler.was_there_at_first);
}

TEST(Listen, NamesThePortThatIsTaken) {
  NullLogger logger;
  SystemRuntime runtime(logger);
  const auto first = runtime.listen("127.0.0.1", 0);
  ASSERT_TRUE(first);
  const auto second = runtime.listen("127.0.0.1", (*first)->port());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::busy);
  EXPECT_NE(second.error().message.find(std::to_string((*first)->port())), std::string::npos);
  EXPECT_EQ(runtime.listen("localhost", 0).error().code, Errc::bad_parameter);
  EXPECT_EQ(runtime.listen("192.0.2.1", 0).error().code, Errc::bad_parameter);
}

TEST(Connect, SaysThatNobodyListensOrThatTheNameIsUnknown) {
  NullLogger logger;
  SystemRuntime runtime(logger);
  std::uint16_t port = 0;
  {
    const auto closed_again = runtime.listen("127.0.0.1", 0);
    port = (*closed_again)->port();
  }
  const auto refused = run(runtime, runtime.connect({"127.0.0.1", port}, Millis{5'000}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::refused) << refused.error().message;
  const auto unknown = run(runtime, runtime.connect({"no-such-host.invalid", 80}, Millis{5'000}));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::not_found) << unknown.error().message;
}

}  // namespace
}  // namespace cw::net
