#include "api/router.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/nearest.h"

namespace cw::api {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t from = path.starts_with('/') ? 1 : 0;;) {
    const std::size_t slash = path.find('/', from);
    parts.push_back(path.substr(from, slash - from));
    if (slash == std::string_view::npos) return parts;
    from = slash + 1;
  }
}

bool is_parameter(std::string_view part) { return part.starts_with('{') && part.ends_with('}'); }

using Parameters = std::map<std::string, std::string, std::less<>>;

/// The parameters where `path` fits the pattern; no answer where it does not. A broken escape gives an empty value.
std::optional<Parameters> match(std::string_view pattern, std::string_view path, bool& broken) {
  const auto wanted = split(pattern);
  const auto given = split(path);
  if (wanted.size() != given.size()) return std::nullopt;
  Parameters parameters;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!is_parameter(wanted[i])) {
      if (wanted[i] != given[i]) return std::nullopt;
      continue;
    }
    if (given[i].empty()) return std::nullopt;
    const auto decoded = net::percent_decode(given[i]);
    broken = broken || !decoded;
    parameters.emplace(wanted[i].substr(1, wanted[i].size() - 2), decoded.value_or(""));
  }
  return parameters;
}

Problem bad_escape(std::string_view where) {
  return {"bad_request", fmt::format("The {} holds a '%' that is not followed by two hexadecimal digits.", where)};
}

/// Why a route does not take a parameter.
Problem unknown_parameter(const Route& route, const std::string& name) {
  std::vector<std::string> known = route.query;
  known.insert(known.end(), route.repeated.begin(), route.repeated.end());
  const auto near = nearest_names(name, known);
  const std::string all = known.empty() ? "this path takes none" : fmt::format("it takes {}", fmt::join(known, ", "));
  return {"bad_parameter", fmt::format("'{}' is no parameter of this path{}; {}.", name, did_you_mean(near), all), name,
          near};
}

/// A part of a query: '+' is a blank, as forms and URLSearchParams write one.
/// Source  WHATWG URL Standard, application/x-www-form-urlencoded parsing
std::optional<std::string> decoded(std::string_view part) {
  std::string spaced(part);
  std::ranges::replace(spaced, '+', ' ');
  return net::percent_decode(spaced);
}

std::optional<Problem> read_query(const Route& route, const net::HttpRequest& request, Call& into) {
  const std::size_t mark = request.target.find('?');
  if (mark == std::string::npos) return std::nullopt;
  std::string_view rest = std::string_view{request.target}.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    const auto name = decoded(item.substr(0, equals));
    const auto value = decoded(equals == std::string_view::npos ? std::string_view{} : item.substr(equals + 1));
    if (!name || !value) return bad_escape("query");
    if (std::ranges::find(route.repeated, *name) != route.repeated.end()) {
      into.repeated[*name].push_back(*value);
      continue;
    }
    if (std::ranges::find(route.query, *name) == route.query.end()) return unknown_parameter(route, *name);
    if (!into.query.emplace(*name, *value).second) {
      return Problem{"bad_parameter", fmt::format("'{}' is given twice; give it once.", *name), *name};
    }
  }
  return std::nullopt;
}

}  // namespace

const std::string* Call::query_value(std::string_view name) const {
  const auto found = query.find(name);
  return found == query.end() ? nullptr : &found->second;
}

std::vector<std::string> Call::query_values(std::string_view name) const {
  const auto found = repeated.find(name);
  return found == repeated.end() ? std::vector<std::string>{} : found->second;
}

accounts::Origin Call::origin() const {
  accounts::Origin origin;
  if (principal) origin.actor = principal->user->id;
  origin.address = visitor.address;
  origin.network = visitor.network;
  origin.user_agent = request.fields.get("User-Agent");
  origin.request_id = request.request_id;
  return origin;
}

bool Router::is_api_path(std::string_view path) {
  for (const std::string_view root : {"/api", "/health", "/metrics"}) {
    if (path == root || (path.starts_with(root) && path[root.size()] == '/')) return true;
  }
  return false;
}

std::variant<Router::Match, Router::Refusal> Router::find(const net::HttpRequest& request) const {
  const std::string_view path = request.path();
  const std::string_view method = request.method == "HEAD" ? std::string_view{"GET"} : request.method;
  std::string allow;
  // A path that some route names in full is that route's alone: `/api/backtests/sweeps` is no run of the id `sweeps`.
  const bool is_literal = std::ranges::find(routes_, path, &Route::pattern) != routes_.end();
  for (const Route& route : routes_) {
    if (is_literal && route.pattern != path) continue;
    bool broken = false;
    auto parameters = match(route.pattern, path, broken);
    if (!parameters) continue;
    if (route.method != method) {
      allow += fmt::format("{}{}{}", allow.empty() ? "" : ", ", route.method, route.method == "GET" ? ", HEAD" : "");
      continue;
    }
    if (broken) return Refusal{bad_escape("path")};
    return Match{&route, Call{request, std::move(*parameters), {}}};
  }
  if (allow.empty()) return Refusal{nothing_at(path)};
  return Refusal{{"method_not_allowed",
                  fmt::format("{} is not possible here; this path takes {}.", request.method.substr(0, 32), allow)},
                 allow};
}

std::optional<Problem> Router::take_query(Match& match) {
  return read_query(*match.route, match.call.request, match.call);
}

Problem Router::nothing_at(std::string_view path) const {
  std::vector<std::string> known;
  for (const Route& route : routes_) known.push_back(route.pattern);
  auto near = nearest_names(path, known);
  return {"not_found",
          fmt::format("There is nothing at {}{}; all paths are at /api/docs.", path.substr(0, 200), did_you_mean(near)),
          {},
          std::move(near)};
}

}  // namespace cw::api
