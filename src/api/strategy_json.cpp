#include "api/strategy_json.h"

#include <fmt/format.h>

#include "base/json_text.h"
#include "strategy/inputs.h"

namespace cw::api {
namespace {

void append_texts(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, texts[i]);
  }
  out += ']';
}

void append_optional(std::string& out, const char* name, const std::optional<double>& value) {
  out += fmt::format(R"(,"{}":)", name);
  if (value)
    append_json_number(out, *value);
  else
    out += "null";
}

void append_input(std::string& out, const strategy::Input& input) {
  out += R"({"name":)";
  append_json_string(out, input.name);
  out += fmt::format(R"(,"type":"{}","title":)", strategy::name(input.kind));
  append_json_string(out, input.title.empty() ? input.name : input.title);
  out += R"(,"default":)";
  if (const auto* number = std::get_if<double>(&input.default_value)) {
    if (input.kind == strategy::InputKind::Bool)
      out += *number != 0 ? "true" : "false";
    else
      append_json_number(out, *number);
  } else {
    append_json_string(out, std::get<std::string>(input.default_value));
  }
  append_optional(out, "min", input.min);
  append_optional(out, "max", input.max);
  append_optional(out, "step", input.step);
  out += R"(,"options":)";
  append_texts(out, strategy::words_of(input));
  out += '}';
}

}  // namespace

void append_strategy_item(std::string& out, const strategy::Document& document, const StrategyPlace& place) {
  out += R"("name":)";
  append_json_string(out, document.name);
  out += R"(,"title":)";
  append_json_string(out, document.title.empty() ? document.name : document.title);
  out += R"(,"description":)";
  append_json_string(out, document.description);
  out += R"(,"tags":)";
  append_texts(out, document.tags);
  out += fmt::format(R"(,"timeframe":"{}","inputs":[)", market::name(document.timeframe));
  for (std::size_t i = 0; i < document.inputs.size(); ++i) {
    if (i > 0) out += ',';
    append_input(out, document.inputs[i]);
  }
  out += fmt::format(R"(],"built_in":{},"version":{},"updated_at":{})", place.built_in,
                     place.version ? fmt::to_string(*place.version) : "null",
                     place.updated_at ? fmt::to_string(to_ms(*place.updated_at)) : "null");
}

std::string faults_json(const strategy::Faults& faults) {
  std::string out = "[";
  for (const auto& fault : faults) {
    if (out.back() == '}') out += ',';
    out += fmt::format(R"({{"code":"{}","field":)", code_name(fault.code));
    append_json_string(out, fault.field);
    out += R"(,"message":)";
    append_json_string(out, fault.message);
    out += fmt::format(R"(,"line":{},"column":{},"length":{},"suggestions":)", fault.line, fault.column, fault.length);
    append_texts(out, fault.suggestions);
    out += '}';
  }
  return out + "]";
}

}  // namespace cw::api
