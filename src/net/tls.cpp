#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

#include "net/tls_impl.h"
#include "net/wakeup.h"

namespace cw::net {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;  // one full TLS record

std::string name_of(X509* certificate) {
  std::array<char, 256> text{};
  X509_NAME_oneline(X509_get_subject_name(certificate), text.data(), static_cast<int>(text.size()));
  return text.data();
}

/// The DNS names that a certificate is for.
std::string names_in(X509* certificate) {
  std::string names;
  auto* list = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; list && i < sk_GENERAL_NAME_num(list) && i < 8; ++i) {
    const auto* name = sk_GENERAL_NAME_value(list, i);
    if (name->type != GEN_DNS) continue;
    const auto* text = name->d.dNSName;
    if (!names.empty()) names += ", ";
    names.append(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                 static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  GENERAL_NAMES_free(list);
  return names.empty() ? name_of(certificate) : names;
}

std::string time_text(const ASN1_TIME* time) {
  BIO* out = BIO_new(BIO_s_mem());
  ASN1_TIME_print(out, time);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out, &text);
  std::string copy(text, static_cast<std::size_t>(size));
  BIO_free(out);
  return copy;
}

/// The sentence for a certificate that was not accepted.
std::string certificate_fault(int verdict, X509* certificate, const std::string& host) {
  switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fmt::format("its certificate is for another name ({}), not for '{}'", names_in(certificate), host);
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format(
          "its certificate expired on {}; the other side must renew it, or this machine's clock is wrong",
          time_text(X509_get0_notAfter(certificate)));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("its certificate is not valid before {}; check this machine's clock",
                         time_text(X509_get0_notBefore(certificate)));
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return fmt::format("its certificate has an unknown issuer ({})", X509_verify_cert_error_string(verdict));
    default: return fmt::format("its certificate is not valid: {}", X509_verify_cert_error_string(verdict));
  }
}

/// What the verification of one connection needs to know and finds out; hangs on its SSL.
struct Verification {
  std::string host;
  std::string fault;
};

/// OpenSSL forgets the certificate of a handshake that failed, so the fault is put into words while it is at hand.
int on_verify(int is_good, X509_STORE_CTX* chain) {
  if (is_good == 1) return 1;
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* verification = static_cast<Verification*>(SSL_get_app_data(ssl));
  auto* certificate = X509_STORE_CTX_get_current_cert(chain);
  const int verdict = X509_STORE_CTX_get_error(chain);
  verification->fault = certificate ? certificate_fault(verdict, certificate, verification->host)
                                    : X509_verify_cert_error_string(verdict);
  return 0;
}

/// What a failed handshake means, for people.
std::string handshake_fault() {
  switch (ERR_GET_REASON(ERR_peek_last_error())) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_RECORD_LENGTH_MISMATCH:
    case SSL_R_BAD_RECORD_TYPE: return "it does not speak TLS on this port (plain text?)";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: return "it offers only TLS versions older than 1.2";
    default: return openssl_reason();
  }
}

/// The stream itself; held by every coroutine inside it as well, so that either may die first.
class Tls final : public std::enable_shared_from_this<Tls> {
 public:
  Tls(Runtime& runtime, TlsContext context, StreamPtr inner, std::string host, bool is_server);
  ~Tls() { SSL_free(ssl_); }
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  Task<Result<void>> handshake();
  Task<Result<std::size_t>> read_some(std::span<char> into);
  Task<Result<void>> write_both(std::span<const char> head, std::span<const char> body);
  Task<void> finish();
  Stream& inner() const { return *inner_; }

 private:
  Task<Result<void>> flush(bool is_writer);
  Task<Result<bool>> feed();  // false at the end of the inner stream
  Result<void> encrypt(std::span<const char> bytes);

  TlsContext context_;
  StreamPtr inner_;
  Verification verification_;
  SSL* ssl_;
  BIO* from_network_;  // both owned by ssl_
  BIO* to_network_;
  bool is_shaken_ = false;
  bool is_flushing_ = false;
  std::string sending_;
  std::vector<char> received_;
  Wakeup flushed_;
};

class TlsStream final : public Stream {
 public:
  explicit TlsStream(std::shared_ptr<Tls> tls) : tls_(std::move(tls)) {}
  ~TlsStream() override { TlsStream::close(); }
  Task<Result<std::size_t>> read_some(std::span<char> into) override { return tls_->read_some(into); }
  void cancel_read() override { tls_->inner().cancel_read(); }
  Task<Result<void>> write_both(std::span<const char> head, std::span<const char> body) override {
    return tls_->write_both(head, body);
  }
  Task<void> finish() override { return tls_->finish(); }
  void close() override { tls_->inner().close(); }
  std::string peer() const override { return tls_->inner().peer(); }
  bool is_gone() override { return tls_->inner().is_gone(); }
  bool is_tls() const override { return true; }

 private:
  std::shared_ptr<Tls> tls_;
};

}  // namespace

namespace {

Tls::Tls(Runtime& runtime, TlsContext context, StreamPtr inner, std::string host, bool is_server)
    : context_(std::move(context)),
      inner_(std::move(inner)),
      verification_{std::move(host), {}},
      ssl_(SSL_new(context_.impl().ctx)),
      from_network_(BIO_new(BIO_s_mem())),
      to_network_(BIO_new(BIO_s_mem())),
      flushed_(runtime.loop()) {
  BIO_set_mem_eof_return(from_network_, -1);
  BIO_set_mem_eof_return(to_network_, -1);
  SSL_set_bio(ssl_, from_network_, to_network_);
  SSL_set_app_data(ssl_, &verification_);
  if (is_server) {
    SSL_set_accept_state(ssl_);
    return;
  }
  SSL_set_connect_state(ssl_);
  SSL_set_verify(ssl_, SSL_VERIFY_PEER, &on_verify);
  const auto& its_host = verification_.host;
  boost::system::error_code not_literal;
  boost::asio::ip::make_address(its_host, not_literal);
  if (not_literal) {
    SSL_set_tlsext_host_name(ssl_, its_host.c_str());
    SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl_, its_host.c_str());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), its_host.c_str());
  }
}

