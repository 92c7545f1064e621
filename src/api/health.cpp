#include <algorithm>

#include <fmt/format.h>

#include "api/operations.h"
#include "base/json_text.h"

namespace cw::api {
namespace {

net::HttpResponse answer(int status, std::string body, const char* type) {
  net::HttpResponse response;
  response.status = status;
  response.fields.set("Content-Type", type);
  response.fields.set("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

net::Task<net::HttpResponse> get_live(const Call&) {
  co_return answer(200, R"({"status":"pass"})", "application/json");
}

net::Task<net::HttpResponse> get_ready(MarketView& view, const Call&) {
  auto ready = readiness(view.checks());
  co_return answer(ready.status == CheckStatus::fail ? 503 : 200, std::move(ready.json), "application/json");
}

net::Task<net::HttpResponse> get_metrics(const Metrics& metrics, const Call&) {
  co_return answer(200, metrics_text(metrics), "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace

std::string_view name(CheckStatus status) {
  switch (status) {
    case CheckStatus::pass: return "pass";
    case CheckStatus::warn: return "warn";
    case CheckStatus::fail: return "fail";
  }
  return "fail";
}

Readiness readiness(const std::vector<Check>& checks) {
  CheckStatus worst = CheckStatus::pass;
  std::string list;
  for (const Check& check : checks) {
    worst = std::max(worst, check.status);
    list += fmt::format(R"({}{{"name":"{}","status":"{}","detail":)", list.empty() ? "" : ",", check.name,
                        name(check.status));
    append_json_string(list, check.detail);
    if (check.since) list += fmt::format(R"(,"since":{})", to_ms(*check.since));
    list += '}';
  }
  return {worst, fmt::format(R"({{"status":"{}","checks":[{}]}})", name(worst), list)};
}

std::vector<Route> operations_routes(MarketView& view, Metrics& metrics) {
  return {
      {"/health/live", {}, [](const Call& call) { return get_live(call); }},
      {"/health/ready", {}, [&view](const Call& call) { return get_ready(view, call); }},
      {"/metrics", {}, [&metrics](const Call& call) { return get_metrics(metrics, call); }},
  };
}

}  // namespace cw::api
