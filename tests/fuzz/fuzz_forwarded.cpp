// What proxies write about a request, on any bytes: the chain reads the same when it is written again, what a proxy adds on
// the right is always the last hop of X-Forwarded-For, and addresses and networks agree with themselves.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/require.h"
#include "net/forwarded.h"

namespace {

using namespace cw::net;

HttpFields one(const char* name, std::string value) {
  HttpFields fields;
  fields.add(name, std::move(value));
  return fields;
}

void check_addresses(std::string_view text) {
  if (const auto address = parse_ip_address(text)) {
    CW_REQUIRE(parse_ip_address(address->text()) == address);
    CW_REQUIRE(network_of(*address, address->is_v4() ? 32 : 128).contains(*address));
  }
  if (const auto network = parse_ip_network(text)) {
    const auto again = parse_ip_network(network->text());
    CW_REQUIRE(again && again->text() == network->text());
  }
  (void)address_of_peer(text);
}

void check_chain(const ForwardedChain& chain) {
  CW_REQUIRE(chain.scheme.empty() || chain.scheme == "http" || chain.scheme == "https");
  std::string written;
  for (const auto& hop : chain.hops) written += (hop ? hop->text() : "unknown") + ", ";
  CW_REQUIRE(read_x_forwarded(one("X-Forwarded-For", written)).hops == chain.hops);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  check_addresses(input);
  const auto x = read_x_forwarded(one("X-Forwarded-For", input));
  check_chain(x);
  check_chain(read_x_forwarded(one("X-Forwarded-Proto", input)));
  check_chain(read_forwarded(one("Forwarded", input)));
  // Whatever a client sent, the proxy's own entry stands behind it.
  const auto longer = read_x_forwarded(one("X-Forwarded-For", input + ", 203.0.113.9"));
  CW_REQUIRE(longer.hops.size() == x.hops.size() + 1 && longer.hops.back() == parse_ip_address("203.0.113.9"));
  auto two = one("Forwarded", input);
  two.add("Forwarded", "for=203.0.113.9");
  CW_REQUIRE(read_forwarded(two).hops.back() == parse_ip_address("203.0.113.9"));
  CW_REQUIRE(is_forwarded(two));
  return 0;
}
