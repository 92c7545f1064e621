#include <gtest/gtest.h>

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "net/compress.h"
#include "net/http.h"
#include "net/sim_runtime.h"

namespace cw::net {
namespace {

using std::chrono::seconds;

/// A server that answers the n-th request with the n-th of given texts, whatever was asked. "|end" at the end of one
/// closes the connection behind it; the text "|cut" cuts it instead of answering; "|silent" says nothing.
struct Script {
  explicit Script(std::vector<std::string> its_answers, SimOptions options = {})
      : answers(std::move(its_answers)), runtime(logger, options), client(runtime, {"venue", 80}, seconds{5}, 10'000) {
    runtime.spawn("accept", accept());
  }

  Task<void> accept() {
    auto listener = runtime.listen("venue", 80).value();
    for (;;) {
      auto stream = co_await listener->accept();
      if (!stream) co_return;
      ++connections;
      runtime.spawn("serve", serve(std::move(*stream)));
    }
  }
  Task<void> serve(StreamPtr stream) {
    while (next < answers.size()) {
      std::string request;
      while (request.find("\r\n\r\n") == std::string::npos) {
        std::string piece(4'096, ' ');
        const auto got = co_await stream->read_some(piece);
        if (!got || *got == 0) co_return;
        request.append(piece, 0, *got);
      }
      requests.push_back(request);
      std::string_view answer = answers[next++];
      if (answer == "|cut") co_return runtime.links("venue", 80).back()->cut();
      if (answer == "|silent") co_await runtime.sleep_for(std::chrono::hours{1});
      const bool ends = answer.ends_with("|end");
      if (ends) answer.remove_suffix(4);
      if (!co_await stream->write(answer)) co_return;
      if (ends) co_return;
    }
    co_await runtime.sleep_for(std::chrono::hours{1});
  }

  Result<HttpResponse> get(HttpRequest request = {.target = "/x"}) {
    return runtime.run(client.send(std::move(request))).value();
  }

  std::vector<std::string> answers;
  std::size_t next = 0;
  int connections = 0;
  std::vector<std::string> requests;
  NullLogger logger;
  SimRuntime runtime;
  HttpClient client;
};

const std::string kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

TEST(HttpClient, AsksAsTheStandardSays) {
  Script script({kHello, kHello});
  ASSERT_TRUE(script.get());
  EXPECT_EQ(script.requests[0], "GET /x HTTP/1.1\r\nHost: venue\r\nAccept-Encoding: gzip\r\n\r\n");
  HttpRequest post{.method = "POST", .target = "/y", .body = "abc"};
  post.fields.set("X-A", "b");
  ASSERT_TRUE(script.get(post));
  EXPECT_EQ(script.requests[1],
            "POST /y HTTP/1.1\r\nHost: venue\r\nAccept-Encoding: gzip\r\nX-A: b\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(script.connections, 1);
}

TEST(HttpClient, ReadsBodiesOfEveryKind) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
  const std::string to_end = "HTTP/1.1 200 OK\r\n\r\nhello|end";
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Script script({kHello, chunked, "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" + kHello, to_end, kHello},
                  {.seed = seed, .split_reads = true});
    for (int i = 0; i < 5; ++i) {
      const auto answer = script.get();
      ASSERT_TRUE(answer) << answer.error().message << ", seed " << seed << ", answer " << i;
      EXPECT_EQ(answer->status, 200);
      EXPECT_EQ(answer->body, "hello");
    }
    EXPECT_EQ(script.connections, 2);
  }
}

TEST(HttpClient, KnowsAnswersWithoutABody) {
  Script script({"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", kHello});
  EXPECT_EQ(script.get().value().status, 204);
  EXPECT_EQ(script.get().value().status, 304);
  EXPECT_EQ(script.get({.method = "HEAD"}).value().fields.get("content-length"), "9");
  EXPECT_EQ(script.get().value().body, "hello");
  EXPECT_EQ(script.connections, 1);
}

TEST(HttpClient, OpensGzipWithinItsBound) {
  const auto answer_of = [](std::string_view plain) {
    const auto packed = gzip(plain);
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n{}", packed.size(),
                       packed);
  };
  Script script({answer_of(std::string(9'999, 'x')), answer_of(std::string(10'001, 'x')),
                 "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"});
  const auto good = script.get();
  ASSERT_TRUE(good);
  EXPECT_EQ(good->body.size(), 9'999u);
  EXPECT_EQ(good->fields.count("Content-Encoding"), 0u);
  EXPECT_EQ(script.get().error().code, Errc::limit_exceeded);
  EXPECT_EQ(script.get().error().code, Errc::bad_input);
}

TEST(HttpClient, BoundsHeaderAndBody) {
  Script script({"HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2711\r\n",
                 "HTTP/1.1 200 OK\r\n\r\n" + std::string(10'001, 'x'),
                 "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x')});
  for (int i = 0; i < 4; ++i) {
    const auto answer = script.get();
    ASSERT_FALSE(answer) << i;
    EXPECT_EQ(answer.error().code, Errc::limit_exceeded) << i << " " << answer.error().message;
  }
}

TEST(HttpClient, TimesOutAndUsesANewConnectionAfterwards) {
  Script script({"|silent", kHello, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", kHello});
  for (int i = 0; i < 2; ++i) {
    const auto answer = script.get();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::timed_out);
    EXPECT_EQ(answer.error().message, "venue:80: no answer within 5 s");
    EXPECT_EQ(script.get().value().body, "hello");
  }
  EXPECT_EQ(script.connections, 3);
}

TEST(HttpClient, RepeatsAGetOnceOnAStaleConnectionAndNeverAPost) {
  Script script({kHello, "|cut", kHello, "|cut", "|cut", kHello, "|cut"});
  EXPECT_TRUE(script.get());
  EXPECT_TRUE(script.get());   // stale, repeated
  EXPECT_FALSE(script.get());  // stale, and the fresh one is cut as well
  EXPECT_TRUE(script.get());
  const auto post = script.get({.method = "POST"});
  ASSERT_FALSE(post);
  EXPECT_EQ(post.error().code, Errc::disconnected);
  EXPECT_EQ(script.requests.size(), 7u);
}

TEST(HttpClient, SaysWhatIsWrongWithAnAnswer) {
  Script script({"garbage\r\n\r\n|end", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello|end", "|end",
                 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello"});
  for (int i = 0; i < 4; ++i) {
    const auto answer = script.get();
    ASSERT_FALSE(answer) << i;
    EXPECT_EQ(answer.error().code, Errc::disconnected) << i << " " << answer.error().message;
    EXPECT_TRUE(answer.error().message.starts_with("venue:80: ")) << answer.error().message;
  }
}

TEST(HttpClient, SendsNothingThatWouldBecomeTwoRequests) {
  Script script({kHello});
  HttpRequest field;
  field.fields.set("X", "a\r\nY: b");
  for (const auto& request : {HttpRequest{.target = "/a b"}, HttpRequest{.target = "/a\r\nX: y"}, field}) {
    EXPECT_EQ(script.get(request).error().code, Errc::bad_input);
  }
  EXPECT_EQ(script.connections, 0);
}

TEST(HttpClient, TakesOneRequestAtATime) {
  Script script({"|silent"});
  script.runtime.spawn("first", [](Script& s) -> Task<void> { (void)co_await s.client.send({}); }(script));
  script.runtime.run_for(seconds{1});
  EXPECT_EQ(script.get().error().code, Errc::busy);
}

}  // namespace
}  // namespace cw::net
