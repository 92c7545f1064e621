#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/problem.h"
#include "net/forwarded.h"
#include "net/http.h"
#include "net/ip_address.h"

namespace cw::api {

/// Who is asking, as far as the connection and trusted proxies tell.
struct Visitor {
  std::string address;  // the client's own: `203.0.113.9`, `2001:db8::1`
  std::string
      network;     // what limits are counted by: the address, but of IPv6 its /64, which one household or server owns
  bool is_local;   // on this machine, under one of its names, and passed on by nobody: no proxy's visitor ever is
  bool is_secure;  // the visitor's own side speaks TLS
  std::string origin;  // ours as the visitor's browser writes it: `https://desk.example.org`
};

/// What the door is told, checked when the settings are read. Hosts and origins are in small letters, an origin without the
/// port that its scheme has anyway.
struct DoorSettings {
  bool is_tls = false;      // the listener speaks TLS
  bool is_loopback = true;  // it is reached from this machine alone
  std::vector<net::IpNetwork> trusted_proxies{};
  std::string public_origin{};       // `https://desk.example.org`; empty: not known
  std::vector<std::string> hosts{};  // names of this server besides: without ports
  std::vector<std::string> allowed_origins{};
};

/// An origin in the form that DoorSettings and Visitor keep it: `HTTPS://Desk.Example:443` becomes `https://desk.example`.
/// No answer for what is no origin: without http:// or https://, with a path, a user, a query.
/// Source  RFC 6454, sections 4 and 6
std::optional<std::string> plain_origin(std::string_view text);

/// The host of an origin or a Host field in small letters, without port; IPv6 in brackets.
std::string host_of(std::string_view origin_or_host);

/// Decides about a request before anything of it is read: who sent it, by which name, from which page. Pure.
class Door {
 public:
  explicit Door(DoorSettings settings);

  /// The client is the direct peer; where that is a trusted proxy, the right-most address of X-Forwarded-For, else of
  /// Forwarded, that is no trusted proxy itself. Where that place holds no address, or the two fields disagree (a proxy
  /// writes one and passes on what the client wrote in the other), it is the last proxy that is known for sure.
  Visitor visitor(const net::HttpRequest& request) const;

  /// `tls_required` for plain HTTP from another machine that is no trusted proxy; `forbidden_host` for a name that is none of
  /// this server's, so that a page that re-bound its own name to us cannot ask us anything. Names are: loopback's,
  /// literal addresses (unless the server is plain and on loopback), the public one and the listed ones. `bad_request` for
  /// two fields Authorization, of which nobody could say which counts.
  std::optional<Problem> refuse(const net::HttpRequest& request) const;

  /// Whether the page that sends it is ours: an `Origin` that is the visitor's own or the public one.
  bool is_own_origin(const net::HttpRequest& request, const Visitor& visitor) const;
  /// Whether its Origin is on the list. Without the list none is.
  bool is_listed_origin(const net::HttpRequest& request) const;
  /// Whether the page that sends it may open the socket: own, listed, or no page at all (no Origin: a program).
  bool is_allowed_origin(const net::HttpRequest& request, const Visitor& visitor) const;
  /// Whether a page of another site made the browser send it, cookies included: an Origin that is not ours, or a
  /// Sec-Fetch-Site other than same-origin and none. A listed origin is another site too, unless the browser itself says
  /// that it is ours, as behind a development server that passes requests on. A request of a program is not.
  /// Source  Fetch Metadata Request Headers, section 2.3; OWASP's CSRF prevention cheat sheet
  bool is_cross_site(const net::HttpRequest& request, const Visitor& visitor) const;
  /// The answer to that on routes which take a cookie: `cross_site`.
  std::optional<Problem> refuse_cross_site(const net::HttpRequest& request, const Visitor& visitor) const;

  const DoorSettings& settings() const { return settings_; }

 private:
  bool is_trusted(const net::IpAddress& address) const;
  net::IpAddress client_of(const net::ForwardedChain& chain, const net::IpAddress& peer) const;
  bool is_own_host(std::string_view host) const;

  DoorSettings settings_;
  std::string public_host_;
};

}  // namespace cw::api
