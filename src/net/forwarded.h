#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"
#include "net/ip_address.h"

namespace cw::net {

/// What proxies wrote about a request, nearest to the client first. None of it is true unless the peer that sent it is
/// trusted, and of a trusted one only what it added itself: the right end.
struct ForwardedChain {
  /// One a proxy: whom it took the request from. Nothing where it wrote no address (`unknown`, `_hidden`, rubbish).
  std::vector<std::optional<IpAddress>> hops;
  /// `http` or `https`, by which scheme the last proxy was asked; empty where nothing (or something else) is said.
  std::string scheme{};
};

/// Reads `X-Forwarded-For` (with `X-Forwarded-Proto`); several fields count as one list. Addresses may have a port, and IPv6
/// brackets: some proxies write them.
ForwardedChain read_x_forwarded(const HttpFields& fields);

/// Reads `Forwarded`: its elements' `for` and the last one's `proto`.
/// Source  RFC 7239
ForwardedChain read_forwarded(const HttpFields& fields);

/// Whether somebody passed the request on and said so: X-Forwarded-*, Forwarded, Via, or what well-known proxies write.
bool is_forwarded(const HttpFields& fields);

}  // namespace cw::net
