#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/problem.h"
#include "net/http.h"

namespace cw::api {

/// The body of a request: one JSON object whose members are texts, numbers, booleans, null or lists of texts, and where
/// a route says so objects of any kind.
class JsonBody {
 public:
  /// Refusals: unsupported_media_type; bad_request (no object, not JSON, a member twice); bad_parameter with `field` (a
  /// member that is not among `known`, or of a kind that no body of ours has).
  /// `objects`: the members among them that may be an object, at most kObjectDepthMost levels deep.
  static std::variant<JsonBody, Problem> read(const net::HttpRequest& request, std::span<const std::string_view> known,
                                              std::initializer_list<std::string_view> objects = {});
  static std::variant<JsonBody, Problem> read(const net::HttpRequest& request,
                                              std::initializer_list<std::string_view> known,
                                              std::initializer_list<std::string_view> objects = {}) {
    return read(request, std::span{known.begin(), known.size()}, objects);
  }
  static constexpr int kObjectDepthMost = 32;

  /// Each reads one member; a fault is kept, and the first one is what `fault` answers. So a handler reads all that it
  /// needs in a row and asks once.
  std::string text(std::string_view name, std::size_t bytes_most);
  std::optional<std::string> optional_text(std::string_view name, std::size_t bytes_most);
  std::optional<bool> flag(std::string_view name);
  std::optional<std::int64_t> whole(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<std::vector<std::string>> texts(std::string_view name, std::size_t count_most, std::size_t bytes_most);
  /// The object as JSON text, without blanks.
  std::optional<std::string> object(std::string_view name, std::size_t bytes_most);
  bool has(std::string_view name) const { return members_.contains(name); }
  bool is_null(std::string_view name) const;

  const std::optional<Problem>& fault() const { return fault_; }

 private:
  struct Object {
    std::string json;
  };
  using Value = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, std::vector<std::string>, Object>;
  const Value* find(std::string_view name) const;
  void refuse(std::string_view name, std::string sentence);

  std::map<std::string, Value, std::less<>> members_;
  std::optional<Problem> fault_;
};

/// For operations that take no body: a refusal where there is one. `{}` counts as none.
std::optional<Problem> refuse_body(const net::HttpRequest& request);

}  // namespace cw::api
