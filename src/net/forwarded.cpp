#include "net/forwarded.h"

#include <algorithm>
#include <array>

#include "net/http_text.h"

namespace cw::net {
namespace {

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
std::optional<IpAddress> read_node(std::string_view node) {
  if (node.starts_with('[')) {
    const std::size_t close = node.find(']');
    if (close == node.npos) return std::nullopt;
    if (const auto rest = node.substr(close + 1); !rest.empty() && !rest.starts_with(':')) return std::nullopt;
    return parse_ip_address(node.substr(1, close - 1));
  }
  const bool has_port = std::ranges::count(node, ':') == 1;
  return parse_ip_address(has_port ? node.substr(0, node.find(':')) : node);
}

std::string read_scheme(std::string_view text) {
  for (const std::string_view known : {"https", "http"}) {
    if (equal_without_case(text, known)) return std::string{known};
  }
  return {};
}

/// X-Forwarded-* know no quotes: a lone one must not swallow what the proxy wrote behind it.
std::string_view take_plain_item(std::string_view& rest) {
  const std::size_t comma = std::min(rest.find(','), rest.size());
  const auto item = trim_blanks(rest.substr(0, comma));
  rest.remove_prefix(std::min(rest.size(), comma + 1));
  return item;
}

/// Calls `use` with every item of every field of that name, in order.
template <class Take, class Use>
void each_item(const HttpFields& fields, std::string_view name, Take take, Use use) {
  for (const auto& [key, value] : fields.all()) {
    if (!equal_without_case(key, name)) continue;
    for (std::string_view rest = value; !rest.empty();) {
      if (const auto item = take(rest); !item.empty()) use(item);
    }
  }
}

/// Takes the next `name=value` of an element off the front; a semicolon inside quotes does not end it.
std::string_view take_pair(std::string_view& rest) {
  bool quoted = false;
  std::size_t i = 0;
  for (; i < rest.size() && (quoted || rest[i] != ';'); ++i) {
    if (rest[i] == '"') quoted = !quoted;
    if (quoted && rest[i] == '\\') ++i;
  }
  i = std::min(i, rest.size());
  const auto pair = trim_blanks(rest.substr(0, i));
  rest.remove_prefix(std::min(rest.size(), i + 1));
  return pair;
}

/// No address and no scheme needs an escape inside its quotes; where one stands, the value is none of these.
std::string_view without_quotes(std::string_view value) {
  if (value.size() < 2 || !value.starts_with('"') || !value.ends_with('"')) return value;
  return value.substr(1, value.size() - 2);
}

}  // namespace

ForwardedChain read_x_forwarded(const HttpFields& fields) {
  ForwardedChain chain;
  each_item(fields, "X-Forwarded-For", take_plain_item,
            [&](std::string_view item) { chain.hops.push_back(read_node(item)); });
  each_item(fields, "X-Forwarded-Proto", take_plain_item,
            [&](std::string_view item) { chain.scheme = read_scheme(item); });
  return chain;
}

ForwardedChain read_forwarded(const HttpFields& fields) {
  ForwardedChain chain;
  each_item(fields, "Forwarded", take_list_item, [&](std::string_view element) {
    auto& hop = chain.hops.emplace_back();
    chain.scheme.clear();
    while (!element.empty()) {
      const auto pair = take_pair(element);
      const auto equals = pair.find('=');
      if (equals == pair.npos) continue;
      const auto name = trim_blanks(pair.substr(0, equals));
      const auto value = without_quotes(trim_blanks(pair.substr(equals + 1)));
      if (equal_without_case(name, "for")) hop = read_node(value);
      if (equal_without_case(name, "proto")) chain.scheme = read_scheme(value);
    }
  });
  return chain;
}

bool is_forwarded(const HttpFields& fields) {
  static constexpr std::array<std::string_view, 8> kOthers{"Forwarded",           "Via",
                                                           "X-Real-IP",           "X-Client-IP",
                                                           "X-Cluster-Client-IP", "CF-Connecting-IP",
                                                           "True-Client-IP",      "X-Original-Forwarded-For"};
  constexpr std::string_view kBegin = "X-Forwarded-";
  return std::ranges::any_of(fields.all(), [&](const auto& field) {
    const std::string_view name = field.first;
    if (equal_without_case(name.substr(0, kBegin.size()), kBegin)) return true;
    return std::ranges::any_of(kOthers, [&](std::string_view other) { return equal_without_case(name, other); });
  });
}

}  // namespace cw::net
