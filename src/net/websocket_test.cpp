#include "net/websocket.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>
#include <vector>

#include "net/sim_runtime.h"
#include "net/ws_frame.h"

namespace cw::net {
namespace {

using std::chrono::seconds;
using Kind = WebSocketMessage::Kind;
using Socket = std::unique_ptr<WebSocket>;

/// Keeps what is upgraded, for the test to play the server.
class Upgrader final : public HttpHandler {
 public:
  Upgrader(Runtime& runtime, WebSocketLimits limits) : runtime_(runtime), limits_(limits) {}
  Task<HttpResponse> handle(HttpRequest) override {
    HttpResponse response;
    response.status = status;
    co_return response;
  }
  bool wants_upgrade(const HttpRequest& request) override { return upgrades && is_websocket_upgrade(request); }
  Task<void> upgrade(HttpRequest request, StreamPtr stream, std::string already_read) override {
    auto opened =
        co_await accept_websocket(runtime_, std::move(request), std::move(stream), std::move(already_read), limits_);
    if (opened) socket = std::move(*opened);
  }
  Socket socket;
  bool upgrades = true;
  int status = 404;

 private:
  Runtime& runtime_;
  WebSocketLimits limits_;
};

struct Story {
  explicit Story(SimOptions options = {}, WebSocketLimits its_limits = {})
      : limits(its_limits), runtime(logger, options), handler(runtime, its_limits), server(runtime, handler, {}) {
    runtime.spawn("serve", server.serve(runtime.listen("desk", 80).value()));
  }
  ~Story() { handler.socket.reset(); }

  /// Both ends connected.
  Socket open() {
    auto client = runtime.run(connect_websocket(runtime, "ws://desk/api/ws", seconds{5}, limits)).value();
    EXPECT_TRUE(client) << (client ? "" : client.error().message);
    runtime.run_ready();
    return std::move(*client);
  }
  std::string read(WebSocket& socket) { return text_of(runtime.run(socket.read())); }
  static std::string text_of(const std::optional<Result<WebSocketMessage>>& read) {
    if (!read) return "nothing";
    if (!*read) return fmt::format("error {}", code_name(read->error().code));
    const auto& message = **read;
    if (message.kind == Kind::closed) return fmt::format("closed {} {}", message.close_code, message.data);
    return (message.kind == Kind::text ? "text " : "binary ") + message.data;
  }
  Task<void> read_all(WebSocket& socket, std::vector<std::string>& into) {
    for (;;) {
      const auto message = co_await socket.read();
      into.push_back(text_of(message));
      if (!message || message->kind == Kind::closed) co_return;
    }
  }

