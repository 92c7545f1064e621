#include "net/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <fmt/format.h>

#include <algorithm>

#include "base/number.h"
#include "base/printable.h"
#include "base/require.h"

namespace cw::net {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBits = 96;

/// The bytes with all bits behind the first `bits` cleared.
std::array<std::uint8_t, 16> first_bits(std::array<std::uint8_t, 16> bytes, int bits) {
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(bits - 8 * i, 0, 8);
    bytes[static_cast<std::size_t>(i)] &= static_cast<std::uint8_t>(0xff << (8 - kept));
  }
  return bytes;
}

std::unexpected<Error> bad_network(std::string_view text, std::string_view why) {
  return fail(Errc::bad_input, fmt::format("'{}' is no address or network: {}", printable(text), why));
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.empty() || text.size() >= copy.size() || text.find('\0') != text.npos) return std::nullopt;
  std::ranges::copy(text, copy.begin());
  IpAddress address;
  auto& bytes = address.bytes_;
  if (::inet_pton(AF_INET, copy.data(), bytes.data() + kMapped.size()) == 1) {
    std::ranges::copy(kMapped, bytes.begin());
    address.is_v4_ = true;
    return address;
  }
  if (::inet_pton(AF_INET6, copy.data(), bytes.data()) != 1) return std::nullopt;
  address.is_v4_ = std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
  return address;
}

bool IpAddress::is_loopback() const {
  if (is_v4_) return bytes_[12] == 127;
  return std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto byte) { return byte == 0; }) && bytes_[15] == 1;
}

bool IpAddress::is_unspecified() const {
  return std::all_of(bytes_.begin() + (is_v4_ ? 12 : 0), bytes_.end(), [](auto byte) { return byte == 0; });
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> into{};
  const auto* from = bytes_.data() + (is_v4_ ? kMapped.size() : 0);
  const char* made = ::inet_ntop(is_v4_ ? AF_INET : AF_INET6, from, into.data(), into.size());
  CW_REQUIRE(made != nullptr);
  return made;
}

bool IpNetwork::contains(const IpAddress& address) const {
  return address.is_v4_ == first_.is_v4_ && first_bits(address.bytes_, bits_) == first_.bytes_;
}

std::string IpNetwork::text() const { return fmt::format("{}/{}", first_.text(), prefix_bits()); }

IpNetwork network_of(const IpAddress& address, int prefix_bits) {
  CW_REQUIRE(prefix_bits >= 0 && prefix_bits <= (address.is_v4() ? 32 : 128));
  const int bits = prefix_bits + (address.is_v4() ? kMappedBits : 0);
  IpAddress first = address;
  first.bytes_ = first_bits(address.bytes(), bits);
  return IpNetwork(first, bits);
}

Result<IpNetwork> parse_ip_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view literal = text.substr(0, slash);
  const auto address = parse_ip_address(literal);
  if (!address) return bad_network(text, "write 192.0.2.7, 10.0.0.0/8, ::1 or fd00::/8");
  // `::ffff:10.0.0.0/104` counts the bits of IPv6.
  const bool is_mapped = address->is_v4() && literal.find(':') != literal.npos;
  const int most = address->is_v4() && !is_mapped ? 32 : 128;
  std::int64_t bits = most;
  if (slash != text.npos) {
    const auto number = parse_int(text.substr(slash + 1));
    if (!number || *number < (is_mapped ? kMappedBits : 0) || *number > most)
      return bad_network(text,
                         fmt::format("behind the '/' goes a number from {} to {}", is_mapped ? kMappedBits : 0, most));
    bits = *number;
  }
  const IpNetwork network = network_of(*address, static_cast<int>(bits) - (is_mapped ? kMappedBits : 0));
  if (network.first_ != *address) {
    return bad_network(text, fmt::format("it has bits set behind its prefix; the network is {}", network.text()));
  }
  return network;
}

std::string address_of_peer(std::string_view peer) {
  std::string_view host = peer.substr(0, peer.rfind(':'));
  if (peer.starts_with('[')) host = peer.substr(1, peer.find(']') == peer.npos ? peer.npos : peer.find(']') - 1);
  const std::string_view literal = host.substr(0, host.find('%'));
  const auto address = parse_ip_address(literal);
  return address ? address->text() : std::string{host};
}

}  // namespace cw::net
