#include "app/serve/server_tls.h"

#include <array>
#include <chrono>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include "api/door.h"
#include "app/config_door.h"
#include "net/ip_address.h"
#include "net/self_signed.h"

namespace cw::app {
namespace {

constexpr Millis kRenewalEvery = std::chrono::hours{1};
constexpr Millis kEndsSoon = std::chrono::days{14};

std::string machine_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

/// `[::1]` of an address is `::1` in a certificate.
std::string without_brackets(const std::string& host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

std::vector<std::string> certificate_names(const Config& config) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1", machine_name()};
  const std::string host = listen_address(config);
  if (const auto address = net::parse_ip_address(host); address && !address->is_unspecified()) names.push_back(host);
  for (const std::string& name : config.list("server.hosts")) names.push_back(name);
  names.push_back(without_brackets(api::host_of(config.text("server.public_url"))));
  return names;
}

ServerTls::ServerTls(net::TlsFiles files, std::filesystem::path own_folder, std::vector<std::string> names,
                     Timestamp now, Logger& logger)
    : files_(std::move(files)),
      own_folder_(std::move(own_folder)),
      names_(std::move(names)),
      renewal_checked_(now),
      logger_(logger) {
  if (own_folder_.empty()) return;
  announcement_ = fmt::format(
      "The certificate is this server's own, so browsers warn of it; go on only where they show this SHA-256 "
      "fingerprint:\n  {}\n",
      files_.certificate().fingerprint);
}

Result<std::unique_ptr<ServerTls>> ServerTls::open(const Config& config, const std::filesystem::path& folder,
                                                   Timestamp now, Logger& logger) {
  if (!speaks_tls(config)) return std::unique_ptr<ServerTls>{};
  const bool is_own = config.boolean("server.tls_self_signed");
  std::vector<std::string> names;
  if (is_own) {
    names = certificate_names(config);
    const auto kept = net::keep_self_signed(folder, names, now);
    if (!kept) return pass_on(kept);
    if (*kept) logger.info("certificate made", {{"folder", std::string_view{folder.native()}}});
  }
  auto files = net::TlsFiles::open(is_own ? net::self_signed_certificate(folder) : config.text("server.tls_cert"),
                                   is_own ? net::self_signed_key(folder) : config.text("server.tls_key"));
  if (!files) return pass_on(files);
  auto tls = std::unique_ptr<ServerTls>(
      new ServerTls(std::move(*files), is_own ? folder : std::filesystem::path{}, std::move(names), now, logger));
  const auto facts = tls->files_.certificate();
  logger.info("certificate", {{"fingerprint", std::string_view{facts.fingerprint}},
                              {"valid_to", std::string_view{format_time(facts.valid_to)}},
                              {"own", is_own}});
  if (const auto check = tls->check(now); check.status != api::CheckStatus::pass)
    logger.warn("certificate ends", {{"reason", std::string_view{check.detail}}});
  return tls;
}

void ServerTls::renew(Timestamp now) {
  if (own_folder_.empty() || now - renewal_checked_ < kRenewalEvery) return;
  renewal_checked_ = now;
  if (const auto kept = net::keep_self_signed(own_folder_, names_, now); !kept)
    logger_.error("certificate not renewed", {{"reason", std::string_view{kept.error().message}}});
}

net::Task<void> ServerTls::follow(net::Runtime& runtime) {
  co_await net::TlsFiles::follow(runtime, files_, [this, &runtime] { renew(runtime.now()); });
}

api::Check ServerTls::check(Timestamp now) const {
  if (const auto& fault = files_.fault())
    return {"tls", api::CheckStatus::warn, fault->message + "; the certificate before it stays in use."};
  const Timestamp end = files_.certificate().valid_to;
  const std::string when = format_time(end);
  if (now >= end)
    return {"tls", api::CheckStatus::warn, fmt::format("The certificate ended at {}; renew it.", when), end};
  if (end - now < kEndsSoon)
    return {"tls", api::CheckStatus::warn, fmt::format("The certificate ends at {}; renew it.", when), end - kEndsSoon};
  return {"tls", api::CheckStatus::pass, fmt::format("The certificate is good until {}.", when)};
}

}  // namespace cw::app
