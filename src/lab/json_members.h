#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "base/time.h"
#include "strategy/inputs.h"

namespace cw::lab {

/// Reads the members of a JSON object one by one. The first fault is kept; what is read after it is empty.
class JsonMembers {
 public:
  /// `json` is an object.
  explicit JsonMembers(const nlohmann::json& json) : json_(json) {}

  std::optional<std::string> text(const char* name, std::size_t bytes_most);
  /// One of these words.
  std::optional<std::string> word(const char* name, std::span<const std::string_view> words);
  std::optional<std::int64_t> whole(const char* name, std::int64_t least, std::int64_t most);
  std::optional<bool> flag(const char* name);
  std::optional<Timestamp> time(const char* name);
  std::optional<double> number(const char* name);
  std::optional<market::Timeframe> timeframe(const char* name);
  /// Numbers, booleans (0 and 1) and texts by name.
  strategy::GivenInputs inputs(const char* name, std::size_t most);
  /// Texts by name, in the order of the names.
  std::map<std::string, std::string> texts(const char* name, std::size_t most, std::size_t bytes_most);

  void refuse(const std::string& field, std::string sentence);
  /// A member that was not read is refused, with the nearest that there is.
  void refuse_others(std::span<const std::string_view> known);
  const std::optional<Error>& fault() const { return fault_; }

 private:
  const nlohmann::json* find(const char* name) const;

  const nlohmann::json& json_;
  std::optional<Error> fault_;
};

}  // namespace cw::lab