  WebSocketLimits limits;
  NullLogger logger;
  SimRuntime runtime;
  Upgrader handler;
  HttpServer server;
};

/// A connection whose client side is bare bytes.
struct RawStory : Story {
  explicit RawStory(WebSocketLimits its_limits = {}) : Story({}, its_limits) {
    raw = runtime.run(runtime.connect({"desk", 80}, seconds{1})).value().value();
    // The key and its answer are the example of RFC 6455, section 1.3.
    send(
        "GET /chat HTTP/1.1\r\nHost: desk\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    greeting = received();
  }
  void send(std::string_view bytes) {
    EXPECT_TRUE(runtime.run(raw->write(bytes)).value());
    runtime.run_ready();
  }
  void send_frame(WsOpcode opcode, bool is_final, std::string_view payload) {
    std::string wire;
    const WsMaskKey key{1, 2, 3, 4};
    append_ws_frame(wire, opcode, is_final, payload, &key);
    send(wire);
  }
  std::string received() {
    std::string piece(100'000, ' ');
    const auto got = runtime.run(raw->read_some(piece), Millis{0});
    if (!got) {
      raw->cancel_read();
      runtime.run_ready();
      return "";
    }
    piece.resize(got->value_or(0));
    return piece;
  }
  StreamPtr raw;
  std::string greeting;
};

std::string server_frame(WsOpcode opcode, std::string_view payload) {
  std::string wire;
  append_ws_frame(wire, opcode, true, payload, nullptr);
  return wire;
}

TEST(AcceptWebSocket, AnswersTheExampleOfTheStandard) {
  const RawStory story;
  EXPECT_EQ(story.greeting,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  EXPECT_TRUE(story.handler.socket);
}

TEST(AcceptWebSocket, RefusesWhatIsNotAProperRequest) {
  const std::string start = "GET / HTTP/1.1\r\nHost: desk\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  const std::pair<std::string, std::string> cases[] = {
      {"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "426"},
      {"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n", "426"},
      {"Sec-WebSocket-Version: 13\r\n", "400"},
      {"Sec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n", "400"},
      {"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQA=\r\nSec-WebSocket-Version: 13\r\n", "400"},
      {"Sec-WebSocket-Key: !!hlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", "400"},
  };
  for (const auto& [fields, status] : cases) {
    Story story;
    auto raw = story.runtime.run(story.runtime.connect({"desk", 80}, seconds{1})).value().value();
    (void)story.runtime.run(raw->write(start + fields + "\r\n"));
    story.runtime.run_ready();
    std::string answer(1'000, ' ');
    (void)story.runtime.run(raw->read_some(answer));
    EXPECT_EQ(answer.substr(9, 3), status) << fields;
    EXPECT_EQ(answer.find("Sec-WebSocket-Version: 13") != std::string::npos, status == "426");
    EXPECT_FALSE(story.handler.socket);
  }
}

TEST(ConnectWebSocket, SaysWhyTheServerDidNotOpenOne) {
  Story story;
  const auto attempt = [&](int status) {
    story.handler.upgrades = false;
    story.handler.status = status;
    return story.runtime.run(connect_websocket(story.runtime, "ws://desk/x", seconds{5}, {})).value().error();
  };
  EXPECT_EQ(attempt(404).code, Errc::refused);
  EXPECT_EQ(attempt(404).message, "desk:80: the server answered 404 Not Found instead of opening a WebSocket");
  EXPECT_EQ(attempt(429).code, Errc::rate_limited);
  EXPECT_EQ(attempt(418).code, Errc::rate_limited);
  EXPECT_EQ(attempt(503).code, Errc::disconnected);
  const auto bad = story.runtime.run(connect_websocket(story.runtime, "desk", seconds{5}, {})).value();
  EXPECT_EQ(bad.error().code, Errc::bad_input);
}

TEST(ConnectWebSocket, ChecksTheServersAnswer) {
  for (const std::string answer : {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
                                   "Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n",
                                   "HTTP/1.1 101 Switching Protocols\r\n\r\n", "garbage\r\n\r\n", ""}) {
    NullLogger logger;
    SimRuntime runtime(logger, {});
    auto listener = runtime.listen("venue", 80).value();
    const auto serving = [&]() -> Task<void> {
      auto stream = (co_await listener->accept()).value();
      std::string request(4'096, ' ');
      (void)co_await stream->read_some(request);
      if (answer.empty()) co_await runtime.sleep_for(std::chrono::hours{1});
      (void)co_await stream->write(answer);
      co_await runtime.sleep_for(seconds{1});
    };
    runtime.spawn("serve", serving());
    const auto opened = runtime.run(connect_websocket(runtime, "ws://venue/", seconds{5}, {})).value();
    ASSERT_FALSE(opened) << answer;
    const auto expected = answer.empty() ? Errc::timed_out : answer[0] == 'g' ? Errc::disconnected : Errc::refused;
    EXPECT_EQ(opened.error().code, expected) << opened.error().message;
  }
}

TEST(WebSocket, CarriesMessagesBothWaysAtOnce) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Story story(
        {.seed = seed, .latency_min = Millis{1}, .latency_max = Millis{50}, .pipe_bytes = 3'000, .split_reads = true});
    auto client = story.open();
    auto& server = *story.handler.socket;
    std::vector<std::string> sent[2];
    std::vector<std::string> received[2];
    const auto writing = [&](WebSocket& socket, std::vector<std::string>& log) -> Task<void> {
      for (int i = 0; i < 40; ++i) {
        const std::string text(story.runtime.random().below(9'000), static_cast<char>('a' + i % 26));
        log.push_back((i % 3 == 0 ? "binary " : "text ") + text);
        EXPECT_TRUE(co_await (i % 3 == 0 ? socket.write_binary(text) : socket.write_text(text)));
        if (i % 7 == 0) EXPECT_TRUE(co_await socket.ping("are you there?"));
      }
    };
    story.runtime.spawn("w0", writing(*client, sent[0]));
    story.runtime.spawn("w1", writing(server, sent[1]));
    story.runtime.spawn("r0", story.read_all(server, received[0]));
    story.runtime.spawn("r1", story.read_all(*client, received[1]));
    story.runtime.run_for(std::chrono::minutes{10});
    EXPECT_EQ(received[0], sent[0]);
    EXPECT_EQ(received[1], sent[1]);
  }
}

TEST(WebSocket, ClosesWithCodeAndReasonOnBothSides) {
  for (const bool client_begins : {true, false}) {
    Story story;
    auto client = story.open();
    auto& first = client_begins ? *client : *story.handler.socket;
    auto& second = client_begins ? *story.handler.socket : *client;
    std::vector<std::string> heard_first;
    std::vector<std::string> heard_second;
    story.runtime.spawn("r1", story.read_all(first, heard_first));
    story.runtime.spawn("r2", story.read_all(second, heard_second));
    const auto closing = [&]() -> Task<int> {
      co_await first.close(1001, "going away");
      co_return 1;
    };
    const auto began = story.runtime.elapsed();
    EXPECT_EQ(story.runtime.run(closing()), 1);
    EXPECT_LT(story.runtime.elapsed() - began, seconds{1});
    story.runtime.run_ready();
    EXPECT_EQ(heard_second, (std::vector<std::string>{"closed 1001 going away"}));
    EXPECT_EQ(heard_first, (std::vector<std::string>{"closed 1001 "}));
    EXPECT_EQ(story.read(second), "error disconnected");
    EXPECT_EQ(story.runtime.run(second.write_text("x")).value().error().code, Errc::disconnected);
  }
}

TEST(WebSocket, ClosesWithoutAReaderOfItsOwnAndWithoutAnAnswer) {
  Story story;
  auto client = story.open();
  const auto closing = [](WebSocket& socket) -> Task<int> {
    co_await socket.close(1000, "done");
    co_return 1;
  };
  const auto began = story.runtime.elapsed();
  EXPECT_EQ(story.runtime.run(closing(*client)), 1);  // nobody reads on the other side
  EXPECT_EQ(story.runtime.elapsed() - began, seconds{2});
  EXPECT_EQ(story.read(*story.handler.socket), "closed 1000 done");
}

TEST(WebSocket, SaysThatTheStreamEndedWithoutAClose) {
  Story story;
  auto client = story.open();
  story.runtime.links("desk", 80)[0]->cut();
  EXPECT_EQ(story.read(*client), "closed 1006 the connection was lost");
  EXPECT_EQ(client->close_code(), 1006);
  story.handler.socket->abort();
  EXPECT_EQ(story.read(*story.handler.socket).substr(0, 11), "closed 1006");
}

TEST(WebSocket, AnswersPingsWhileItReadsTheNewestLast) {
  RawStory story;
  std::vector<std::string> heard;
  story.runtime.spawn("read", story.read_all(*story.handler.socket, heard));
  story.send_frame(WsOpcode::ping, true, "one");
  EXPECT_EQ(story.received(), server_frame(WsOpcode::pong, "one"));
  story.send_frame(WsOpcode::text, false, "he");
  story.send_frame(WsOpcode::ping, true, "two");
  EXPECT_EQ(story.received(), server_frame(WsOpcode::pong, "two"));
  story.send_frame(WsOpcode::continuation, true, "llo");
  EXPECT_EQ(heard, (std::vector<std::string>{"text hello"}));
}

TEST(WebSocket, ClosesOnABrokenRuleWithItsCode) {
  struct Case {
    std::string wire;
    std::uint16_t code;
  };
  std::string unmasked;
  append_ws_frame(unmasked, WsOpcode::text, true, "x", nullptr);
  const WsMaskKey key{};
  std::string bad_text;
  append_ws_frame(bad_text, WsOpcode::text, true, "\xff", &key);
  std::string too_long;
  append_ws_header(too_long, WsOpcode::text, true, 1'001, &key);
  for (const auto& [wire, code] : {Case{unmasked, 1002}, Case{bad_text, 1007}, Case{too_long, 1009}}) {
    RawStory story({.message_bytes = 1'000});
    story.send(wire);
    const auto heard = story.read(*story.handler.socket);
    EXPECT_TRUE(heard.starts_with(fmt::format("closed {} ", code))) << heard;
    const auto reason = heard.substr(12);
    EXPECT_EQ(story.received(), server_frame(WsOpcode::close, ws_close_payload(code, reason)));
    EXPECT_EQ(story.received(), "");
  }
}

TEST(WebSocket, MasksEveryFrameOfAClientWithAnotherKey) {
  NullLogger logger;
  SimRuntime runtime(logger, {});
  auto listener = runtime.listen("venue", 80).value();
  auto raw = runtime.run(runtime.connect({"venue", 80}, seconds{1})).value().value();
  WebSocket client(runtime, std::move(raw), WebSocket::Role::client, {});
  auto server = runtime.run(listener->accept()).value().value();
  std::vector<std::string> keys;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(runtime.run(client.write_text("hello")).value());
    std::string wire(100, ' ');
    wire.resize(runtime.run(server->read_some(wire)).value().value());
    ASSERT_EQ(wire.size(), 11u);
    EXPECT_EQ(wire.substr(0, 2), "\x81\x85");
    keys.push_back(wire.substr(2, 4));
  }
  std::ranges::sort(keys);
  EXPECT_EQ(std::ranges::unique(keys).size(), 0u);
}

TEST(WebSocket, PingsAnIdlePeerAndKeepsIt) {
  Story story;
  auto client = story.open();
  std::vector<std::string> heard[2];
  story.runtime.spawn("r0", story.read_all(*client, heard[0]));
  story.runtime.spawn("r1", story.read_all(*story.handler.socket, heard[1]));
  story.runtime.run_for(std::chrono::hours{24});
  EXPECT_TRUE(heard[0].empty() && heard[1].empty());
  ASSERT_TRUE(story.runtime.run(client->write_text("still here")).value());
  story.runtime.run_ready();
  EXPECT_EQ(heard[1], (std::vector<std::string>{"text still here"}));
}

TEST(WebSocket, GivesUpOnAPeerThatIsSilentForTooLong) {
  Story story;
  auto client = story.open();
  std::vector<std::string> heard;
  story.runtime.spawn("read", story.read_all(*client, heard));
  story.runtime.links("desk", 80)[0]->stall(SimSide::client, true);
  story.runtime.run_for(seconds{59});
  EXPECT_TRUE(heard.empty());
  story.runtime.run_for(seconds{2});
  EXPECT_EQ(heard, (std::vector<std::string>{"closed 1006 nothing was heard from the other side for 1 m"}));
}

TEST(WebSocket, HoldsItsWriterBackBehindASlowReader) {
  Story story({.pipe_bytes = 1'000});
  auto client = story.open();
  int written = 0;
  const auto writing = [&]() -> Task<void> {
    const std::string text(600, 'x');
    while (co_await client->write_text(text)) ++written;
  };
  story.runtime.spawn("write", writing());
  story.runtime.run_for(seconds{5});
  EXPECT_LT(written, 40);  // the pipe, and what the server's stream has read ahead
  const int before = written;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(story.read(*story.handler.socket).size(), 605u);
  story.runtime.run_ready();
  EXPECT_GT(written, before + 90);
}

TEST(WebSocket, LosesNothingWhenAReadTimesOut) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Story story({.seed = seed, .latency_min = Millis{1}, .latency_max = Millis{400}, .split_reads = true});
    auto client = story.open();
    const auto writing = [&]() -> Task<void> {
      for (int i = 0; i < 50; ++i) {
        const auto text = fmt::format("message {}", i);
        EXPECT_TRUE(co_await story.handler.socket->write_text(text));
        co_await story.runtime.sleep_for(Millis{story.runtime.random().below(300)});
      }
    };
    std::vector<std::string> heard;
    const auto reading = [&]() -> Task<void> {
      while (heard.size() < 50) {
        const auto message = co_await story.runtime.within(Millis{70}, client->read());
        if (message) heard.push_back(message->data);
        if (!message && message.error().code != Errc::timed_out) co_return;
      }
    };
    story.runtime.spawn("write", writing());
    story.runtime.spawn("read", reading());
    story.runtime.run_for(std::chrono::minutes{5});
    ASSERT_EQ(heard.size(), 50u) << "seed " << seed;
    for (int i = 0; i < 50; ++i) EXPECT_EQ(heard[static_cast<std::size_t>(i)], fmt::format("message {}", i));
  }
}

TEST(WebSocket, MayDieUnderAWaitingReadAndWrite) {
  Story story({.pipe_bytes = 100});
  auto client = story.open();
  std::vector<std::string> heard;
  std::optional<bool> written;
  const auto writing = [&]() -> Task<void> {
    const std::string text(10'000, 'x');
    written = (co_await client->write_text(text)).has_value();
  };
  story.runtime.spawn("read", story.read_all(*client, heard));
  story.runtime.spawn("write", writing());
  story.runtime.run_ready();
  client.reset();
  story.runtime.run_ready();
  EXPECT_EQ(heard, (std::vector<std::string>{"closed 1006 dropped on this side"}));
  EXPECT_EQ(written, false);
}

TEST(WebSocket, ReadsIntoAKeptBufferAndBytesThatCameWithTheHandshake) {
  Story story;
  std::string first;
  const WsMaskKey key{9, 8, 7, 6};
  append_ws_frame(first, WsOpcode::text, true, "early", &key);
  auto raw = story.runtime.run(story.runtime.connect({"desk", 80}, seconds{1})).value().value();
  (void)story.runtime.run(
      raw->write("GET / HTTP/1.1\r\nHost: desk\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n" +
                 first + first));
  story.runtime.run_ready();
  std::string buffer;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(story.runtime.run(story.handler.socket->read_into(buffer)).value().value(), Kind::text);
    EXPECT_EQ(buffer, "early");
  }
}

}  // namespace
}  // namespace cw::net
