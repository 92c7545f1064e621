#include "net/tls_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "net/self_signed.h"
#include "net/sim_runtime.h"

namespace cw::net {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

class Logbook final : public Logger {
 public:
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    std::string line{event};
    for (const auto& field : fields) {
      if (const auto* text = std::get_if<std::string_view>(&field.value)) line += " " + std::string(*text);
    }
    if (level == LogLevel::error) ++errors;
    lines.push_back(std::move(line));
  }
  int errors = 0;
  std::vector<std::string> lines;
};

/// Two identities, `a` and `b`, and a `live` pair that a server follows; all in virtual time.
class TlsFilesStory : public testing::Test {
 protected:
  TlsFilesStory() {
    std::string name = testing::TempDir() + "cw-live-XXXXXX";
    root_ = ::mkdtemp(name.data());
    for (const auto* identity : {"a", "b"}) {
      EXPECT_TRUE(keep_self_signed(root_ / identity, {"desk"}, SystemClock{}.now()));
    }
    std::filesystem::create_directory(root_ / "live");
    put("a", "cert.pem");
    put("a", "key.pem");
  }
  ~TlsFilesStory() override { std::filesystem::remove_all(root_); }

  /// As an ACME client does: the new file takes the old one's place.
  void put(const std::string& identity, const std::string& file) {
    std::filesystem::copy_file(root_ / identity / file, root_ / "next");
    std::filesystem::rename(root_ / "next", root_ / "live" / file);
  }
  void serve() {
    files_.emplace(TlsFiles::open(root_ / "live" / "cert.pem", root_ / "live" / "key.pem").value());
    listener_ = runtime_.listen("desk", 443).value();
    runtime_.spawn("follow", TlsFiles::follow(runtime_, *files_));
    runtime_.spawn("serve", echo_all());
  }
  Task<void> echo_all() {
    for (;;) {
      auto plain = co_await listener_->accept();
      if (!plain) co_return;
      runtime_.spawn("echo", echo(tls_accept(runtime_, files_->context(), std::move(*plain))));
    }
  }
  static Task<void> echo(StreamPtr stream) {
    for (;;) {
      std::string text(100, ' ');
      const auto got = co_await stream->read_some(text);
      if (!got || *got == 0) co_return;
      text.resize(*got);
      if (const auto sent = co_await stream->write(text); !sent) co_return;
    }
  }
  /// Connects, trusting that identity alone. Null where the server showed another.
  StreamPtr connect(const std::string& trusted) {
    auto plain = runtime_.run(runtime_.connect({"desk", 443}, seconds{1})).value().value();
    auto context = TlsContext::for_client(self_signed_certificate(root_ / trusted)).value();
    auto stream = runtime_.run(tls_connect(runtime_, std::move(context), std::move(plain), "desk")).value();
    return stream ? std::move(*stream) : nullptr;
  }
  std::string ask(Stream& stream, std::string_view text) {
    EXPECT_TRUE(runtime_.run(stream.write(text)).value());
    std::string answer(100, ' ');
    const auto got = runtime_.run(stream.read_some(answer)).value();
    answer.resize(got.value_or(0));
    return answer;
  }

  std::filesystem::path root_;
  Logbook log_;
  std::optional<TlsFiles> files_;
  std::unique_ptr<Listener> listener_;
  SimRuntime runtime_{log_, {}};  // last: its coroutines refer to what is above
};

TEST_F(TlsFilesStory, TheNextConnectionSeesTheNewCertificateAndTheOpenOneGoesOn) {
  serve();
  auto open = connect("a");
  ASSERT_TRUE(open);
  EXPECT_EQ(ask(*open, "before"), "before");
  EXPECT_FALSE(connect("b"));
  put("b", "cert.pem");
  put("b", "key.pem");
  runtime_.run_for(3 * TlsFiles::kLookEvery);
  EXPECT_FALSE(connect("a"));
  auto next = connect("b");
  ASSERT_TRUE(next);
  EXPECT_EQ(ask(*next, "new"), "new");
  EXPECT_EQ(ask(*open, "still there"), "still there");
  ASSERT_EQ(log_.lines.size(), 1u);
  EXPECT_THAT(log_.lines[0], HasSubstr("tls_reloaded " + files_->certificate().fingerprint));
}

