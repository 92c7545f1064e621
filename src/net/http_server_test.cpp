#include <gtest/gtest.h>

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "net/http.h"
#include "net/sim_runtime.h"

namespace cw::net {
namespace {

using std::chrono::seconds;

class Logbook final : public Logger {
 public:
  void write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) override {
    std::string line(event);
    for (const auto& field : fields) {
      if (const auto* text = std::get_if<std::string_view>(&field.value)) line += " " + std::string(*text);
    }
    lines.push_back(std::move(line));
  }
  std::vector<std::string> lines;
};

/// Answers `METHOD target body`; `/slow` after 5 s, `/throw` not at all.
class Echo final : public HttpHandler {
 public:
  explicit Echo(Runtime& runtime) : runtime_(runtime) {}
  Task<HttpResponse> handle(HttpRequest request) override {
    ++requests;
    if (request.path() == "/throw") throw std::runtime_error("on purpose");
    if (request.path() == "/slow") co_await runtime_.sleep_for(seconds{5});
    HttpResponse response;
    if (request.path() == "/evil") response.fields.set("X-Evil", "a\r\nSet-Cookie: b");
    if (request.path() == "/nothing") response.status = 204;
    if (request.path() == "/large") response.body.assign(1'000'000, 'x');
    if (response.body.empty()) response.body = fmt::format("{} {} {}", request.method, request.target, request.body);
    co_return response;
  }
  int requests = 0;

 private:
  Runtime& runtime_;
};

/// A server in a simulation and what people do to it with bare bytes.
struct Story {
  explicit Story(HttpLimits limits = {}, SimOptions options = {})
      : runtime(log, options), server(runtime, handler, limits) {
    runtime.spawn("serve", server.serve(runtime.listen("desk", 80).value()));
  }
  Logbook log;
  SimRuntime runtime;
  Echo handler{runtime};
  HttpServer server;

  StreamPtr connect() {
    auto stream = runtime.run(runtime.connect({"desk", 80}, seconds{1})).value().value();
    runtime.run_ready();
    return stream;
  }
  void send(Stream& stream, std::string_view bytes) {
    EXPECT_TRUE(runtime.run(stream.write(bytes)).value());
    runtime.run_ready();
  }
  /// What has come so far, the clock standing still; "|end" behind it where the server has ended.
  std::string received(Stream& stream) {
    std::string all;
    for (;;) {
      auto piece = runtime.run(read(stream), Millis{0});
      if (!piece) {
        stream.cancel_read();
        runtime.run_ready();
        return all;
      }
      if (!*piece || (*piece)->empty()) return all + "|end";
      all += **piece;
    }
  }
  /// One connection: sends, lets `wait` pass, and gives what came back.
  std::string exchange(std::string_view bytes, Millis wait = Millis{0}) {
    auto stream = connect();
    send(*stream, bytes);
    runtime.run_for(wait);
    return received(*stream);
  }
  static Task<Result<std::string>> read(Stream& stream) {
    std::string piece(4'096, '\0');
    const auto got = co_await stream.read_some(piece);
    if (!got) co_return pass_on(got);
    piece.resize(*got);
    co_return piece;
  }
};

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }
std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}
std::string body_of(std::string_view answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? "" : std::string(answer.substr(end + 4));
}

TEST(HttpServer, AnswersWithTheFieldsThatAreItsBusiness) {
  Story story;
  const auto answer = story.exchange("GET /a?b=c HTTP/1.1\r\nHost: desk\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n")) << answer;
  EXPECT_TRUE(has(answer, "\r\nContent-Length: 11\r\n")) << answer;
  EXPECT_TRUE(has(answer, "\r\nX-Request-Id: ")) << answer;
  EXPECT_FALSE(has(answer, "Connection:")) << answer;
  EXPECT_EQ(body_of(answer), "GET /a?b=c ");
}

TEST(HttpServer, KeepsTheConnectionAsTheVersionAndTheClientSay) {
  Story story;
  EXPECT_TRUE(story.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").ends_with("|end"));
  EXPECT_TRUE(story.exchange("GET / HTTP/1.0\r\n\r\n").ends_with("|end"));
  const auto kept = story.exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_FALSE(kept.ends_with("|end"));
  EXPECT_TRUE(has(kept, "Connection: keep-alive\r\n"));
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Story story({}, {.seed = seed, .split_reads = true});
    std::string requests;
    for (int i = 0; i < 20; ++i) {
      const auto body = std::string(static_cast<std::size_t>(i), 'b');
      requests += fmt::format("POST /{} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{}", i, i, body);
    }
    const auto answers = story.exchange(requests);
    EXPECT_EQ(count_of(answers, "HTTP/1.1 200 OK"), 20u) << "seed " << seed;
    std::size_t at = 0;
    for (int i = 0; i < 20; ++i) {
      at = answers.find(fmt::format("POST /{} {}", i, std::string(static_cast<std::size_t>(i), 'b')), at);
      ASSERT_NE(at, std::string::npos) << "seed " << seed << ", answer " << i;
    }
  }
}

