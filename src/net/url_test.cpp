#include <gtest/gtest.h>

#include <string>

#include "base/masked_url.h"
#include "base/printable.h"
#include "net/http.h"
#include "net/loopback_host.h"

namespace cw::net {
namespace {

std::string parts(std::string_view text) {
  const auto url = parse_url(text);
  if (!url) return "error";
  return to_text(url->endpoint) + (url->endpoint.tls ? " tls " : " plain ") + url->target;
}

TEST(ParseUrl, TakesAnAddressApart) {
  EXPECT_EQ(parts("https://api.binance.com/api/v3/klines?symbol=BTCUSDT"),
            "api.binance.com:443 tls /api/v3/klines?symbol=BTCUSDT");
  EXPECT_EQ(parts("wss://stream.binance.com:9443/stream"), "stream.binance.com:9443 tls /stream");
  EXPECT_EQ(parts("http://127.0.0.1:8080"), "127.0.0.1:8080 plain /");
  EXPECT_EQ(parts("WS://localhost"), "localhost:80 plain /");
  EXPECT_EQ(parts("http://localhost?x=1"), "localhost:80 plain /?x=1");
  EXPECT_EQ(parts("http://localhost/a#part"), "localhost:80 plain /a");
  EXPECT_EQ(parts("http://[::1]:81/x"), "[::1]:81 plain /x");
  EXPECT_EQ(parts("https://[2001:db8::1]"), "[2001:db8::1]:443 tls /");
}

TEST(ParseUrl, NamesTheTextThatIsNoAddress) {
  for (const char* text : {"",
                           "localhost",
                           "ftp://x",
                           "http://",
                           "http:///x",
                           "http://user@host/",
                           "http://host:0",
                           "http://host:65536",
                           "http://host:",
                           "http://host:x",
                           "http://host:80:80",
                           "http://a b/",
                           "http://a/b c",
                           "http://[::1",
                           "http://[]",
                           "http://[x]",
                           "http://[::1]x",
                           "http://a\r\nb/",
                           "http://a/\r\n",
                           "://x",
                           "http//x"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, Errc::bad_input);
    EXPECT_NE(url.error().message.find(printable(masked_url(text))), std::string::npos) << url.error().message;
  }
  EXPECT_FALSE(parse_url("http://host/" + std::string(9'000, 'x')));
}

TEST(ParseUrl, RepeatsNoSecretInAnError) {
  for (const char* text : {"http://user:s3cret@host/", "http://host:x/?apiKey=s3cret", "s3cret@host"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().message.find("s3cret"), std::string::npos) << url.error().message;
  }
}

TEST(Percent, IsDecodedAndRefusedWhenBroken) {
  EXPECT_EQ(percent_decode("a%20b%2F%c3%B6"), "a b/\xc3\xb6");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
  for (const char* broken : {"%", "%2", "%zz", "a%2", "%%20"}) EXPECT_FALSE(percent_decode(broken)) << broken;
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
}

TEST(HttpRequest, TakesItsQueryApart) {
  const HttpRequest request{.target = "/a?x=1&y=%20b+c&x=2&flag&=v&bad=%zz"};
  EXPECT_EQ(request.path(), "/a");
  EXPECT_EQ(request.query("x"), "1");
  EXPECT_EQ(request.query("y"), " b c");
  EXPECT_EQ(request.query("flag"), "");
  EXPECT_EQ(request.query("bad"), "%zz");
  EXPECT_FALSE(request.query("z"));
  EXPECT_EQ(request.query_items().size(), 6u);
  EXPECT_TRUE(HttpRequest{.target = "/a"}.query_items().empty());
}

TEST(LoopbackHost, IsOnlyWhatNamesThisMachine) {
  for (const char* good : {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.1.2.3:1", "[::1]:8080"})
    EXPECT_TRUE(is_loopback_host(good)) << good;
  for (const char* bad :
       {"", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.0.1", "[::2]"}) {
    EXPECT_FALSE(is_loopback_host(bad)) << bad;
  }
}

TEST(HttpFields, CompareNamesAndTokensWithoutCase) {
  HttpFields fields;
  fields.add("Connection", "keep-alive, Upgrade");
  fields.add("connection", "x");
  EXPECT_TRUE(fields.has_token("CONNECTION", "upgrade"));
  EXPECT_TRUE(fields.has_token("Connection", "X"));
  EXPECT_FALSE(fields.has_token("Connection", "up"));
  EXPECT_EQ(fields.count("connection"), 2u);
  fields.set("CONNECTION", "y");
  EXPECT_EQ(fields.all().size(), 1u);
  EXPECT_EQ(fields.get("connection"), "y");
}

TEST(HttpDate, IsTheFixedForm) {
  EXPECT_EQ(http_date(from_ms(784'111'777'000)), "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110's example
}

}  // namespace
}  // namespace cw::net