TEST_F(TlsFilesStory, APairThatDoesNotFitIsSaidOnceAndTheOldOneStays) {
  serve();
  put("b", "cert.pem");  // and its key never comes
  runtime_.run_for(seconds{60});
  EXPECT_TRUE(connect("a"));
  EXPECT_EQ(log_.errors, 1);
  ASSERT_EQ(log_.lines.size(), 1u);
  EXPECT_THAT(log_.lines[0], HasSubstr("key.pem is not the key of the certificate"));
  ASSERT_TRUE(files_->fault());
  put("b", "key.pem");
  runtime_.run_for(seconds{60});
  EXPECT_TRUE(connect("b"));
  EXPECT_EQ(log_.errors, 1);
  EXPECT_FALSE(files_->fault());
}

TEST_F(TlsFilesStory, RubbishAndAMissingFileAreNamed) {
  serve();
  std::ofstream{root_ / "live" / "cert.pem"} << "rubbish";
  runtime_.run_for(seconds{10});
  std::filesystem::remove(root_ / "live" / "key.pem");
  runtime_.run_for(seconds{10});
  EXPECT_TRUE(connect("a"));
  ASSERT_EQ(log_.errors, 2);
  EXPECT_THAT(log_.lines[0], testing::AllOf(HasSubstr("cert.pem"), HasSubstr("no PEM certificate")));
  EXPECT_THAT(log_.lines[1], testing::AllOf(HasSubstr("key.pem cannot be read"), HasSubstr("No such file")));
}

// Certificate and key come one after the other: what is between them is no pair yet and must not be called a fault.
TEST_F(TlsFilesStory, AChangeUnderWayIsWaitedFor) {
  serve();
  runtime_.run_for(TlsFiles::kLookEvery - Millis{1});
  put("b", "cert.pem");
  runtime_.run_for(Millis{2});  // it looks right now
  put("b", "key.pem");
  runtime_.run_for(seconds{10});
  EXPECT_EQ(log_.errors, 0);
  EXPECT_TRUE(connect("b"));
}

TEST_F(TlsFilesStory, ALinkIsFollowedToWhatItPointsAt) {
  for (const auto* file : {"cert.pem", "key.pem"}) {
    std::filesystem::remove(root_ / "live" / file);
    std::filesystem::create_symlink(root_ / "current" / file, root_ / "live" / file);
  }
  std::filesystem::create_directory_symlink(root_ / "a", root_ / "current");
  serve();
  EXPECT_TRUE(connect("a"));
  std::filesystem::create_directory_symlink(root_ / "b", root_ / "later");
  std::filesystem::rename(root_ / "later", root_ / "current");
  runtime_.run_for(seconds{10});
  EXPECT_TRUE(connect("b"));
}

TEST_F(TlsFilesStory, AKeyWithAPassphraseIsRefusedWithoutAskingForIt) {
  const auto key = (root_ / "live" / "key.pem").string();
  const auto command = "openssl pkey -in " + key + " -aes256 -passout pass:secret -out " + key + ".locked 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const auto opened = TlsFiles::open(root_ / "live" / "cert.pem", key + ".locked");
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("the key has a passphrase"));
}

TEST_F(TlsFilesStory, AKeyOfAnotherKindIsNotTheKey) {
  const auto key = (root_ / "rsa.pem").string();
  const auto command = "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out " + key + " 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const auto opened = TlsFiles::open(root_ / "live" / "cert.pem", key);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::bad_input) << opened.error().message;
  EXPECT_THAT(opened.error().message, HasSubstr("is not the key of the certificate"));
}

}  // namespace
}  // namespace cw::net
