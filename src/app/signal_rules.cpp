#include "app/signal_rules.h"

#include <memory>
#include <string>
#include <vector>

#include "candle_store/byte_source.h"

namespace cw::app {

Result<signals::ComponentDocument> read_components(const std::string& file) {
  const auto opened = candle_store::open_for_reading(file);
  if (!opened) return std::unexpected(with_place(opened.error(), file));
  auto bytes = candle_store::bytes_of(*opened, [] { return false; });
  if (!bytes) return std::unexpected(with_place(bytes.error(), file));
  std::string text;
  std::vector<char> piece(64 * 1024);
  while (text.size() <= signals::kDocumentBytesMost) {
    const auto got = (*bytes)->read(piece);
    if (!got) return std::unexpected(with_place(got.error(), file));
    if (*got == 0) break;
    text.append(piece.data(), *got);
  }
  auto document = signals::parse_components(text);
  if (!document) return std::unexpected(with_place(document.error(), file));
  return document;
}

Result<signals::SignalRules> signal_rules(const Config& config) {
  const std::string& file = config.text("signals.components");
  auto document = file.empty() ? signals::parse_components(signals::default_components()) : read_components(file);
  if (!document) return pass_on(document);
  auto rules = signals::make_rules(std::make_shared<const signals::ComponentDocument>(std::move(*document)));
  if (!rules && file.empty()) return pass_on(rules);
  if (!rules) return std::unexpected(with_place(rules.error(), file));
  rules->round_trip_cost = config.number("signals.round_trip_cost_percent") / 100;
  rules->model_weight = config.number("signals.model_weight");
  return rules;
}

}  // namespace cw::app
