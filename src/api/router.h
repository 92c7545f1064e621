#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "accounts/access.h"
#include "api/door.h"
#include "api/problem.h"
#include "net/http.h"

namespace cw::api {

/// A request that found its route.
struct Call {
  const net::HttpRequest& request;
  std::map<std::string, std::string, std::less<>> path;   // parameters in braces, decoded
  std::map<std::string, std::string, std::less<>> query;  // decoded; only names that the route knows, each once
  std::map<std::string, std::vector<std::string>, std::less<>> repeated{};  // those of Route::repeated, in their order
  Visitor visitor{};                                                        // where it came from
  std::optional<accounts::Principal> principal{};  // who asks; always there where the route's access needs one

  /// The parameter, or nothing.
  const std::string* query_value(std::string_view name) const;
  /// All values of a parameter that may be repeated; empty where it is not given.
  std::vector<std::string> query_values(std::string_view name) const;
  /// Who and where from, for sessions and the audit log.
  accounts::Origin origin() const;
};

/// One operation of docs/openapi.yaml: `/api/market/candles/{symbol}`. A GET answers HEAD too.
struct Route {
  std::string pattern;
  std::vector<std::string> query;  // the parameters it takes once; others are refused
  std::function<net::Task<net::HttpResponse>(const Call&)> handle;
  accounts::Access access = accounts::Access::read;  // `x-access` of the contract
  std::string method = "GET";
  std::vector<std::string> repeated{};  // the parameters it takes any number of times
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
  /// Refusals: not_found (naming the nearest path), method_not_allowed, bad_request (an escape that is broken).
  /// The match refers to `request`.
  std::variant<Match, Refusal> find(const net::HttpRequest& request) const;

  /// Reads the query's parameters into the match, once it is known that its caller may ask at all.
  /// Refusals: bad_request, bad_parameter (unknown, or given twice where it may not be).
  static std::optional<Problem> take_query(Match& match);

  /// Whether a path belongs to the API, where an unknown one is 404, or to the dashboard.
  static bool is_api_path(std::string_view path);

  const std::vector<Route>& routes() const { return routes_; }

 private:
  Problem nothing_at(std::string_view path) const;

  std::vector<Route> routes_;
};

}  // namespace cw::api
