#include "api/door.h"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "base/printable.h"
#include "net/http_text.h"
#include "net/loopback_host.h"

namespace cw::api {
namespace {

constexpr int kHouseholdBits = 64;  // of IPv6: whoever has one address has all of these

std::string small_letters(std::string_view text) {
  std::string small{text};
  std::ranges::transform(small, small.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return small;
}

/// `desk:443` under https is `desk`: browsers leave a scheme's own port out.
std::string without_default_port(bool is_secure, std::string host) {
  const std::string_view port = is_secure ? ":443" : ":80";
  if (host.ends_with(port)) host.resize(host.size() - port.size());
  return host;
}

std::string origin_of(bool is_secure, std::string_view host) {
  return (is_secure ? "https://" : "http://") + without_default_port(is_secure, small_letters(host));
}

bool is_literal_address(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return net::parse_ip_address(host).has_value();
}

std::string network_text(const std::optional<net::IpAddress>& address, const std::string& text) {
  return address && !address->is_v4() ? net::network_of(*address, kHouseholdBits).text() : text;
}

}  // namespace

std::optional<std::string> plain_origin(std::string_view text) {
  const auto url = net::parse_url(text);
  if (!url || url->target != "/" || text.find('#') != text.npos || text.find('?') != text.npos) return std::nullopt;
  const std::string scheme = small_letters(text.substr(0, text.find("://")));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  const std::string_view host = std::string_view{text}.substr(scheme.size() + 3);
  return origin_of(scheme == "https", host.substr(0, host.find('/')));
}

std::string host_of(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != text.npos) text.remove_prefix(scheme + 3);
  const auto end = text.starts_with('[') ? text.find(']') + 1 : text.find(':');
  return small_letters(text.substr(0, end));
}

Door::Door(DoorSettings settings) : settings_(std::move(settings)), public_host_(host_of(settings_.public_origin)) {}

bool Door::is_trusted(const net::IpAddress& address) const {
  return std::ranges::any_of(settings_.trusted_proxies,
                             [&](const net::IpNetwork& network) { return network.contains(address); });
}

net::IpAddress Door::client_of(const net::ForwardedChain& chain, const net::IpAddress& peer) const {
  net::IpAddress known = peer;
  for (const auto& hop : std::views::reverse(chain.hops)) {
    if (!hop) break;
    known = *hop;
    if (!is_trusted(known)) break;
  }
  return known;
}

Visitor Door::visitor(const net::HttpRequest& request) const {
  const auto peer = net::parse_ip_address(request.peer_address);
  const std::string_view host = request.fields.get("Host");
  Visitor visitor{request.peer_address, {}, false, request.is_tls, {}};
  const bool is_passed_on = net::is_forwarded(request.fields);
  auto client = peer;
  if (peer && is_passed_on && is_trusted(*peer)) {
    const auto x = net::read_x_forwarded(request.fields);
    const auto standard = net::read_forwarded(request.fields);
    client = client_of(x.hops.empty() ? standard : x, *peer);
    if (!x.hops.empty() && !standard.hops.empty() && client_of(standard, *peer) != client) client = peer;
    const std::string& scheme = x.scheme.empty() ? standard.scheme : x.scheme;
    if (!scheme.empty()) visitor.is_secure = scheme == "https";
    visitor.address = client->text();
  }
  visitor.network = network_text(client, visitor.address);
  visitor.is_local = client && client->is_loopback() && !is_passed_on && net::is_loopback_host(host);
  visitor.origin = origin_of(visitor.is_secure, host);
  return visitor;
}

bool Door::is_own_host(std::string_view host) const {
  if (net::is_loopback_host(host)) return true;
  const std::string name = host_of(host);
  if (name.empty()) return false;
  const bool is_plain_here = settings_.is_loopback && !settings_.is_tls;
  if (!is_plain_here && is_literal_address(name)) return true;
  return name == public_host_ || std::ranges::find(settings_.hosts, name) != settings_.hosts.end();
}

std::optional<Problem> Door::refuse(const net::HttpRequest& request) const {
  if (!request.is_tls && !settings_.is_loopback) {
    const auto peer = net::parse_ip_address(request.peer_address);
    if (!peer || !(peer->is_loopback() || is_trusted(*peer))) {
      return Problem{"tls_required",
                     settings_.public_origin.empty()
                         ? "Plain HTTP is taken here from this server's own proxy alone. Open it by the proxy's https "
                           "address."
                         : fmt::format("Plain HTTP is taken here from this server's own proxy alone. Open {} instead.",
                                       settings_.public_origin)};
    }
  }
  // Which of two would count is anybody's guess, a proxy's in front of us too.
  if (request.fields.count("Authorization") > 1)
    return Problem{"bad_request", "The field 'Authorization' is sent twice; send it once."};
  const std::string_view host = request.fields.get("Host");
  if (is_own_host(host)) return std::nullopt;
  return Problem{
      "forbidden_host",
      fmt::format("'{}' is no name of this server. Open it as localhost or 127.0.0.1 with its port; where it has "
                  "that name, say so in server.public_url or server.hosts.",
                  printable(host, 200))};
}

bool Door::is_own_origin(const net::HttpRequest& request, const Visitor& visitor) const {
  if (request.fields.count("Origin") != 1) return false;
  const auto origin = plain_origin(request.fields.get("Origin"));
  return origin && (*origin == visitor.origin || *origin == settings_.public_origin);
}

bool Door::is_listed_origin(const net::HttpRequest& request) const {
  if (settings_.allowed_origins.empty() || request.fields.count("Origin") != 1) return false;
  const auto origin = plain_origin(request.fields.get("Origin"));
  return origin && std::ranges::find(settings_.allowed_origins, *origin) != settings_.allowed_origins.end();
}

bool Door::is_allowed_origin(const net::HttpRequest& request, const Visitor& visitor) const {
  return request.fields.count("Origin") == 0 || is_own_origin(request, visitor) || is_listed_origin(request);
}

bool Door::is_cross_site(const net::HttpRequest& request, const Visitor& visitor) const {
  bool browser_says_same = false;
  for (const auto& [name, value] : request.fields.all()) {
    if (!net::equal_without_case(name, "Sec-Fetch-Site")) continue;
    if (value != "same-origin" && value != "none") return true;
    browser_says_same = browser_says_same || value == "same-origin";
  }
  if (request.fields.count("Origin") == 0 || is_own_origin(request, visitor)) return false;
  return !(browser_says_same && is_listed_origin(request));
}

std::optional<Problem> Door::refuse_cross_site(const net::HttpRequest& request, const Visitor& visitor) const {
  if (!is_cross_site(request, visitor)) return std::nullopt;
  return Problem{"cross_site",
                 "A page of another site sent this. Open the dashboard at this server's own address; behind a proxy, "
                 "server.public_url must be that address."};
}

}  // namespace cw::api
