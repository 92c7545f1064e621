#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/problem.h"
#include "net/http.h"

namespace cw::api {

/// A request that found its route.
struct Call {
  const net::HttpRequest& request;
  std::map<std::string, std::string, std::less<>> path;   // parameters in braces, decoded
  std::map<std::string, std::string, std::less<>> query;  // decoded; only names that the route knows, each once

  /// The parameter, or nothing.
  const std::string* query_value(std::string_view name) const;
};

/// One path of docs/openapi.yaml: `/api/market/candles/{symbol}`. All answer GET, and HEAD by it.
struct Route {
  std::string pattern;
  std::vector<std::string> query;  // the parameters it takes; others are refused
  std::function<net::Task<net::HttpResponse>(const Call&)> handle;
};

/// Finds the route of a request and takes its parameters apart.
class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  struct Match {
    const Route* route;
    Call call;
  };
  struct Refusal {
    Problem problem;
    std::string allow{};  // for 405
  };
  /// Refusals: not_found (naming the nearest path), method_not_allowed, bad_request (an escape that is broken),
  /// bad_parameter (a query parameter that is unknown or given twice). The match refers to `request`.
  std::variant<Match, Refusal> find(const net::HttpRequest& request) const;

  /// Whether a path belongs to the API, where an unknown one is 404, or to the dashboard.
  static bool is_api_path(std::string_view path);

  const std::vector<Route>& routes() const { return routes_; }

 private:
  Problem nothing_at(std::string_view path) const;

  std::vector<Route> routes_;
};

}  // namespace cw::api
