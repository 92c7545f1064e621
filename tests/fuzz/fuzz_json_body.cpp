// Bodies of any bytes: what is taken holds known members of known kinds and says what another reader of JSON reads; what is
// refused is refused in one of three ways.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "api/json_body.h"
#include "base/require.h"

namespace {

using cw::api::JsonBody;
using Json = nlohmann::json;

constexpr std::array<std::string_view, 6> kKnown{"email", "password", "totp", "scopes", "expires_in_days", "document"};
constexpr std::size_t kMost = 64 * 1024;

void agree(JsonBody& body, const std::string& name, const Json& value) {
  if (value.is_null()) {
    CW_REQUIRE(body.is_null(name) && !body.optional_text(name, kMost));
  } else if (value.is_string()) {
    CW_REQUIRE(body.text(name, kMost) == value.get<std::string>());
  } else if (value.is_boolean()) {
    CW_REQUIRE(body.flag(name) == value.get<bool>());
  } else if (value.is_array()) {
    const auto texts = value.get<std::vector<std::string>>();
    const bool has_empty = std::ranges::find(texts, "") != texts.end();
    const auto read = body.texts(name, kMost, kMost);
    CW_REQUIRE(has_empty ? !read : read == texts);
  } else if (value.is_object()) {
    CW_REQUIRE(name == "document" && body.object(name, kMost) == value.dump());
  } else if (value.is_number_float()) {
    CW_REQUIRE(!body.whole(name, INT64_MIN, INT64_MAX) && body.fault()->field == name);
  } else {
    CW_REQUIRE(value.is_number_integer());
    const bool is_huge = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
    const std::int64_t number = is_huge ? INT64_MAX : value.get<std::int64_t>();
    CW_REQUIRE(body.whole(name, INT64_MIN, INT64_MAX) == number);
  }
}

void read_otherwise(JsonBody body, const Json& json) {
  for (const std::string_view name : kKnown) {
    CW_REQUIRE(body.has(name) == json.contains(name));
    // Whatever is asked of a member, it is answered or a fault; asking for the wrong kind does no harm.
    (void)body.text(name, 8);
    (void)body.flag(name);
    (void)body.whole(name, 1, 30);
    (void)body.texts(name, 3, 16);
    (void)body.object(name, 64);
    CW_REQUIRE(!body.has(name) || body.fault().has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kMost) return 0;
  cw::net::HttpRequest request{.method = "POST"};
  request.fields.add("Content-Type", "application/json");
  request.body.assign(reinterpret_cast<const char*>(data), size);
  auto read =
      JsonBody::read(request, {"email", "password", "totp", "scopes", "expires_in_days", "document"}, {"document"});
  const Json json = Json::parse(request.body, nullptr, false);
  if (const auto* problem = std::get_if<cw::api::Problem>(&read)) {
    CW_REQUIRE(problem->code == "bad_request" || problem->code == "bad_parameter");
    CW_REQUIRE(problem->code == "bad_parameter" || problem->field.empty());
    CW_REQUIRE(problem->code == "bad_request" || json.is_object());
    CW_REQUIRE(problem->field.size() <= 64);
    return 0;
  }
  CW_REQUIRE(json.is_object());
  const auto& body = std::get<JsonBody>(read);
  for (const auto& [name, value] : json.items()) {
    CW_REQUIRE(std::ranges::find(kKnown, name) != kKnown.end());
    JsonBody copy = body;
    agree(copy, name, value);
  }
  read_otherwise(body, json);
  return 0;
}
