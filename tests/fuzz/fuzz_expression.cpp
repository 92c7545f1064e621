// Texts of the language: whatever they hold, nodes whose canonical form is the same nodes again, or a refusal that can be
// shown and whose place lies in the text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/printable.h"
#include "base/require.h"
#include "expr/compile.h"

namespace {

using namespace cw::expr;  // NOLINT: the whole of this file is about it

CompileOptions options() {
  CompileOptions made;
  made.symbol = {"binance", "BTCUSDT"};
  made.find_symbol = [](std::string_view text) -> std::optional<cw::market::InstrumentId> {
    if (text != "ETHUSDT" && text != "binance:ETHUSDT") return std::nullopt;
    return cw::market::InstrumentId{"binance", "ETHUSDT"};
  };
  return made;
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(std::max<std::size_t>(1, cw::utf8_length(text)));
  return count;
}

void require_sound(const Diagnostic& found, std::string_view text) {
  CW_REQUIRE(!found.code.empty() && !found.message.empty());
  const auto lines = 1 + static_cast<std::size_t>(std::ranges::count(text, '\n'));
  CW_REQUIRE(found.line >= 1 && found.line <= lines);
  const std::size_t width = characters(found.line_text);
  CW_REQUIRE(found.column >= 1 && found.column <= width + 1);
  CW_REQUIRE(found.length >= 1 && found.column - 1 + found.length <= std::max(width, found.column));
  CW_REQUIRE(std::ranges::count(found.text(), '\n') == 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  static const CompileOptions kOptions = options();

  Graph graph{cw::market::Timeframe::h1};
  const auto made = compile(text, kOptions, graph);
  if (!made) {
    require_sound(made.error(), text);
    return 0;
  }
  CW_REQUIRE(!made->plots.empty() && made->plots.size() <= kPlotsMost && made->inputs.size() <= kInputsMost);
  const auto again = compile(made->canonical, kOptions, graph);
  CW_REQUIRE(again.has_value());
  CW_REQUIRE(again->canonical == made->canonical && again->lookback == made->lookback);
  CW_REQUIRE(again->plots.size() == made->plots.size());
  for (std::size_t i = 0; i < made->plots.size(); ++i) {
    CW_REQUIRE(again->plots[i].node == made->plots[i].node && again->plots[i].type == made->plots[i].type);
    CW_REQUIRE(again->plots[i].title == made->plots[i].title && again->plots[i].overlay == made->plots[i].overlay);
  }
  return 0;
}
