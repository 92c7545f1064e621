#include "api/problem.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/require.h"

namespace cw::api {
namespace {

constexpr std::size_t kSuggestionsMost = 10;

const ProblemKind& kind_of(std::string_view code) {
  const auto& kinds = problem_kinds();
  const auto found = std::ranges::find(kinds, code, &ProblemKind::code);
  CW_REQUIRE(found != kinds.end());
  return *found;
}

}  // namespace

const std::vector<ProblemKind>& problem_kinds() {
  static const std::vector<ProblemKind> kinds{
      {"bad_request", 400, "Bad request"},
      {"bad_parameter", 400, "Bad parameter"},
      {"unknown_timeframe", 400, "Unknown timeframe"},
      {"weak_password", 400, "Password too weak"},
      {"bad_expression", 400, "Bad expression"},
      {"limit_exceeded", 400, "Over a limit"},
      {"ambiguous_symbol", 400, "Ambiguous symbol"},
      {"unauthorized", 401, "Sign-in needed"},
      {"invalid_token", 401, "Invalid token"},
      {"wrong_token_type", 401, "Wrong type of token"},
      {"token_not_yet_valid", 401, "Token not yet valid"},
      {"token_expired", 401, "Token expired"},
      {"session_ended", 401, "Session ended"},
      {"refresh_reused", 401, "Refresh token reused"},
      {"invalid_credentials", 401, "Wrong e-mail address or password"},
      {"totp_required", 401, "Code needed"},
      {"invalid_totp", 401, "Wrong code"},
      {"forbidden", 403, "Not allowed"},
      {"insufficient_scope", 403, "Insufficient scope"},
      {"session_required", 403, "Session needed"},
      {"registration_closed", 403, "Registration closed"},
      {"account_disabled", 403, "Account disabled"},
      {"tls_required", 403, "TLS required"},
      {"forbidden_host", 403, "Forbidden host"},
      {"forbidden_origin", 403, "Forbidden origin"},
      {"cross_site", 403, "Cross-site request"},
      {"unknown_symbol", 404, "Unknown symbol"},
      {"not_found", 404, "Not found"},
      {"method_not_allowed", 405, "Method not allowed"},
      {"request_timeout", 408, "Request timeout"},
      {"conflict", 409, "Conflict"},
      {"email_taken", 409, "E-mail address taken"},
      {"last_administrator", 409, "Last administrator"},
      {"link_expired", 410, "Link used or expired"},
      {"payload_too_large", 413, "Payload too large"},
      {"uri_too_long", 414, "Address too long"},
      {"unsupported_media_type", 415, "Unsupported media type"},
      {"bad_strategy", 422, "Bad strategy"},
      {"bad_backtest", 422, "Cannot be run"},
      {"upgrade_required", 426, "Upgrade required"},
      {"too_many_requests", 429, "Too many requests"},
      {"too_many_attempts", 429, "Too many attempts"},
      {"headers_too_large", 431, "Headers too large"},
      {"internal", 500, "Internal error"},
      {"not_ready", 503, "Not ready"},
      {"busy", 503, "Too much to do"},
      {"overloaded", 503, "Too many connections"},
  };
  return kinds;
}

Problem problem_of(const Error& error) {
  switch (error.code) {
    case Errc::bad_parameter:
    case Errc::unknown_symbol:
    case Errc::unknown_timeframe:
    case Errc::ambiguous_symbol:
    case Errc::not_found:
    case Errc::conflict:
    case Errc::weak_password:
    case Errc::unauthorized:
    case Errc::invalid_token:
    case Errc::wrong_token_type:
    case Errc::token_not_yet_valid:
    case Errc::token_expired:
    case Errc::session_ended:
    case Errc::refresh_reused:
    case Errc::invalid_credentials:
    case Errc::totp_required:
    case Errc::invalid_totp:
    case Errc::forbidden:
    case Errc::insufficient_scope:
    case Errc::session_required:
    case Errc::registration_closed:
    case Errc::account_disabled:
    case Errc::email_taken:
    case Errc::last_administrator:
    case Errc::link_expired:
    case Errc::too_many_attempts: {
      Problem problem{std::string{code_name(error.code)}, error.message, error.field, error.suggestions};
      if (error.retry_after_s > 0) problem.retry_after_s = error.retry_after_s;
      return problem;
    }
    case Errc::bad_input: return {"bad_parameter", error.message, error.field, error.suggestions};
    case Errc::internal: return {"internal", "The server is at fault; its log has the reason under the request id."};
    case Errc::busy:
    case Errc::limit_exceeded:
      return {
          "not_ready", "The server has too much to do right now: " + error.message + ". Try again in 2 s.", {}, {}, 2};
    default: return {"not_ready", error.message + "; /health/ready says more.", {}, {}, 5};
  }
}

net::HttpResponse problem_answer(const Problem& problem, std::string_view instance, std::string_view request_id) {
  const ProblemKind& kind = kind_of(problem.code);
  net::HttpResponse response;
  response.status = kind.status;
  response.fields.set("Content-Type", "application/problem+json");
  response.fields.set("Cache-Control", "no-store");
  if (kind.status == 401) {
    // RFC 6750, section 3: what is wrong with the token, where one was sent.
    response.fields.set(
        "WWW-Authenticate",
        kind.code == "unauthorized"
            ? R"(Bearer realm="candlewick")"
            : fmt::format(R"(Bearer realm="candlewick", error="{}"{})", kind.code,
                          problem.reason.empty() ? "" : fmt::format(R"(, error_description="{}")", problem.reason)));
  }
  if (problem.retry_after_s) response.fields.set("Retry-After", fmt::to_string(*problem.retry_after_s));
  std::string& out = response.body;
  out = fmt::format(R"({{"type":"/api/docs#code-{}","title":"{}","status":{},"code":"{}","detail":)", kind.code,
                    kind.title, kind.status, kind.code);
  append_json_string(out, problem.detail);
  if (!problem.field.empty()) {
    out += R"(,"field":)";
    append_json_string(out, problem.field);
  }
  if (!problem.suggestions.empty()) {
    out += R"(,"suggestions":[)";
    for (std::size_t i = 0; i < std::min(problem.suggestions.size(), kSuggestionsMost); ++i) {
      if (i > 0) out += ',';
      append_json_string(out, problem.suggestions[i]);
    }
    out += ']';
  }
  if (!problem.diagnostic_json.empty()) {
    out += R"(,"diagnostic":)";
    out += problem.diagnostic_json;
  }
  if (!problem.faults_json.empty()) {
    out += R"(,"faults":)";
    out += problem.faults_json;
  }
  if (!instance.empty()) {
    out += R"(,"instance":)";
    append_json_string(out, instance);
  }
  if (!request_id.empty()) {
    out += R"(,"request_id":)";
    append_json_string(out, request_id);
  }
  out += '}';
  return response;
}

}  // namespace cw::api