TEST(HttpServer, ReadsChunkedBodies) {
  Story story({}, {.split_reads = true});
  const auto answer = story.exchange(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: "
      "x\r\n\r\n");
  EXPECT_EQ(body_of(answer), "POST / hello!");
}

TEST(HttpServer, ReadsAnEmptyChunkedBodyThatComesAByteAtATime) {
  Story story({}, {.split_reads = true});
  auto stream = story.connect();
  story.send(*stream, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (const char* byte : {"0", "\r", "\n", "\r", "\n"}) story.send(*stream, byte);
  EXPECT_EQ(body_of(story.received(*stream)), "POST / ");
}

TEST(HttpServer, SendsNoBodyToHeadAndWith204) {
  Story story;
  const auto head = story.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(has(head, "Content-Length: 7\r\n"));
  EXPECT_EQ(body_of(head), "");
  const auto nothing = story.exchange("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(nothing.starts_with("HTTP/1.1 204 No Content\r\n"));
  EXPECT_FALSE(has(nothing, "Content-Length"));
  EXPECT_EQ(body_of(nothing), "");
}

TEST(HttpServer, SaysContinueOnlyToWhoWaitsForIt) {
  Story story;
  auto stream = story.connect();
  story.send(*stream, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(story.received(*stream), "HTTP/1.1 100 Continue\r\n\r\n");
  story.send(*stream, "hello");
  EXPECT_EQ(body_of(story.received(*stream)), "POST / hello");
  const auto at_once =
      story.exchange("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_TRUE(at_once.starts_with("HTTP/1.1 200 OK")) << at_once;
}

TEST(HttpServer, TakesTheAbsoluteFormOfATarget) {
  Story story;
  EXPECT_EQ(body_of(story.exchange("GET http://desk/a?b HTTP/1.1\r\nHost: desk\r\n\r\n")), "GET /a?b ");
  EXPECT_EQ(body_of(story.exchange("GET http://desk HTTP/1.1\r\nHost: desk\r\n\r\n")), "GET / ");
  EXPECT_EQ(story.exchange("GET http://me@desk/ HTTP/1.1\r\nHost: desk\r\n\r\n").substr(9, 3), "400");
  EXPECT_EQ(body_of(story.exchange("OPTIONS * HTTP/1.1\r\nHost: desk\r\n\r\n")), "OPTIONS * ");
}

TEST(HttpServer, RefusesWhatTwoReadersCouldReadInTwoWays) {
  const std::string start = "POST / HTTP/1.1\r\n";
  const std::string cases[] = {
      start + "\r\n",  // no Host
      start + "Host: a\r\nHost: b\r\n\r\n",
      start + "Host: a b\r\n\r\n",
      start + "Host: a/b\r\n\r\n",
      start + "Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      start + "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      start + "Host: a\r\nTransfer-Encoding: gzip\r\n\r\n",
      start + "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      start + "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      start + "Host: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      start + "Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
      start + "Host: a\r\nContent-Length: 5, 5\r\n\r\nhello",
      start + "Host: a\r\nContent-Length: +5\r\n\r\nhello",
      start + "Host: a\r\nContent-Length: 0x5\r\n\r\nhello",
      start + "Host: a\r\nContent-Length: -1\r\n\r\n",
      start + "Host: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
      start + "Host: a\r\nX: one\r\n two\r\n\r\n",  // folded
      start + "Host: a\r\nX : one\r\n\r\n",         // blank before the colon
      start + "Host: a\r\nno colon\r\n\r\n",
      start + std::string("Host: a\r\nX: a\0b\r\n\r\n", 19),
      "GET /\r\n\r\n",
      "GET / HTTP/2.0\r\n\r\n",
      "GET / HTTP/1.1\nHost: a\n\n",
      "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  // a TLS greeting
      start + "Host: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      start + "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
      start + "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
      start + "Host: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
  };
  for (const auto& input : cases) {
    Story story({}, {.split_reads = true});
    // Pieces, as a network may make them.
    auto stream = story.connect();
    for (std::size_t at = 0; at < input.size(); at += 7) {
      (void)story.runtime.run(stream->write(std::string_view(input).substr(at, 7)));
    }
    story.runtime.run_for(seconds{3});
    const auto answer = story.received(*stream);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 Bad Request\r\n")) << input << "\n->\n" << answer;
    EXPECT_TRUE(has(answer, "Connection: close\r\n") && answer.ends_with("|end")) << input;
    EXPECT_TRUE(has(answer, R"("code":"bad_request")")) << answer;
    EXPECT_EQ(story.handler.requests, 0) << input;
  }
}

TEST(HttpServer, AnswersAProblemDocumentWithTheRequestsId) {
  Story story;
  const auto answer = story.exchange("GET / HTTP/1.1\r\n\r\n");
  const auto id_at = answer.find("X-Request-Id: ");
  ASSERT_NE(id_at, std::string::npos);
  const auto id = answer.substr(id_at + 14, 16);
  EXPECT_TRUE(has(answer, "Content-Type: application/problem+json\r\n"));
  EXPECT_TRUE(body_of(answer).starts_with(
      R"({"type":"/api/docs#code-bad_request","title":"Bad request","status":400,"code":"bad_request","detail":")"))
      << answer;
  EXPECT_TRUE(has(answer, R"("request_id":")" + id + R"("})"));
  EXPECT_TRUE(has(story.log.lines.at(0), "http_request " + id)) << story.log.lines.at(0);
}

TEST(HttpServer, BoundsTargetHeaderAndBody) {
  Story story({.target_bytes = 100, .header_bytes = 1'000, .body_bytes = 50});
  const auto status = [&](const std::string& request) { return story.exchange(request, seconds{3}).substr(9, 3); };
  const std::string host = "Host: a\r\n";
  EXPECT_EQ(status("GET /" + std::string(99, 'x') + " HTTP/1.1\r\n" + host + "\r\n"), "200");
  EXPECT_EQ(status("GET /" + std::string(100, 'x') + " HTTP/1.1\r\n" + host + "\r\n"), "414");
  EXPECT_EQ(status("GET /" + std::string(5'000, 'x')), "431");
  EXPECT_EQ(status("GET / HTTP/1.1\r\n" + host + "X: " + std::string(900, 'x') + "\r\n\r\n"), "200");
  EXPECT_EQ(status("GET / HTTP/1.1\r\n" + host + "X: " + std::string(1'000, 'x') + "\r\n\r\n"), "431");
  std::string many;
  for (int i = 0; i < 150; ++i) many += "a:\r\n";
  EXPECT_EQ(status("GET / HTTP/1.1\r\n" + host + many + "\r\n"), "431");
  EXPECT_EQ(status("POST / HTTP/1.1\r\n" + host + "Content-Length: 50\r\n\r\n" + std::string(50, 'x')), "200");
  EXPECT_EQ(status("POST / HTTP/1.1\r\n" + host + "Content-Length: 51\r\n\r\n"), "413");
  const auto chunked = "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(status(chunked + "32\r\n" + std::string(50, 'x') + "\r\n0\r\n\r\n"), "200");
  EXPECT_EQ(status(chunked + "32\r\n" + std::string(50, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n"), "413");
  EXPECT_EQ(status(chunked + "1;" + std::string(9'000, 'x')), "431");
  EXPECT_EQ(status(chunked + "0\r\nX: " + std::string(9'000, 'x')), "431");
}

TEST(HttpServer, BoundsAHeaderThatComesFieldByField) {
  Story story({.header_bytes = 1'000});
  auto stream = story.connect();
  story.send(*stream, "GET / HTTP/1.1\r\nHost: a\r\n");
  std::string answer;
  for (int i = 0; i < 60 && answer.empty(); ++i) {
    (void)story.runtime.run(stream->write(std::string_view("Name: a value of 25 bytes\r\n")));
    story.runtime.run_ready();
    answer = story.received(*stream);
  }
  EXPECT_EQ(answer.substr(9, 3), "431");
}

// The client that sends a byte now and then, to hold a connection for ever.
TEST(HttpServer, EndsASlowHeaderWith408) {
  Story story;
  auto stream = story.connect();
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\nX: never ends";
  std::string answer;
  const auto began = story.runtime.elapsed();
  for (std::size_t i = 0; answer.empty() && i < request.size(); ++i) {
    (void)story.runtime.run(stream->write(std::string_view(request).substr(i, 1)));
    story.runtime.run_for(Millis{900});
    answer = story.received(*stream);
  }
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n")) << answer;
  EXPECT_TRUE(has(answer, R"("code":"request_timeout")"));
  EXPECT_LT(story.runtime.elapsed() - began, seconds{12});
  story.runtime.run_for(seconds{3});
  EXPECT_EQ(story.server.open_connections(), 0u);
}

TEST(HttpServer, EndsASlowBodyWith408) {
  Story story;
  auto stream = story.connect();
  story.send(*stream, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
  std::string answer;
  int sent = 0;
  for (; answer.empty() && sent < 100; ++sent) {
    (void)story.runtime.run(stream->write(std::string_view("x")));
    story.runtime.run_for(seconds{1});
    answer = story.received(*stream);
  }
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n")) << answer;
  EXPECT_NEAR(sent, 30, 1);
}

TEST(HttpServer, EndsSilentAndIdleConnectionsWithoutAnAnswer) {
  Story story;
  auto silent = story.connect();
  auto kept = story.connect();
  story.send(*kept, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(body_of(story.received(*kept)), "GET / ");
  story.runtime.run_for(seconds{9});
  EXPECT_EQ(story.server.open_connections(), 2u);
  story.runtime.run_for(Millis{1'500});
  EXPECT_EQ(story.server.open_connections(), 1u);
  EXPECT_EQ(story.received(*silent), "|end");
  story.runtime.run_for(seconds{64});
  EXPECT_EQ(story.server.open_connections(), 1u);
  story.runtime.run_for(seconds{1});
  EXPECT_EQ(story.server.open_connections(), 0u);
  EXPECT_EQ(story.received(*kept), "|end");
}

TEST(HttpServer, GivesUpOnAClientThatDoesNotReadItsAnswer) {
  Story story;
  auto stream = story.connect();
  story.send(*stream, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  story.runtime.run_for(seconds{29});
  EXPECT_EQ(story.server.open_connections(), 1u);
  story.runtime.run_for(seconds{2});
  EXPECT_EQ(story.server.open_connections(), 0u);
}

TEST(HttpServer, AnswersOverTheConnectionLimitWith503) {
  Story story({.connections = 2});
  auto a = story.connect();
  auto b = story.connect();
  auto c = story.connect();
  story.send(*c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answer = story.received(*c);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n") && has(answer, "\r\nRetry-After: 1\r\n"))
      << answer;
  EXPECT_TRUE(has(answer, R"("code":"overloaded")") && answer.ends_with("|end"));
  a->close();
  story.runtime.run_ready();
  EXPECT_EQ(body_of(story.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")), "GET / ");
}

TEST(HttpServer, AnswersAHandlersExceptionWith500AndLogsIt) {
  Story story;
  auto stream = story.connect();
  story.send(*stream, "GET /throw HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answers = story.received(*stream);
  EXPECT_TRUE(answers.starts_with("HTTP/1.1 500 Internal Server Error\r\n")) << answers;
  EXPECT_FALSE(has(answers, "on purpose"));
  EXPECT_TRUE(answers.ends_with("GET / ")) << answers;
  EXPECT_TRUE(story.log.lines.at(0).starts_with("request_failed ") && story.log.lines.at(0).ends_with(" on purpose"));
}

TEST(HttpServer, LeavesOutAFieldThatWouldSplitTheAnswer) {
  Story story;
  const auto answer = story.exchange("GET /evil HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK"));
  EXPECT_FALSE(has(answer, "Set-Cookie"));
}

TEST(HttpServer, DrainsWhenItIsStopped) {
  Story story;
  auto idle = story.connect();
  auto busy = story.connect();
  story.send(*busy, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  bool stopped = false;
  const auto stopping = [&]() -> Task<void> {
    co_await story.server.stop(seconds{10});
    stopped = true;
  };
  story.runtime.spawn("stop", stopping());
  story.runtime.run_for(seconds{1});
  EXPECT_EQ(story.received(*idle), "|end");
  EXPECT_FALSE(stopped);
  EXPECT_EQ(story.runtime.run(story.runtime.connect({"desk", 80}, seconds{1})).value().error().code, Errc::refused);
  story.runtime.run_for(seconds{5});
  EXPECT_TRUE(stopped);
  const auto answer = story.received(*busy);
  EXPECT_TRUE(has(answer, "Connection: close\r\n") && answer.ends_with("GET /slow |end")) << answer;
}

TEST(HttpServer, EndsWhatOutlastsTheGrace) {
  Story story;
  auto busy = story.connect();
  story.send(*busy, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto stopping = [&]() -> Task<int> {
    co_await story.server.stop(seconds{2});
    co_return 1;
  };
  const auto began = story.runtime.elapsed();
  EXPECT_EQ(story.runtime.run(stopping()), 1);
  EXPECT_EQ(story.runtime.elapsed() - began, seconds{2});
  EXPECT_EQ(story.received(*busy), "|end");
}

}  // namespace
}  // namespace cw::net
