#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "net/runtime.h"

namespace cw::net {

using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;

/// Asks for the addresses of a name and blocks meanwhile; called on a thread of its own.
using LookUp = std::function<Result<Addresses>(const std::string& host, std::uint16_t port)>;

/// The machine's resolver (getaddrinfo). Errors  not_found, with its reason
Result<Addresses> ask_machine(const std::string& host, std::uint16_t port);

/// The addresses of a host in the resolver's order; a literal address is its own answer, without a look-up.
///
/// No look-up can be stopped once it has begun: a caller that is cancelled, or whose loop dies, goes on at once and the
/// answer is thrown away when it comes. So a name server that is silent holds up neither other names nor the end of
/// the program.
///
/// Errors  not_found, cancelled; busy: 16 look-ups have no answer yet
Task<Result<Addresses>> resolve(Runtime& runtime, std::string host, std::uint16_t port, LookUp look_up = ask_machine);

}  // namespace cw::net
