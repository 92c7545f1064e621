#pragma once

#include <string_view>

namespace cw::net {

/// Whether a Host field names loopback: `localhost`, `127.x.y.z`, `[::1]`, with or without a port. A page that reached
/// this machine under a name of its own (DNS rebinding) does not.
bool is_loopback_host(std::string_view host);

}  // namespace cw::net
