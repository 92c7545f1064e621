#include "net/self_signed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include <sys/stat.h>

#include "net/http.h"
#include "net/system_runtime.h"

namespace cw::net {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

const std::vector<std::string> kNames{"localhost", "127.0.0.1", "::1"};

class SelfSigned : public testing::Test {
 protected:
  SelfSigned() {
    std::string name = testing::TempDir() + "cw-own-XXXXXX";
    root_ = ::mkdtemp(name.data());
    folder_ = root_ / "tls";
  }
  ~SelfSigned() override { std::filesystem::remove_all(root_); }

  bool keep(Timestamp now, const std::vector<std::string>& names = kNames) {
    const auto kept = keep_self_signed(folder_, names, now);
    EXPECT_TRUE(kept) << kept.error().message;
    return kept.value_or(false);
  }
  CertificateFacts facts() const {
    return TlsContext::for_server(self_signed_certificate(folder_), self_signed_key(folder_)).value().certificate();
  }
  static mode_t mode_of(const std::filesystem::path& path) {
    struct stat seen{};
    EXPECT_EQ(::stat(path.c_str(), &seen), 0) << path;
    return seen.st_mode & 0777;
  }
  std::string read(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream{folder_ / file}.rdbuf();
    return text.str();
  }

  std::filesystem::path root_;
  std::filesystem::path folder_;
  Timestamp now_ = SystemClock{}.now();
};

TEST_F(SelfSigned, IsMadeOnceAndKept) {
  EXPECT_TRUE(keep(now_));
  const std::string first = facts().fingerprint;
  EXPECT_FALSE(keep(now_));
  EXPECT_FALSE(keep(now_ + days{300}));
  EXPECT_EQ(facts().fingerprint, first);
  EXPECT_THAT(first, testing::MatchesRegex("([0-9A-F][0-9A-F]:)+[0-9A-F][0-9A-F]"));
  EXPECT_EQ(first.size(), 32 * 3 - 1);
}

TEST_F(SelfSigned, NobodyElseCanReadTheKey) {
  const mode_t before = ::umask(0);
  keep(now_);
  ::umask(before);
  EXPECT_EQ(mode_of(folder_), 0700u);
  EXPECT_EQ(mode_of(folder_ / "key.pem"), 0600u);
  EXPECT_THAT(read("key.pem"), HasSubstr("PRIVATE KEY"));
  EXPECT_THAT(read("cert.pem"), testing::Not(HasSubstr("PRIVATE KEY")));
  ::chmod((folder_ / "key.pem").c_str(), 0644);
  EXPECT_FALSE(keep(now_));
  EXPECT_EQ(mode_of(folder_ / "key.pem"), 0600u) << "rights that somebody widened are taken back";
}

TEST_F(SelfSigned, HoldsEveryNameThatCanBeOne) {
  keep(now_, {"localhost", "Desk.Example.ORG", "192.0.2.7", "::ffff:192.0.2.7", "2001:DB8::1", "localhost", "",
              "evil, DNS:other.example", "a b", "*.example.org", std::string(254, 'a'), "[::1]"});
  EXPECT_THAT(facts().names, UnorderedElementsAre("localhost", "desk.example.org", "192.0.2.7", "2001:db8::1"));
  EXPECT_FALSE(keep(now_, {"DESK.example.org", "2001:db8:0::1"}));
}

TEST_F(SelfSigned, IsRenewedWhenANameIsMissing) {
  keep(now_);
  EXPECT_TRUE(keep(now_, {"localhost", "desk.lan"}));
  EXPECT_THAT(facts().names, UnorderedElementsAre("localhost", "desk.lan"));
}

// 397 days from an hour before it was made; renewed once at most 30 days are left.
TEST_F(SelfSigned, IsRenewedBeforeItEnds) {
  keep(now_);
  const auto first = facts();
  EXPECT_EQ(first.valid_from, std::chrono::floor<seconds>(now_ - hours{1}));
  EXPECT_EQ(first.valid_to - first.valid_from, kSelfSignedLife);
  EXPECT_FALSE(keep(first.valid_to - days{30} - seconds{1}));
  EXPECT_EQ(facts().fingerprint, first.fingerprint);
  EXPECT_TRUE(keep(first.valid_to - days{30}));
  EXPECT_NE(facts().fingerprint, first.fingerprint);
}

TEST_F(SelfSigned, IsMadeAnewWhereItIsOfTheFutureOrBroken) {
  keep(now_ + days{10});
  EXPECT_TRUE(keep(now_)) << "a clock that was wrong";
  std::ofstream{folder_ / "cert.pem"} << "rubbish";
  EXPECT_TRUE(keep(now_));
  std::filesystem::remove(folder_ / "key.pem");
  EXPECT_TRUE(keep(now_));
  const std::string certificate = read("cert.pem");
  std::filesystem::remove(folder_ / "cert.pem");
  EXPECT_TRUE(keep(now_));
  std::ofstream{folder_ / "cert.pem"} << certificate;  // as after a crash between the two files
  EXPECT_TRUE(keep(now_));
  std::ofstream{folder_ / "key.pem.new"} << "left over";
  EXPECT_TRUE(keep(now_, {"other"}));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "key.pem.new"));
}

TEST_F(SelfSigned, SaysWhyItCannotBeMade) {
  const auto nameless = keep_self_signed(folder_, {"a b"}, now_);
  ASSERT_FALSE(nameless);
  EXPECT_EQ(nameless.error().code, Errc::bad_parameter);
  std::ofstream{folder_} << "a file";
  const auto blocked = keep_self_signed(folder_, kNames, now_);
  ASSERT_FALSE(blocked);
  EXPECT_EQ(blocked.error().code, Errc::io_error);
  EXPECT_THAT(blocked.error().message, HasSubstr(folder_.string()));
}

class Hello final : public HttpHandler {
 public:
  Task<HttpResponse> handle(HttpRequest request) override {
    HttpResponse response;
    response.body = request.is_tls ? "by TLS from " + request.peer_address : "plain";
    co_return response;
  }
};

TEST_F(SelfSigned, IsValidForItsNamesToWhoeverTrustsIt) {
  keep(now_);
  for (const auto& [host, good] : std::initializer_list<std::pair<std::string, bool>>{
           {"localhost", true}, {"127.0.0.1", true}, {"127.0.0.2", false}}) {
    NullLogger logger;
    SystemRuntime runtime(logger, TlsContext::for_client(self_signed_certificate(folder_)).value());
    Hello handler;
    HttpServer server(runtime, handler, {});
    auto context = TlsContext::for_server(self_signed_certificate(folder_), self_signed_key(folder_)).value();
    auto listener = runtime.listen(host == "127.0.0.2" ? host : "127.0.0.1", 0, std::move(context)).value();
    HttpClient client(runtime, {host, listener->port(), true}, seconds{10});
    runtime.spawn("serve", server.serve(std::move(listener)));
    std::optional<Result<HttpResponse>> answer;
    const auto asking = [&]() -> Task<void> {
      answer = co_await client.send({});
      runtime.stop();
    };
    runtime.spawn("ask", asking());
    runtime.run();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->has_value(), good) << host;
    if (good && *answer) EXPECT_EQ((*answer)->body, "by TLS from 127.0.0.1");
  }
}

}  // namespace
}  // namespace cw::net
