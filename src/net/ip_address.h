#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cw::net {

class IpNetwork;

/// An IPv4 or IPv6 address. An IPv4 address that is mapped into IPv6 (`::ffff:192.0.2.1`, what a dual-stack socket names its
/// IPv4 clients) is that IPv4 address, so no list of addresses can be walked round by writing one the other way.
///
/// Source  RFC 4291, section 2.5.5.2 (mapped addresses)
class IpAddress {
 public:
  bool is_v4() const { return is_v4_; }
  bool is_loopback() const;     // 127.0.0.0/8, ::1
  bool is_unspecified() const;  // 0.0.0.0, ::
  /// `192.0.2.1`, `2001:db8::1` (RFC 5952: small letters, the longest run of zeros left out; no brackets).
  std::string text() const;
  /// In network order, 16 of them; an IPv4 address has the last 4 and `::ffff:` before them.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  friend std::optional<IpAddress> parse_ip_address(std::string_view text);
  friend class IpNetwork;
  friend IpNetwork network_of(const IpAddress& address, int prefix_bits);
  friend Result<IpNetwork> parse_ip_network(std::string_view text);
  std::array<std::uint8_t, 16> bytes_{};
  bool is_v4_ = false;
};

/// Reads a literal address: four decimal numbers without leading zeros, or IPv6 without brackets and without a zone. No
/// answer for anything else, a host name and a port included.
std::optional<IpAddress> parse_ip_address(std::string_view text);

/// Addresses that share their first bits: `10.0.0.0/8`, `fd00::/8`; a lone address is a network of itself.
class IpNetwork {
 public:
  /// An IPv6 network never contains an IPv4 address, nor the other way round.
  bool contains(const IpAddress& address) const;
  int prefix_bits() const { return first_.is_v4_ ? bits_ - 96 : bits_; }  // as written: 0 to 32, or 0 to 128
  std::string text() const;                                               // always with its prefix: `127.0.0.1/32`

 private:
  friend Result<IpNetwork> parse_ip_network(std::string_view text);
  friend IpNetwork network_of(const IpAddress& address, int prefix_bits);
  IpNetwork(const IpAddress& first, int bits) : first_(first), bits_(bits) {}
  IpAddress first_;
  int bits_;  // of 128
};

/// Reads `ADDRESS` or `ADDRESS/BITS`.
/// Errors  bad_input saying what is wrong with the text: no address, a prefix that is too long, or bits set behind the
///         prefix (then it names the network that was probably meant)
Result<IpNetwork> parse_ip_network(std::string_view text);

/// The network of `prefix_bits` (0 to 32, or 0 to 128) that the address is in.
IpNetwork network_of(const IpAddress& address, int prefix_bits);

/// The address in what Stream::peer says: `127.0.0.1:51234` is 127.0.0.1, `[::ffff:127.0.0.1]:80` too; a zone
/// (`[fe80::1%eth0]:80`) is left out. Of what is no address (`pipe:3`, in a simulation) the part before the last colon.
std::string address_of_peer(std::string_view peer);

}  // namespace cw::net