/// Sends what OpenSSL has produced. One flush runs at a time and takes along what comes in the meantime; a writer waits
/// for the running one, so that it never runs ahead of a slow peer.
Task<Result<void>> Tls::flush(bool is_writer) {
  const auto self = shared_from_this();
  while (is_flushing_) {
    if (!is_writer) co_return Result<void>{};
    if (!co_await flushed_.wait()) co_return fail(Errc::cancelled, "writing was cancelled");
  }
  struct Flushing {
    Tls& tls;
    bool done = false;
    explicit Flushing(Tls& t) : tls(t) { tls.is_flushing_ = true; }
    ~Flushing() {
      tls.is_flushing_ = false;
      if (!done) tls.inner_->close();  // a record may be half sent
      tls.flushed_.notify();
    }
  } flushing(*this);
  while (BIO_ctrl_pending(to_network_) > 0) {
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(to_network_, &bytes);
    sending_.assign(bytes, static_cast<std::size_t>(size));
    (void)BIO_reset(to_network_);
    const auto written = co_await inner_->write(sending_);
    if (!written) co_return pass_on(written);
  }
  flushing.done = true;
  co_return Result<void>{};
}

Task<Result<bool>> Tls::feed() {
  received_.resize(kReadBytes);
  const auto got = co_await inner_->read_some(received_);
  if (!got) co_return pass_on(got);
  if (*got == 0) co_return false;
  BIO_write(from_network_, received_.data(), static_cast<int>(*got));
  co_return true;
}

Task<Result<void>> Tls::handshake() {
  const auto self = shared_from_this();
  while (!is_shaken_) {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_);
    const int state = SSL_get_error(ssl_, done);
    // The fault is put into words before a suspension: another connection may change OpenSSL's error queue.
    std::string fault;
    if (done != 1 && state != SSL_ERROR_WANT_READ)
      fault = verification_.fault.empty() ? handshake_fault() : verification_.fault;
    const auto flushed = co_await flush(true);  // an alert too: it tells the other side why
    if (!fault.empty())
      co_return fail(Errc::refused, fmt::format("TLS handshake with {} failed: {}", inner_->peer(), fault));
    if (!flushed) co_return pass_on(flushed);
    if (done == 1) {
      is_shaken_ = true;
      break;
    }
    const auto fed = co_await feed();
    if (!fed) co_return pass_on(fed);
    if (!*fed) co_return fail(Errc::disconnected, "the other side ended the connection during the TLS handshake");
  }
  co_return Result<void>{};
}

Task<Result<std::size_t>> Tls::read_some(std::span<char> into) {
  const auto self = shared_from_this();
  const auto shaken = co_await handshake();
  if (!shaken) co_return pass_on(shaken);
  for (;;) {
    ERR_clear_error();
    std::size_t got = 0;
    const int done = SSL_read_ex(ssl_, into.data(), into.size(), &got);
    const int state = SSL_get_error(ssl_, done);
    auto fault = state == SSL_ERROR_SSL ? openssl_reason() : std::string();
    if (BIO_ctrl_pending(to_network_) > 0) {  // a key update's or an alert's answer
      const auto flushed = co_await flush(false);
      if (!flushed) co_return pass_on(flushed);
    }
    if (done == 1) co_return got;
    if (state == SSL_ERROR_ZERO_RETURN) co_return std::size_t{0};
    if (state != SSL_ERROR_WANT_READ) co_return fail(Errc::disconnected, "the TLS stream is broken: " + fault);
    const auto fed = co_await feed();
    if (!fed) co_return pass_on(fed);
    if (!*fed) co_return fail(Errc::disconnected, "the connection ended without the closing message of TLS");
  }
}

Result<void> Tls::encrypt(std::span<const char> bytes) {
  if (bytes.empty()) return {};
  ERR_clear_error();
  std::size_t taken = 0;
  if (SSL_write_ex(ssl_, bytes.data(), bytes.size(), &taken) == 1) return {};
  return fail(Errc::disconnected, "the TLS stream is broken: " + openssl_reason());
}

Task<Result<void>> Tls::write_both(std::span<const char> head, std::span<const char> body) {
  const auto self = shared_from_this();
  const auto shaken = co_await handshake();
  if (!shaken) co_return pass_on(shaken);
  for (const auto bytes : {head, body}) {
    if (const auto encrypted = encrypt(bytes); !encrypted) co_return pass_on(encrypted);
  }
  co_return co_await flush(true);
}

Task<void> Tls::finish() {
  const auto self = shared_from_this();
  if (is_shaken_) {
    ERR_clear_error();
    SSL_shutdown(ssl_);
    (void)co_await flush(true);
  }
  co_await inner_->finish();
}

}  // namespace

Task<Result<StreamPtr>> tls_connect(Runtime& runtime, TlsContext context, StreamPtr stream, std::string host) {
  auto tls = std::make_shared<Tls>(runtime, std::move(context), std::move(stream), std::move(host), false);
  const auto shaken = co_await tls->handshake();
  if (!shaken) co_return pass_on(shaken);
  co_return std::make_unique<TlsStream>(std::move(tls));
}

StreamPtr tls_accept(Runtime& runtime, TlsContext context, StreamPtr stream) {
  return std::make_unique<TlsStream>(
      std::make_shared<Tls>(runtime, std::move(context), std::move(stream), std::string(), true));
}

}  // namespace cw::net
