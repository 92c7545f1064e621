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

/// Strangers learn whether it works, not of what it is made.
net::Task<net::HttpResponse> get_ready(MarketView& view, const Call& call) {
  auto ready = readiness(view.checks());
  const bool fails = ready.status == CheckStatus::fail;
  const bool may_know =
      call.visitor.is_local || (call.principal && !accounts::refusal(accounts::Access::admin, *call.principal));
  if (!may_know) ready.json = fmt::format(R"({{"status":"{}"}})", fails ? "fail" : "pass");
  co_return answer(fails ? 503 : 200, std::move(ready.json), "application/json");
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
  using accounts::Access;
  return {
      {"/health/live", {}, [](const Call& call) { return get_live(call); }, Access::open},
      {"/health/ready", {}, [&view](const Call& call) { return get_ready(view, call); }, Access::open},
      {"/metrics", {}, [&metrics](const Call& call) { return get_metrics(metrics, call); }, Access::operate},
  };
}

}  // namespace cw::api
