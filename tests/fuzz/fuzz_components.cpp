// The reader of component documents on any bytes: a fault has a place, and what is read can be compiled or refused by name.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "base/require.h"
#include "signals/component_plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cw;  // NOLINT: the whole of this file is about it
  auto document = signals::parse_components({reinterpret_cast<const char*>(data), size});
  if (!document) {
    CW_REQUIRE(!document.error().message.empty());
    return 0;
  }
  const auto kept = std::make_shared<const signals::ComponentDocument>(std::move(*document));
  const auto plan = signals::compile_components(kept, market::Timeframe::h1);
  if (!plan) {
    CW_REQUIRE(!plan.error().message.empty());
    return 0;
  }
  CW_REQUIRE(plan->components.size() == kept->components.size() && plan->patterns.size() == kept->patterns.size());
  return 0;
}
