#pragma once

#include <optional>

#include "api/door.h"
#include "net/http.h"

namespace cw::api {

/// What every answer tells a browser: nothing is guessed (nosniff), nothing told on (Referrer-Policy), nobody frames or embeds
/// it; over TLS, that it is TLS from now on (HSTS, a year); of pages also the content policy, without any inline script, and
/// the devices that they never use. An answer under /api/ is `Cache-Control: no-store` unless it says otherwise.
void add_security_fields(net::HttpResponse& response, bool is_secure, bool is_api);

/// CORS for listed origins, without credentials: a token in `Authorization` is all that a foreign page may use. Where no
/// origin is listed, nothing is added.
/// Source  the Fetch standard, section 3.2 (CORS protocol)
void add_cors_fields(net::HttpResponse& response, const Door& door, const net::HttpRequest& request);

/// The answer to a listed origin's preflight under /api/; nothing where it is none.
std::optional<net::HttpResponse> answer_preflight(const Door& door, const net::HttpRequest& request);

}  // namespace cw::api
