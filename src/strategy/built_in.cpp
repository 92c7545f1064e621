#include "strategy/built_in.h"

#include <algorithm>
#include <vector>

#include "base/require.h"

namespace cw::strategy {

std::span<const BuiltIn> built_ins() {
  static const std::vector<BuiltIn> kAll = [] {
    std::vector<BuiltIn> all;
    for (const auto texts : {trend_texts(), breakout_texts(), reversion_texts()}) {
      for (const std::string_view text : texts) {
        auto document = parse_document(text);
        CW_REQUIRE(document.has_value());
        all.push_back({text, std::move(*document)});
      }
    }
    return all;
  }();
  return kAll;
}

const BuiltIn* find_built_in(std::string_view name) {
  const auto all = built_ins();
  const auto found = std::ranges::find_if(all, [name](const BuiltIn& one) { return one.document.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace cw::strategy
