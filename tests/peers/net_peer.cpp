// Our WebSocket as a program, so that foreign implementations can be its other side.
//   net_peer serve          listens on loopback, prints its port, echoes every message; "close 1008" closes with that code
//   net_peer connect URL    sends messages of many sizes to an echoing server and compares what comes back
#include <cstdio>
#include <string>
#include <string_view>

#include "net/system_runtime.h"
#include "net/websocket.h"

namespace {

using namespace cw::net;
using Kind = WebSocketMessage::Kind;

constexpr WebSocketLimits kLimits{.message_bytes = 1'000'000};

class Echo final : public HttpHandler {
 public:
  explicit Echo(Runtime& runtime) : runtime_(runtime) {}
  Task<HttpResponse> handle(HttpRequest) override {
    HttpResponse response;
    response.status = 404;
    co_return response;
  }
  bool wants_upgrade(const HttpRequest& request) override { return is_websocket_upgrade(request); }
  Task<void> upgrade(HttpRequest request, StreamPtr stream, std::string already_read) override {
    auto socket =
        co_await accept_websocket(runtime_, std::move(request), std::move(stream), std::move(already_read), kLimits);
    if (!socket) co_return;
    for (;;) {
      auto message = co_await (*socket)->read();
      if (!message || message->kind == Kind::closed) co_return;
      if (message->data == "close 1008") {
        co_await (*socket)->close(1008, "as you wished");
        co_return;
      }
      const auto sent = co_await (message->kind == Kind::text ? (*socket)->write_text(message->data)
                                                              : (*socket)->write_binary(message->data));
      if (!sent) co_return;
    }
  }

 private:
  Runtime& runtime_;
};

Task<cw::Result<int>> converse(Runtime& runtime, std::string url) {
  auto socket = co_await connect_websocket(runtime, url, cw::Millis{5'000}, kLimits);
  if (!socket) co_return cw::pass_on(socket);
  int compared = 0;
  for (const std::size_t size : {0, 1, 125, 126, 127, 65'535, 65'536, 999'999}) {
    for (const bool is_text : {true, false}) {
      const std::string sent(size, is_text ? 'x' : '\xff');
      const auto written = co_await (is_text ? (*socket)->write_text(sent) : (*socket)->write_binary(sent));
      if (!written) co_return cw::pass_on(written);
      const auto pinged = co_await (*socket)->ping("how are you?");
      if (!pinged) co_return cw::pass_on(pinged);
      const auto message = co_await (*socket)->read();
      if (!message) co_return cw::pass_on(message);
      if (message->data != sent || message->kind != (is_text ? Kind::text : Kind::binary)) {
        co_return cw::fail(cw::Errc::bad_input, "message " + std::to_string(compared) +
                                                    " came back changed: " + message->data.substr(0, 80));
      }
      ++compared;
    }
  }
  co_await (*socket)->close(1000, "done");
  if ((*socket)->close_code() != 1000) co_return cw::fail(cw::Errc::bad_input, "the close frame was not answered");
  co_return compared;
}

int serve() {
  cw::NullLogger logger;
  SystemRuntime runtime(logger);
  Echo handler(runtime);
  HttpServer server(runtime, handler, {});
  auto listener = runtime.listen("127.0.0.1", 0);
  if (!listener) {
    std::fprintf(stderr, "%s\n", listener.error().message.c_str());
    return 1;
  }
  std::printf("%d\n", (*listener)->port());
  std::fflush(stdout);
  runtime.spawn("serve", server.serve(std::move(*listener)));
  runtime.run();
  return 0;
}

int connect(const std::string& url) {
  cw::NullLogger logger;
  SystemRuntime runtime(logger);
  int exit_code = 1;
  const auto talking = [&]() -> Task<void> {
    const auto compared = co_await runtime.within(cw::Millis{30'000}, converse(runtime, url));
    if (compared) {
      std::printf("%d messages came back as they were sent\n", *compared);
      exit_code = 0;
    } else {
      std::fprintf(stderr, "%s\n", compared.error().message.c_str());
    }
    runtime.stop();
  };
  runtime.spawn("talk", talking());
  runtime.run();
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "serve" && argc == 2) return serve();
  if (mode == "connect" && argc == 3) return connect(argv[2]);
  std::fprintf(stderr, "usage: net_peer serve | net_peer connect URL\n");
  return 2;
}
