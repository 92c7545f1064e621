#include <fmt/format.h>

#include <iterator>

#include "base/json_text.h"
#include "net/http.h"

namespace cw::net {
namespace {

/// `payload_too_large` as people write it: "Payload too large".
std::string title_of(std::string_view code) {
  if (code == "uri_too_long") return "URI too long";
  std::string title(code);
  for (auto& c : title) {
    if (c == '_') c = ' ';
  }
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') title[0] = static_cast<char>(title[0] - 32);
  return title;
}

}  // namespace

HttpResponse problem_response(int status, std::string_view code, std::string_view detail, std::string_view request_id) {
  HttpResponse response;
  response.status = status;
  response.fields.set("Content-Type", "application/problem+json");
  response.fields.set("Cache-Control", "no-store");
  auto& out = response.body;
  out = R"({"type":)";
  append_json_string(out, fmt::format("/api/docs#code-{}", code));
  out += R"(,"title":)";
  append_json_string(out, title_of(code));
  fmt::format_to(std::back_inserter(out), R"(,"status":{},"code":)", status);
  append_json_string(out, code);
  out += R"(,"detail":)";
  append_json_string(out, detail);
  if (!request_id.empty()) {
    out += R"(,"request_id":)";
    append_json_string(out, request_id);
  }
  out += '}';
  return response;
}

HttpResponse HttpHandler::problem(int status, std::string_view code, std::string_view detail,
                                  const std::string& request_id) {
  return problem_response(status, code, detail, request_id);
}

}  // namespace cw::net
