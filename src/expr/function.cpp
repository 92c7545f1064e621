#include "expr/function.h"

#include <unordered_map>

#include "base/require.h"
#include "expr/functions/tables.h"

namespace cw::expr {

Parameter length_setting(std::optional<double> default_value, std::string_view name, double min,
                         std::string_view title) {
  return {.name = name,
          .type = Type::Int,
          .qualifier = Qualifier::Simple,
          .default_value = default_value,
          .min = min,
          .max = kLengthMost,
          .title = title};
}

Parameter number_setting(std::string_view name, std::optional<double> default_value, double min, double max,
                         std::string_view title) {
  return {.name = name,
          .type = Type::Float,
          .qualifier = Qualifier::Simple,
          .default_value = default_value,
          .min = min,
          .max = max,
          .title = title};
}

Parameter source_series(std::string_view name, std::string_view default_series) {
  return {.name = name, .type = Type::Float, .qualifier = Qualifier::Series, .default_series = default_series};
}

std::span<const Function> functions() {
  static const std::vector<Function> all = [] {
    std::vector<Function> rows;
    for (const auto add : kTables) add(rows);
    return rows;
  }();
  return all;
}

std::span<const Function> overloads(std::string_view name) {
  static const auto by_name = [] {
    std::unordered_map<std::string_view, std::span<const Function>> made;
    for (const Function& row : functions()) {
      auto& rows = made[row.name];
      CW_REQUIRE(rows.empty() || rows.data() + rows.size() == &row);  // overloads are beside each other
      rows = {rows.empty() ? &row : rows.data(), rows.size() + 1};
    }
    return made;
  }();
  const auto at = by_name.find(name);
  return at == by_name.end() ? std::span<const Function>{} : at->second;
}

}  // namespace cw::expr
