#include "net/tls_files.h"

#include <sys/stat.h>

#include <utility>

namespace cw::net {

TlsFiles::Stamp TlsFiles::stamp_of(const std::string& file) {
  struct stat seen{};
  if (::stat(file.c_str(), &seen) != 0) return {};
  return {seen.st_dev, seen.st_ino, static_cast<std::uint64_t>(seen.st_size), seen.st_mtim.tv_sec,
          seen.st_mtim.tv_nsec};
}

TlsFiles::Stamps TlsFiles::stamps_of(const std::string& certificate_file, const std::string& key_file) {
  return {stamp_of(certificate_file), stamp_of(key_file)};
}

Result<TlsFiles> TlsFiles::open(std::string certificate_file, std::string key_file) {
  // Before reading: what changes meanwhile is seen at the next look.
  const Stamps seen = stamps_of(certificate_file, key_file);
  auto context = TlsContext::for_server(certificate_file, key_file);
  if (!context) return pass_on(context);
  return TlsFiles{std::move(certificate_file), std::move(key_file), seen, std::move(*context)};
}

Result<bool> TlsFiles::look() {
  const Stamps now = stamps_of(certificate_file_, key_file_);
  const bool rests = std::exchange(seen_, now) == now;
  if (now == known_ || !rests) return false;
  known_ = now;
  auto newer = TlsContext::for_server(certificate_file_, key_file_);
  if (!newer) {
    fault_ = newer.error();
    return pass_on(newer);
  }
  fault_.reset();
  context_.take_over(*newer);
  return true;
}

Task<void> TlsFiles::follow(Runtime& runtime, TlsFiles& files, std::function<void()> before_look) {
  for (;;) {
    co_await runtime.sleep_for(kLookEvery);
    if (before_look) before_look();
    const auto looked = files.look();
    if (!looked) {
      runtime.logger().error("tls_not_reloaded",
                             {{"reason", std::string_view(looked.error().message)},
                              {"hint", std::string_view("the certificate before it stays in use")}});
    } else if (*looked) {
      const CertificateFacts facts = files.certificate();
      runtime.logger().info("tls_reloaded", {{"fingerprint", std::string_view(facts.fingerprint)},
                                             {"valid_to", std::string_view(format_time(facts.valid_to))}});
    }
  }
}

}  // namespace cw::net
