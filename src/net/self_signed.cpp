#include "net/self_signed.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include "base/require.h"
#include "net/ip_address.h"
#include "net/tls.h"

namespace cw::net {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* owned) const {
    release(owned);
  }
};
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Buffer = std::unique_ptr<BIO, Release<BIO_free_all>>;

constexpr std::size_t kNameBytesMost = 253;

/// One form for a name: an address as it is written, small letters.
std::string in_one_form(std::string_view name) {
  if (const auto address = parse_ip_address(name)) return address->text();
  std::string text{name};
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

std::vector<std::string> usable(const std::vector<std::string>& names) {
  std::vector<std::string> all;
  for (const std::string& name : names) {
    if (is_certificate_name(name) && std::ranges::find(all, in_one_form(name)) == all.end())
      all.push_back(in_one_form(name));
  }
  return all;
}

void set_time(ASN1_TIME* into, Timestamp time) {
  CW_REQUIRE(ASN1_TIME_set(into, std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count()) != nullptr);
}

/// 127 random bits: never negative, never used twice.
void set_serial(X509* certificate) {
  const std::unique_ptr<BIGNUM, Release<BN_free>> number{BN_new()};
  CW_REQUIRE(BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
  CW_REQUIRE(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

void add_extension(X509* certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>> extension{
      X509V3_EXT_conf_nid(nullptr, &context, kind, value)};
  CW_REQUIRE(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void add_names(X509* certificate, const std::vector<std::string>& names) {
  const std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>> list{GENERAL_NAMES_new()};
  for (const std::string& name : names) {
    auto* entry = GENERAL_NAME_new();
    ASN1_STRING* value = nullptr;
    if (const auto address = parse_ip_address(name)) {
      const auto& bytes = address->bytes();
      const int skipped = address->is_v4() ? 12 : 0;
      value = ASN1_OCTET_STRING_new();
      ASN1_STRING_set(value, bytes.data() + skipped, static_cast<int>(bytes.size()) - skipped);
      GENERAL_NAME_set0_value(entry, GEN_IPADD, value);
    } else {
      value = ASN1_IA5STRING_new();
      ASN1_STRING_set(value, name.data(), static_cast<int>(name.size()));
      GENERAL_NAME_set0_value(entry, GEN_DNS, value);
    }
    sk_GENERAL_NAME_push(list.get(), entry);
  }
  CW_REQUIRE(X509_add1_ext_i2d(certificate, NID_subject_alt_name, list.get(), 0, X509V3_ADD_DEFAULT) == 1);
}

Certificate make_certificate(EVP_PKEY* key, const std::vector<std::string>& names, Timestamp now) {
  Certificate certificate{X509_new()};
  X509* const raw = certificate.get();
  X509_set_version(raw, X509_VERSION_3);
  set_serial(raw);
  const Timestamp begin = now - std::chrono::hours{1};  // for visitors whose clocks are behind
  set_time(X509_getm_notBefore(raw), begin);
  set_time(X509_getm_notAfter(raw), begin + kSelfSignedLife);
  X509_set_pubkey(raw, key);
  auto* subject = X509_get_subject_name(raw);
  X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("Candlewick"), -1, -1,
                             0);
  const std::string& first = names.front();
  if (first.size() <= 64)  // RFC 5280's bound for a common name
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(first.c_str()), -1,
                               -1, 0);
  X509_set_issuer_name(raw, subject);
  add_extension(raw, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(raw, NID_key_usage, "critical,digitalSignature");
  add_extension(raw, NID_ext_key_usage, "serverAuth");
  add_extension(raw, NID_subject_key_identifier, "hash");
  add_names(raw, names);
  CW_REQUIRE(X509_sign(raw, key, EVP_sha256()) > 0);
  return certificate;
}

std::unexpected<Error> failed(const std::string& file) {
  return fail(Errc::io_error, fmt::format("{} cannot be written: {}", file, std::generic_category().message(errno)));
}

/// Replaces `file` as a whole: at any moment the old content or the new one is there, with `mode`.
Result<void> replace(const std::string& file, std::string_view content, mode_t mode) {
  const std::string next = file + ".new";
  ::unlink(next.c_str());
  const int fd = ::open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return failed(next);
  bool good = true;
  for (std::string_view rest = content; good && !rest.empty();) {
    const auto wrote = ::write(fd, rest.data(), rest.size());
    good = wrote > 0 || errno == EINTR;
    if (wrote > 0) rest.remove_prefix(static_cast<std::size_t>(wrote));
  }
  good = good && ::fsync(fd) == 0;
  auto said = good ? Result<void>{} : failed(next);
  ::close(fd);
  if (!good) return said;
  return ::rename(next.c_str(), file.c_str()) == 0 ? Result<void>{} : failed(file);
}

Result<void> make_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return failed(folder);
  if (::chmod(folder.c_str(), 0700) != 0) return failed(folder);
  return {};
}

/// Secret text that does not stay in memory.
struct Secret {
  Buffer bytes{BIO_new(BIO_s_secmem())};
  std::string_view text() const {
    char* begin = nullptr;
    const long size = BIO_get_mem_data(bytes.get(), &begin);
    return {begin, static_cast<std::size_t>(size)};
  }
};

Result<void> make_pair(const std::filesystem::path& folder, const std::vector<std::string>& names, Timestamp now) {
  if (const auto made = make_folder(folder); !made) return made;
  const Key key{EVP_EC_gen("P-256")};
  CW_REQUIRE(key != nullptr);
  const Certificate certificate = make_certificate(key.get(), names, now);
  Secret secret;
  CW_REQUIRE(PEM_write_bio_PrivateKey(secret.bytes.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  Secret open;
  CW_REQUIRE(PEM_write_bio_X509(open.bytes.get(), certificate.get()) == 1);
  if (const auto written = replace(self_signed_key(folder), secret.text(), 0600); !written) return written;
  return replace(self_signed_certificate(folder), open.text(), 0644);
}

bool is_still_good(const std::filesystem::path& folder, const std::vector<std::string>& names, Timestamp now) {
  const auto context = TlsContext::for_server(self_signed_certificate(folder), self_signed_key(folder));
  if (!context) return false;
  const CertificateFacts facts = context->certificate();
  return facts.valid_from <= now && facts.valid_to - now > kSelfSignedRenewedBefore &&
         std::ranges::all_of(
             names, [&](const std::string& name) { return std::ranges::find(facts.names, name) != facts.names.end(); });
}

}  // namespace

bool is_certificate_name(std::string_view name) {
  if (parse_ip_address(name)) return true;
  if (name.empty() || name.size() > kNameBytesMost || name.starts_with('.') || name.starts_with('-')) return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  });
}

Result<bool> keep_self_signed(const std::filesystem::path& folder, const std::vector<std::string>& names,
                              Timestamp now) {
  const std::vector<std::string> wanted = usable(names);
  if (wanted.empty()) return fail(Errc::bad_parameter, "a certificate needs at least one name or address");
  if (is_still_good(folder, wanted, now)) {
    if (::chmod(self_signed_key(folder).c_str(), 0600) != 0) return failed(self_signed_key(folder));
    return false;
  }
  if (const auto made = make_pair(folder, wanted, now); !made) return pass_on(made);
  return true;
}

}  // namespace cw::net
