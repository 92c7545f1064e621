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
      {"ambiguous_symbol", 400, "Ambiguous symbol"},
      {"forbidden_host", 403, "Forbidden host"},
      {"forbidden_origin", 403, "Forbidden origin"},
      {"unknown_symbol", 404, "Unknown symbol"},
      {"not_found", 404, "Not found"},
      {"method_not_allowed", 405, "Method not allowed"},
      {"request_timeout", 408, "Request timeout"},
      {"payload_too_large", 413, "Payload too large"},
      {"uri_too_long", 414, "Address too long"},
      {"upgrade_required", 426, "Upgrade required"},
      {"too_many_requests", 429, "Too many requests"},
      {"headers_too_large", 431, "Headers too large"},
      {"internal", 500, "Internal error"},
      {"not_ready", 503, "Not ready"},
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
    case Errc::not_found: return {std::string{code_name(error.code)}, error.message, error.field, error.suggestions};
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
