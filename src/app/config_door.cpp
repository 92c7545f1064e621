#include "app/config_door.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/masked_url.h"
#include "base/printable.h"
#include "net/self_signed.h"
#include "net/tls.h"

namespace cw::app {
namespace {

constexpr std::size_t kTokenBytesLeast = 16;

std::unexpected<Error> fault(const Config& config, std::string_view key, std::string_view what) {
  return std::unexpected(
      Error{Errc::bad_parameter, fmt::format("{}: {} {}", config.source(key).text, key, what), {}, std::string{key}});
}

/// `why` says what is wrong with an entry, or nothing.
Result<void> check_entries(const Config& config, std::string_view key,
                           const std::function<std::string(const std::string&)>& why) {
  const auto& list = config.list(key);
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (const std::string said = why(list[i]); !said.empty()) {
      return fault(config, key, fmt::format("entry {} ('{}') {}", i + 1, printable(masked_url(list[i]), 200), said));
    }
  }
  return {};
}

std::string why_no_proxy(const std::string& text) {
  const auto network = net::parse_ip_network(text);
  if (!network) return "is no address or network" + network.error().message.substr(network.error().message.rfind(": "));
  if (network->prefix_bits() == 0) return "trusts the whole world; name the proxy's own address or network";
  return {};
}

std::string why_no_host(const std::string& text) {
  if (net::is_certificate_name(text)) return {};
  return "is no host name: letters, digits, '-' and '.', without scheme and port, as in desk.example.org";
}

std::string why_no_origin(const std::string& text) {
  if (text == "*") return "would let every page in; name each, as in https://tools.example.org";
  return api::plain_origin(text) ? ""
                                 : "is no origin: a scheme, a host and maybe a port, as in https://tools.example.org";
}

Result<void> check_host(const Config& config) {
  const std::string& host = config.text("server.host");
  if (host == "localhost" || net::parse_ip_address(host)) return {};
  return fault(
      config, "server.host",
      fmt::format("takes an address of this machine (127.0.0.1, ::1, 192.168.1.5), localhost, or 0.0.0.0 or :: for "
                  "all, not '{}'",
                  printable(host)));
}

Result<void> check_certificate_settings(const Config& config) {
  const bool has_certificate = !config.text("server.tls_cert").empty();
  const bool has_key = !config.text("server.tls_key").empty();
  if (has_certificate != has_key) {
    return has_certificate ? fault(config, "server.tls_cert", "needs its key beside it: give server.tls_key")
                           : fault(config, "server.tls_key", "needs its certificate beside it: give server.tls_cert");
  }
  if (has_certificate && config.boolean("server.tls_self_signed")) {
    return fault(config, "server.tls_self_signed",
                 "makes a certificate, and server.tls_cert names one; leave one of them out");
  }
  return {};
}

Result<void> check_token(const Config& config) {
  const std::string& token = config.text("server.metrics_token");
  const bool is_plain = std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7f; });
  if (token.empty() || (is_plain && token.size() >= kTokenBytesLeast)) return {};
  return fault(config, "server.metrics_token",
               fmt::format("takes at least {} letters, digits or signs without blanks", kTokenBytesLeast));
}

api::Rate rate(const Config& config, std::string_view per_second, std::string_view burst) {
  return {static_cast<double>(config.integer(per_second)), static_cast<double>(config.integer(burst))};
}

}  // namespace

Result<void> check_door(const Config& config) {
  if (const auto checked = check_host(config); !checked) return checked;
  if (const auto checked = check_certificate_settings(config); !checked) return checked;
  if (const auto checked = check_entries(config, "server.trusted_proxies", why_no_proxy); !checked) return checked;
  if (const auto checked = check_entries(config, "server.hosts", why_no_host); !checked) return checked;
  if (const auto checked = check_entries(config, "server.allowed_origins", why_no_origin); !checked) return checked;
  if (const auto& address = config.text("server.public_url"); !address.empty() && !api::plain_origin(address)) {
    return fault(config, "server.public_url",
                 fmt::format("takes a scheme, a host and maybe a port, as in https://desk.example.org, not '{}'",
                             printable(masked_url(address), 200)));
  }
  return check_token(config);
}

Result<void> check_bind(const Config& config) {
  if (listens_on_loopback(config) || speaks_tls(config) || !config.list("server.trusted_proxies").empty()) return {};
  return fault(
      config, "server.host",
      fmt::format("'{}' lets other machines in, and passwords must not cross a network unencrypted: give "
                  "--tls-self-signed, or --tls-cert and --tls-key, or name the proxy that speaks TLS for this server "
                  "in server.trusted_proxies",
                  config.text("server.host")));
}

Result<void> check_certificate(const Config& config) {
  const std::string& certificate = config.text("server.tls_cert");
  const std::string& key = config.text("server.tls_key");
  if (certificate.empty()) return {};
  const auto read = net::TlsContext::for_server(certificate, key);
  if (read) return {};
  const bool is_of_certificate =
      read.error().message.starts_with(certificate + ":") || read.error().message.starts_with(certificate + " cannot");
  return fault(config, is_of_certificate ? "server.tls_cert" : "server.tls_key",
               "cannot be used: " + read.error().message);
}

bool speaks_tls(const Config& config) {
  return config.boolean("server.tls_self_signed") || !config.text("server.tls_cert").empty();
}

bool listens_on_loopback(const Config& config) {
  const auto address = net::parse_ip_address(listen_address(config));
  return address && address->is_loopback();
}

std::string listen_address(const Config& config) {
  const std::string& host = config.text("server.host");
  return host == "localhost" ? "127.0.0.1" : host;
}

api::ApiSettings api_settings(const Config& config) {
  return {rate(config, "server.requests_per_second", "server.request_burst"),
          rate(config, "server.write_requests_per_second", "server.write_request_burst"),
          rate(config, "server.auth_requests_per_second", "server.auth_request_burst")};
}

api::DoorSettings door_settings(const Config& config) {
  api::DoorSettings door{.is_tls = speaks_tls(config), .is_loopback = listens_on_loopback(config)};
  for (const auto& text : config.list("server.trusted_proxies")) {
    if (const auto network = net::parse_ip_network(text)) door.trusted_proxies.push_back(*network);
  }
  door.public_origin = api::plain_origin(config.text("server.public_url")).value_or("");
  for (const auto& text : config.list("server.hosts")) {
    const auto address = net::parse_ip_address(text);
    door.hosts.push_back(address && !address->is_v4() ? fmt::format("[{}]", address->text()) : api::host_of(text));
  }
  for (const auto& text : config.list("server.allowed_origins")) {
    if (auto origin = api::plain_origin(text)) door.allowed_origins.push_back(std::move(*origin));
  }
  return door;
}

}  // namespace cw::app
