#include <fmt/format.h>

#include <algorithm>

#include "base/masked_url.h"
#include "base/number.h"
#include "base/printable.h"
#include "net/http.h"
#include "net/http_text.h"

namespace cw::net {
namespace {

constexpr std::size_t kMaxUrlBytes = 8 * 1024;

std::unexpected<Error> bad_url(std::string_view text, std::string_view why) {
  return fail(Errc::bad_input, fmt::format("'{}' is not a usable address: {}", printable(masked_url(text), 200), why));
}

bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}
bool is_v6_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kMaxUrlBytes) return bad_url(text, "it is longer than 8192 bytes");
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return bad_url(text, "write it as https://host:port/path");
  const auto scheme = text.substr(0, scheme_end);
  const bool is_tls = equal_without_case(scheme, "https") || equal_without_case(scheme, "wss");
  const bool is_plain = equal_without_case(scheme, "http") || equal_without_case(scheme, "ws");
  if (!is_tls && !is_plain) return bad_url(text, "the scheme must be http, https, ws or wss");

  auto rest = text.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto path_begin = std::min(rest.find_first_of("/?"), rest.size());
  auto authority = rest.substr(0, path_begin);
  auto target = std::string(rest.substr(path_begin));
  if (!target.starts_with('/')) target.insert(0, "/");
  if (std::ranges::any_of(target, [](char c) { return c <= ' ' || c == 0x7f; })) {
    return bad_url(text, "the path holds a blank or a control character; write it as %20");
  }
  if (authority.find('@') != std::string_view::npos) return bad_url(text, "user names in an address are not supported");

  Url url;
  url.target = std::move(target);
  url.endpoint.tls = is_tls;
  url.endpoint.port = is_tls ? 443 : 80;
  std::string_view host = authority;
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return bad_url(text, "the bracket of the IPv6 address is not closed");
    host = authority.substr(1, close - 1);
    const auto after = authority.substr(close + 1);
    if (!after.empty() && after[0] != ':') return bad_url(text, "after the IPv6 address only a port may follow");
    has_port = !after.empty();
    port = has_port ? after.substr(1) : after;
    if (host.find(':') == std::string_view::npos || !std::ranges::all_of(host, is_v6_char)) {
      return bad_url(text, "the brackets hold no IPv6 address");
    }
  } else {
    const auto colon = authority.find(':');
    has_port = colon != std::string_view::npos;
    host = authority.substr(0, colon);
    if (has_port) port = authority.substr(colon + 1);
    if (host.empty()) return bad_url(text, "the host is missing");
    if (host.size() > 253 || !std::ranges::all_of(host, is_host_char))
      return bad_url(text, "the host name is not valid");
  }
  if (has_port) {
    const auto number = parse_int(port);
    if (!number || *number < 1 || *number > 65'535) return bad_url(text, "the port must be a number from 1 to 65535");
    url.endpoint.port = static_cast<std::uint16_t>(*number);
  }
  url.endpoint.host = std::string(host);
  return url;
}

}  // namespace cw::net
