// The reader of strategies on any bytes: faults have their places, and a document is the same after it was printed as YAML and as
// JSON, and compiles or is refused by name.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/require.h"
#include "strategy/compile.h"

namespace {

using namespace cw::strategy;  // NOLINT: the whole of this file is about it

void require_sound(const Faults& faults, std::string_view text) {
  CW_REQUIRE(!faults.empty() && faults.size() <= kFaultsMost);
  const auto lines = 1 + static_cast<std::size_t>(std::ranges::count(text, '\n'));
  for (const Fault& fault : faults) {
    CW_REQUIRE(!fault.message.empty() && !fault.text().empty());
    CW_REQUIRE(fault.line <= lines);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto document = parse_document(text);
  if (!document) {
    require_sound(document.error(), text);
    return 0;
  }
  for (const auto& printed : {to_yaml(*document), to_json(*document)}) {
    // Escapes and folded lines can make a text at the limit longer than the limit.
    if (printed.size() > kDocumentBytesMost) continue;
    const auto again = parse_document(printed);
    CW_REQUIRE(again.has_value() && *again == *document);
  }
  cw::expr::Graph graph{document->timeframe};
  const auto program = compile(*document, {}, {}, graph);
  if (!program) {
    require_sound(program.error(), text);
    return 0;
  }
  CW_REQUIRE(!program->nodes.empty() && program->fingerprint.size() == 32);
  return 0;
}
