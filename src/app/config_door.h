#pragma once

#include "api/api_handler.h"
#include "base/config.h"
#include "base/error.h"

namespace cw::app {

/// Whether the settings of who may come in mean something, whatever command asks: server.host, the certificate's, proxies,
/// names, origins, the token of the metrics.
/// Errors  bad_parameter with the place, the key and, of lists, the entry
Result<void> check_door(const Config& config);

/// The rule of a server's start: only loopback may be plain. Any other address needs a certificate (server.tls_cert or
/// server.tls_self_signed) or a proxy that speaks TLS for it (server.trusted_proxies).
/// Errors  bad_parameter with the place of server.host and what to do
Result<void> check_bind(const Config& config);

/// Whether the certificate and its key can be used, where they are given.
/// Errors  bad_parameter with the place and the key at fault
Result<void> check_certificate(const Config& config);

bool speaks_tls(const Config& config);
bool listens_on_loopback(const Config& config);

/// The literal address of server.host: `localhost` is 127.0.0.1.
std::string listen_address(const Config& config);

/// The door, of settings that are checked.
api::DoorSettings door_settings(const Config& config);
/// The allowances.
api::ApiSettings api_settings(const Config& config);

}  // namespace cw::app
