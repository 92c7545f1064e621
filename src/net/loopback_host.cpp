#include "net/loopback_host.h"

#include <algorithm>

#include "net/http_text.h"

namespace cw::net {
namespace {

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  const std::string_view name = without_port(host);
  if (equal_without_case(name, "localhost") || name == "[::1]") return true;
  if (!name.starts_with("127.")) return false;
  return std::ranges::all_of(name, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

}  // namespace cw::net
