#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>

#include "base/require.h"
#include "net/ip_address.h"
#include "net/tls_impl.h"

namespace cw::net {
namespace {

// Forward secrecy and authenticated encryption alone (RFC 9325, section 4.2); TLS 1.3 has nothing else.
constexpr const char* kSuitesOf12 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

SSL_CTX* make_ctx(const SSL_METHOD* method) {
  SSL_CTX* ctx = SSL_CTX_new(method);
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
  return ctx;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  const int found = SSL_select_next_proto(const_cast<unsigned char**>(chosen), size, kHttp11.data(), kHttp11.size(),
                                          offered, offered_size);
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// Without it OpenSSL would ask for the passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

/// OpenSSL does not say why a file could not be opened.
Result<void> can_be_read(const std::string& file) {
  std::FILE* opened = std::fopen(file.c_str(), "re");
  if (opened == nullptr)
    return fail(Errc::io_error, fmt::format("{} cannot be read: {}", file, std::generic_category().message(errno)));
  std::fclose(opened);
  return {};
}

Result<void> use_key(SSL_CTX* ctx, const std::string& certificate_file, const std::string& key_file) {
  const bool is_taken = SSL_CTX_use_PrivateKey_file(ctx, key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  const auto code = ERR_peek_last_error();
  // A key of another kind (RSA beside a certificate for ECDSA) is taken, into a place of its own.
  const bool differs =
      is_taken ? SSL_CTX_check_private_key(ctx) != 1 : ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH;
  if (differs)
    return fail(Errc::bad_input, fmt::format("{} is not the key of the certificate {}", key_file, certificate_file));
  if (is_taken) return {};
  bool wants_passphrase = false;
  for (auto each = ERR_get_error(); each != 0; each = ERR_get_error()) {
    if (ERR_GET_LIB(each) == ERR_LIB_PEM && ERR_GET_REASON(each) == PEM_R_BAD_PASSWORD_READ) wants_passphrase = true;
  }
  if (wants_passphrase)
    return fail(Errc::io_error, fmt::format("{}: the key has a passphrase; store it without one, readable by this "
                                            "program alone",
                                            key_file));
  const char* reason = ERR_reason_error_string(code);
  return fail(Errc::io_error, fmt::format("{}: no PEM private key could be read from it ({})", key_file,
                                          reason ? reason : "unknown reason"));
}

Timestamp time_of(const ASN1_TIME* time) {
  std::tm parts{};
  CW_REQUIRE(ASN1_TIME_to_tm(time, &parts) == 1);
  return Timestamp{std::chrono::seconds{::timegm(&parts)}};
}

std::string fingerprint_of(X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  CW_REQUIRE(X509_digest(certificate, EVP_sha256(), digest.data(), &size) == 1);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
  return text;
}

std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.size() != 4 && bytes.size() != 16) return {};
  const auto* made = ::inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  const auto address = parse_ip_address(made ? made : "");
  return address ? address->text() : std::string{};
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> names;
  auto* list = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; list && i < sk_GENERAL_NAME_num(list); ++i) {
    const auto* name = sk_GENERAL_NAME_value(list, i);
    if (name->type == GEN_IPADD) names.push_back(address_text(bytes_of(name->d.iPAddress)));
    if (name->type != GEN_DNS) continue;
    auto& text = names.emplace_back(bytes_of(name->d.dNSName));
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  }
  GENERAL_NAMES_free(list);
  return names;
}

}  // namespace

std::string openssl_reason() {
  const auto code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason ? reason : "unknown reason";
}

TlsContext::Impl::~Impl() { SSL_CTX_free(ctx); }

CertificateFacts TlsContext::certificate() const {
  X509* certificate = SSL_CTX_get0_certificate(impl_->ctx);
  CW_REQUIRE(certificate != nullptr);
  return {fingerprint_of(certificate), time_of(X509_get0_notBefore(certificate)),
          time_of(X509_get0_notAfter(certificate)), names_of(certificate)};
}

void TlsContext::take_over(const TlsContext& newer) {
  CW_REQUIRE(newer.impl_ != impl_);
  std::swap(impl_->ctx, newer.impl_->ctx);
}

Result<TlsContext> TlsContext::for_client(const std::string& extra_ca_file) {
  ERR_clear_error();
  auto impl = std::make_shared<Impl>(make_ctx(TLS_client_method()));
  SSL_CTX_set_verify(impl->ctx, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_default_verify_paths(impl->ctx);
  if (!extra_ca_file.empty() && SSL_CTX_load_verify_locations(impl->ctx, extra_ca_file.c_str(), nullptr) != 1) {
    return fail(Errc::io_error, fmt::format("{}: no certificate authority could be read from it ({})", extra_ca_file,
                                            openssl_reason()));
  }
  return TlsContext(std::move(impl));
}

Result<TlsContext> TlsContext::for_server(const std::string& certificate_file, const std::string& key_file) {
  for (const auto& file : {certificate_file, key_file}) {
    if (const auto readable = can_be_read(file); !readable) return pass_on(readable);
  }
  ERR_clear_error();
  auto impl = std::make_shared<Impl>(make_ctx(TLS_server_method()));
  SSL_CTX_set_options(impl->ctx, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  CW_REQUIRE(SSL_CTX_set_cipher_list(impl->ctx, kSuitesOf12) == 1);
  SSL_CTX_set_alpn_select_cb(impl->ctx, &choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(impl->ctx, &no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(impl->ctx, certificate_file.c_str()) != 1) {
    return fail(Errc::io_error,
                fmt::format("{}: no PEM certificate could be read from it ({})", certificate_file, openssl_reason()));
  }
  if (const auto used = use_key(impl->ctx, certificate_file, key_file); !used) return pass_on(used);
  return TlsContext(std::move(impl));
}

}  // namespace cw::net
