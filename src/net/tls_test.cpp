#include "net/tls.h"

#include <gtest/gtest.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "net/http.h"
#include "net/sim_runtime.h"
#include "net/system_runtime.h"

namespace cw::net {
namespace {

using std::chrono::seconds;

/// A certificate and its key, signed by `issuer` or by itself.
struct Identity {
  X509* certificate = nullptr;
  EVP_PKEY* key = nullptr;

  struct Wanted {
    std::string name = "localhost";
    long valid_from_s = -86'400;
    long valid_to_s = 86'400;
    bool is_authority = false;
  };
  Identity(const Wanted& wanted, const Identity* issuer) : certificate(X509_new()), key(EVP_EC_gen("P-256")) {
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), wanted.valid_from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate), wanted.valid_to_s);
    X509_set_pubkey(certificate, key);
    auto* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(wanted.name.c_str()),
                               -1, -1, 0);
    X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer->certificate) : name);
    add(NID_basic_constraints, wanted.is_authority ? "critical,CA:TRUE" : "CA:FALSE");
    if (!wanted.is_authority) add(NID_subject_alt_name, "DNS:" + wanted.name);
    X509_sign(certificate, issuer ? issuer->key : key, EVP_sha256());
  }
  ~Identity() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  void add(int nid, const std::string& value) {
    auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  void write(const std::string& certificate_file, const std::string& key_file) const {
    std::FILE* file = std::fopen(certificate_file.c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(key_file.c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }
};

class Tls : public testing::Test {
 protected:
  Tls() {
    folder_ = std::filesystem::temp_directory_path() / ("cw-tls-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    authority_.write(file("ca.pem"), file("ca.key"));
  }
  ~Tls() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  TlsContext server_with(const Identity::Wanted& wanted, bool self_signed = false) {
    const Identity identity(wanted, self_signed ? nullptr : &authority_);
    identity.write(file("server.pem"), file("server.key"));
    return TlsContext::for_server(file("server.pem"), file("server.key")).value();
  }
  TlsContext client() const { return TlsContext::for_client(file("ca.pem")).value(); }

  std::filesystem::path folder_;
  Identity authority_{{.name = "Test Authority", .is_authority = true}, nullptr};
};

class Hello final : public HttpHandler {
 public:
  Task<HttpResponse> handle(HttpRequest request) override {
    HttpResponse response;
    response.body = "hello " + request.body;
    co_return response;
  }
};

/// A real server on loopback and one request to it.
Result<HttpResponse> request_over_tls(std::optional<TlsContext> server_tls, TlsContext client_tls,
                                      const std::string& host, std::string body = {}) {
  NullLogger logger;
  SystemRuntime runtime(logger, std::move(client_tls));
  Hello handler;
  HttpServer server(runtime, handler, {});
  auto listener = runtime.listen("127.0.0.1", 0, std::move(server_tls)).value();
  HttpClient client(runtime, {host, listener->port(), true}, seconds{10});
  runtime.spawn("serve", server.serve(std::move(listener)));
  std::optional<Result<HttpResponse>> answer;
  const auto asking = [&]() -> Task<void> {
    answer = co_await client.send({.method = "POST", .body = std::move(body)});
    runtime.stop();
  };
  runtime.spawn("ask", asking());
  runtime.run();
  return std::move(answer.value());
}

#define EXPECT_REFUSED(answer, part)                                                           \
  do {                                                                                         \
    ASSERT_FALSE(answer);                                                                      \
    EXPECT_EQ(answer.error().code, Errc::refused) << answer.error().message;                   \
    EXPECT_NE(answer.error().message.find(part), std::string::npos) << answer.error().message; \
  } while (false)

TEST_F(Tls, CarriesRequestsOfAnySizeOverRealSockets) {
  for (const std::size_t size : {0u, 1u, 16'384u, 900'000u}) {
    const auto answer = request_over_tls(server_with({}), client(), "localhost", std::string(size, 'x'));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "hello " + std::string(size, 'x'));
  }
}

TEST_F(Tls, RefusesACertificateForAnotherName) {
  const auto answer = request_over_tls(server_with({.name = "example.org"}), client(), "localhost");
  EXPECT_REFUSED(answer, "its certificate is for another name (example.org), not for 'localhost'");
}

TEST_F(Tls, RefusesANameWhereTheHostIsAnAddress) {
  const auto answer = request_over_tls(server_with({}), client(), "127.0.0.1");
  EXPECT_REFUSED(answer, "its certificate is for another name (localhost), not for '127.0.0.1'");
}

TEST_F(Tls, RefusesAnExpiredCertificate) {
  const auto answer =
      request_over_tls(server_with({.valid_from_s = -7'200, .valid_to_s = -3'600}), client(), "localhost");
  EXPECT_REFUSED(answer, "its certificate expired on ");
}

TEST_F(Tls, RefusesACertificateOfTheFuture) {
  const auto answer =
      request_over_tls(server_with({.valid_from_s = 3'600, .valid_to_s = 7'200}), client(), "localhost");
  EXPECT_REFUSED(answer, "its certificate is not valid before ");
}

TEST_F(Tls, RefusesAnUnknownIssuer) {
  const auto own = request_over_tls(server_with({}, true), client(), "localhost");
  EXPECT_REFUSED(own, "its certificate has an unknown issuer");
  const auto machines = request_over_tls(server_with({}), TlsContext::for_client().value(), "localhost");
  EXPECT_REFUSED(machines, "its certificate has an unknown issuer");
}

TEST_F(Tls, SaysThatAPlainServerSpeaksNoTls) {
  const auto answer = request_over_tls(std::nullopt, client(), "localhost");
  EXPECT_REFUSED(answer, "it does not speak TLS on this port (plain text?)");
}

// In a simulation, so that what the server's side says can be seen as well.
TEST_F(Tls, TellsTheServersSideOfAPlainClient) {
  NullLogger logger;
  SimRuntime runtime(logger, {});
  auto listener = runtime.listen("desk", 443).value();
  const auto context = server_with({});
  std::optional<Error> said;
  const auto serving = [&]() -> Task<void> {
    auto stream = tls_accept(runtime, context, (co_await listener->accept()).value());
    std::string into(100, ' ');
    said = (co_await stream->read_some(into)).error();
  };
  runtime.spawn("serve", serving());
  auto plain = runtime.run(runtime.connect({"desk", 443}, seconds{1})).value().value();
  ASSERT_TRUE(runtime.run(plain->write(std::string_view("GET / HTTP/1.1\r\nHost: desk\r\n\r\n"))).value());
  runtime.run_ready();
  ASSERT_TRUE(said);
  EXPECT_EQ(said->code, Errc::refused);
  EXPECT_NE(said->message.find("it does not speak TLS on this port"), std::string::npos) << said->message;
}

TEST_F(Tls, OffersNothingOlderThan12) {
  const auto context = server_with({});
  NullLogger logger;
  SystemRuntime runtime(logger);
  auto listener = runtime.listen("127.0.0.1", 0, context).value();
  const auto port = listener->port();
  const auto serving = [&]() -> Task<void> {
    auto stream = (co_await listener->accept()).value();
    std::string into(100, ' ');
    const auto got = co_await stream->read_some(into);
    EXPECT_FALSE(got);
    if (!got) EXPECT_NE(got.error().message.find("older than 1.2"), std::string::npos) << got.error().message;
  };
  runtime.spawn("serve", serving());
  const auto command = "openssl s_client -tls1_1 -cipher 'ALL:@SECLEVEL=0' -connect 127.0.0.1:" + std::to_string(port) +
                       " </dev/null >/dev/null 2>&1 &";
  ASSERT_EQ(std::system(command.c_str()), 0);
  runtime.run();
}

// Both directions at once, in random pieces and with delays, over a simulated network.
TEST_F(Tls, IsATransparentStreamBothWaysAtOnce) {
  const auto server_context = server_with({});
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    NullLogger logger;
    SimRuntime runtime(
        logger,
        {.seed = seed, .latency_min = Millis{1}, .latency_max = Millis{20}, .pipe_bytes = 2'000, .split_reads = true});
    auto listener = runtime.listen("localhost", 443).value();
    StreamPtr server;
    const auto accepting = [&]() -> Task<void> {
      server = tls_accept(runtime, server_context, (co_await listener->accept()).value());
      std::string first(1, ' ');
      EXPECT_TRUE(co_await server->read_some(first));
    };
    runtime.spawn("accept", accepting());
    auto plain = runtime.run(runtime.connect({"localhost", 443}, seconds{1})).value().value();
    auto connected = runtime.run(tls_connect(runtime, client(), std::move(plain), "localhost")).value();
    ASSERT_TRUE(connected) << connected.error().message;
    auto peer = std::move(*connected);
    ASSERT_TRUE(runtime.run(peer->write(std::string_view("!"))).value());
    runtime.run_for(seconds{1});

    std::string sent[2];
    std::string received[2];
    Random random(seed);
    const auto writing = [&](Stream& stream, std::string& text) -> Task<void> {
      for (int i = 0; i < 30; ++i) {
        std::string piece(random.below(5'000), static_cast<char>('a' + random.below(26)));
        text += piece;
        EXPECT_TRUE(co_await stream.write_both(piece, std::string_view("|")));
        text += '|';
      }
      co_await stream.finish();
    };
    const auto reading = [&](Stream& stream, std::string& text) -> Task<void> {
      for (;;) {
        std::string piece(1 + random.below(3'000), ' ');
        const auto got = co_await stream.read_some(piece);
        EXPECT_TRUE(got) << got.error().message;
        if (!got || *got == 0) co_return;
        text.append(piece, 0, *got);
      }
    };
    runtime.spawn("w0", writing(*peer, sent[0]));
    runtime.spawn("w1", writing(*server, sent[1]));
    runtime.spawn("r0", reading(*server, received[0]));
    runtime.spawn("r1", reading(*peer, received[1]));
    runtime.run_for(std::chrono::hours{1});
    EXPECT_EQ(received[0], sent[0]) << "seed " << seed;
    EXPECT_EQ(received[1], sent[1]) << "seed " << seed;
  }
}

TEST_F(Tls, TellsACutFromAnEnd) {
  NullLogger logger;
  SimRuntime runtime(logger, {});
  auto listener = runtime.listen("localhost", 443).value();
  const auto context = server_with({});
  const auto serving = [&]() -> Task<void> {
    auto stream = tls_accept(runtime, context, (co_await listener->accept()).value());
    std::string into(1, ' ');
    (void)co_await stream->read_some(into);
    stream->close();  // without the closing message, as somebody in between could do it
  };
  runtime.spawn("serve", serving());
  auto plain = runtime.run(runtime.connect({"localhost", 443}, seconds{1})).value().value();
  auto peer = runtime.run(tls_connect(runtime, client(), std::move(plain), "localhost")).value().value();
  ASSERT_TRUE(runtime.run(peer->write(std::string_view("!"))).value());
  std::string into(10, ' ');
  const auto got = runtime.run(peer->read_some(into)).value();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Errc::disconnected);
}

TEST_F(Tls, NamesTheFileThatCannotBeUsed) {
  (void)server_with({});
  const auto missing = TlsContext::for_server(file("none.pem"), file("server.key"));
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("none.pem"), std::string::npos);
  const auto no_key = TlsContext::for_server(file("server.pem"), file("none.key"));
  ASSERT_FALSE(no_key);
  EXPECT_NE(no_key.error().message.find("none.key"), std::string::npos);
  const auto other_key = TlsContext::for_server(file("server.pem"), file("ca.key"));
  ASSERT_FALSE(other_key);
  EXPECT_EQ(other_key.error().code, Errc::bad_input) << other_key.error().message;
  EXPECT_FALSE(TlsContext::for_client(file("server.key")));
}

}  // namespace
}  // namespace cw::net
