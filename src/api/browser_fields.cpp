#include "api/browser_fields.h"

#include <string>

namespace cw::api {
namespace {

constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src "
    "'self'; "
    "manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "
    "'none'";

void set_default(net::HttpFields& fields, std::string_view name, const char* value) {
  if (fields.count(name) == 0) fields.add(name, value);
}

}  // namespace

void add_security_fields(net::HttpResponse& response, bool is_secure, bool is_api) {
  auto& fields = response.fields;
  fields.set("X-Content-Type-Options", "nosniff");
  fields.set("Referrer-Policy", "no-referrer");
  fields.set("Cross-Origin-Opener-Policy", "same-origin");
  fields.set("Cross-Origin-Resource-Policy", "same-origin");
  fields.set("X-Frame-Options", "DENY");
  if (is_secure) fields.set("Strict-Transport-Security", "max-age=31536000");
  if (is_api) set_default(fields, "Cache-Control", "no-store");
  if (fields.get("Content-Type").starts_with("text/html")) {
    fields.set("Content-Security-Policy", kPagePolicy);
    fields.set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
  }
}

void add_cors_fields(net::HttpResponse& response, const Door& door, const net::HttpRequest& request) {
  if (door.settings().allowed_origins.empty()) return;
  auto& fields = response.fields;
  fields.add("Vary", "Origin");
  if (!door.is_listed_origin(request)) return;
  fields.set("Access-Control-Allow-Origin", std::string{request.fields.get("Origin")});
  fields.set("Access-Control-Expose-Headers", "X-Request-Id, Retry-After, ETag");
}

std::optional<net::HttpResponse> answer_preflight(const Door& door, const net::HttpRequest& request) {
  if (request.method != "OPTIONS" || request.fields.count("Access-Control-Request-Method") == 0) return std::nullopt;
  if (!door.is_listed_origin(request)) return std::nullopt;
  net::HttpResponse response;
  response.status = 204;
  response.fields.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE");
  response.fields.set("Access-Control-Allow-Headers", "authorization, content-type");
  response.fields.set("Access-Control-Max-Age", "600");
  return response;
}

}  // namespace cw::api
