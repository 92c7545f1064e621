#include "api/language_json.h"

#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/nearest.h"
#include "expr/function.h"
#include "expr/language/value.h"
#include "expr/vocabulary.h"
#include "market/timeframe.h"

namespace cw::api {
namespace {

constexpr double kNoBound = 1e299;  // the table's bounds are a little further out where there is none

/// Members of a JSON object, one after the other.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) {}

  void text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
  }
  void number(std::string_view name, double value) {
    key(name);
    append_json_number(out_, value);
  }
  void bound(std::string_view name, double value) {
    key(name);
    append_json_number(out_, std::abs(value) < kNoBound ? value : std::nan(""));
  }
  void flag(std::string_view name, bool value) {
    key(name);
    out_ += value ? "true" : "false";
  }
  void raw(std::string_view name, std::string_view json) {
    key(name);
    out_ += json;
  }

 private:
  void key(std::string_view name) {
    if (!is_first_) out_ += ',';
    is_first_ = false;
    append_json_string(out_, name);
    out_ += ':';
  }
  std::string& out_;
  bool is_first_ = true;
};

/// `[a,b]` of what `append` writes of each item.
template <class Items, class Append>
std::string list_of(const Items& items, Append append) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ',';
    append(out, item);
  }
  return out + ']';
}

/// An object of what `fill` writes of each item.
template <class Items, class Fill>
std::string objects_of(const Items& items, Fill fill) {
  return list_of(items, [&](std::string& out, const auto& item) {
    out += '{';
    fill(Members{out}, item);
    out += '}';
  });
}

template <class Items>
std::string texts_of(const Items& items) {
  return list_of(items, [](std::string& out, const auto& item) { append_json_string(out, item); });
}

std::vector<std::string_view> options_of(std::string_view joined) {
  std::vector<std::string_view> options;
  while (!joined.empty()) {
    const auto option = joined.substr(0, joined.find('|'));
    joined.remove_prefix(std::min(joined.size(), option.size() + 1));
    if (!option.empty()) options.push_back(option);  // an empty one is the default alone
  }
  return options;
}

/// A setting's value as its type has it; an int or a float is a number.
std::string value_json(expr::Type type, const std::variant<double, std::string>& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return json_string(*text);
  const double number = std::get<double>(value);
  if (type == expr::Type::Bool) return number != 0 ? "true" : "false";
  std::string out;
  append_json_number(out, number);
  return out;
}

std::string default_json(const expr::Parameter& parameter, const std::vector<std::string_view>& options) {
  if (parameter.options.starts_with('|')) return "\"\"";
  if (parameter.type == expr::Type::String) return options.empty() ? "null" : json_string(options.front());
  return parameter.default_value ? value_json(parameter.type, *parameter.default_value) : "null";
}

void write_parameter(Members to, const expr::Parameter& parameter) {
  const auto options = options_of(parameter.options);
  to.text("name", parameter.name);
  to.text("title", parameter.title);
  to.text("type", expr::word_of(parameter.type));
  to.text("qualifier", expr::word_of(parameter.qualifier));
  to.raw("default", default_json(parameter, options));
  to.text("default_series", parameter.default_series);
  to.bound("min", parameter.min);
  to.bound("max", parameter.max);
  to.raw("options", texts_of(options));
}

void write_function(Members to, const expr::Function& function, std::size_t overload) {
  to.text("name", function.name);
  to.text("group", function.group);
  to.text("title", function.title);
  to.number("overload", static_cast<double>(overload));
  to.text("summary", function.summary);
  to.text("units", function.units);
  to.text("lookback", function.lookback);
  to.text("nan_rule", function.nan_rule);
  to.text("example", function.example);
  to.text("talib", function.talib);
  to.text("pine", function.pine);
  to.text("source", function.source);
  to.flag("overlay", function.overlay);
  to.flag("event", function.event);
  to.flag("seeded", function.seeded);
  to.flag("variable", function.variable);
  to.text("signature", expr::signature_of(function));
  to.raw("parameters", objects_of(function.parameters, write_parameter));
  to.raw("outputs", objects_of(function.outputs, [](Members output, const expr::Output& of) {
           output.text("name", of.name);
           output.text("type", expr::word_of(of.type));
         }));
}

void write_diagnostic(Members& to, const expr::Diagnostic& diagnostic) {
  to.text("code", diagnostic.code);
  to.text("message", diagnostic.message);
  to.number("line", static_cast<double>(diagnostic.line));
  to.number("column", static_cast<double>(diagnostic.column));
  to.number("length", static_cast<double>(diagnostic.length));
  to.text("line_text", diagnostic.line_text);
  to.raw("suggestions", texts_of(diagnostic.suggestions));
  to.text("signature", diagnostic.signature);
}

void write_input(Members to, const expr::Input& input) {
  const auto bound = [&to](std::string_view name, const std::optional<double>& value) {
    to.bound(name, value.value_or(std::nan("")));
  };
  to.text("name", input.name);
  to.text("title", input.title);
  to.text("type", expr::word_of(input.type));
  to.raw("value", value_json(input.type, input.value));
  to.raw("default", value_json(input.type, input.default_value));
  bound("min", input.min);
  bound("max", input.max);
  bound("step", input.step);
  to.raw("options", texts_of(input.options));
}

void write_plot(Members& to, const expr::Plot& plot) {
  to.text("title", plot.title);
  to.text("type", expr::word_of(plot.type));
  to.flag("overlay", plot.overlay);
  to.flag("event", plot.event);
}

std::unexpected<Error> bad_inputs(std::string message) {
  return std::unexpected(Error{Errc::bad_parameter, std::move(message), {}, "inputs"});
}

}  // namespace

std::string functions_json() {
  std::size_t overload = 0;
  const expr::Function* before = nullptr;
  std::vector<expr::Function> all(expr::functions().begin(), expr::functions().end());
  all.insert(all.end(), expr::outside_series().begin(), expr::outside_series().end());
  std::string out = R"({"functions":)";
  out += objects_of(all, [&](Members to, const expr::Function& function) {
    overload = before != nullptr && before->name == function.name ? overload + 1 : 0;
    before = &function;
    write_function(to, function, overload);
  });
  out += R"(,"keywords":)" + texts_of(expr::keywords());
  out += R"(,"variables":)" + objects_of(expr::variables(), [](Members to, const expr::Variable& variable) {
           to.text("name", variable.name);
           to.text("type", expr::word_of(variable.type));
           to.text("summary", variable.summary);
         });
  out += R"(,"timeframes":)" + list_of(market::kTimeframes, [](std::string& to, market::Timeframe timeframe) {
           append_json_string(to, market::name(timeframe));
         });
  return out + '}';
}

std::string check_json(const expr::Compiled<expr::Expression>& compiled) {
  std::string out = "{";
  Members to{out};
  to.flag("ok", compiled.has_value());
  if (!compiled) {
    to.raw("errors", objects_of(std::span{&compiled.error(), 1}, [](Members one, const expr::Diagnostic& diagnostic) {
             write_diagnostic(one, diagnostic);
           }));
    return out + '}';
  }
  to.text("canonical", compiled->canonical);
  to.number("lookback", compiled->lookback);
  to.raw("plots", objects_of(compiled->plots, [](Members one, const expr::Plot& plot) {
           write_plot(one, plot);
           one.text("qualifier", expr::word_of(plot.qualifier));
           one.number("lookback", plot.lookback);
         }));
  to.raw("inputs", objects_of(compiled->inputs, write_input));
  to.raw("notes", objects_of(compiled->notes, [](Members one, const expr::Note& note) {
           one.text("message", note.message);
           one.number("line", static_cast<double>(note.line));
           one.number("column", static_cast<double>(note.column));
         }));
  return out + '}';
}

Problem problem_of(const evaluation::Refusal& refusal) {
  const expr::Diagnostic& diagnostic = refusal.diagnostic;
  Problem problem{"bad_expression", fmt::format("{}:{}: {}", diagnostic.line, diagnostic.column, diagnostic.message),
                  "expr", diagnostic.suggestions};
  std::string& out = problem.diagnostic_json;
  out = "{";
  Members to{out};
  to.number("expression", static_cast<double>(refusal.expression));
  write_diagnostic(to, diagnostic);
  out += '}';
  return problem;
}

void append_plot_members(std::string& out, const expr::Plot& plot) {
  Members to{out};
  write_plot(to, plot);
}

Result<std::map<std::string, std::variant<double, std::string>>> read_inputs(std::string_view json) {
  std::map<std::string, std::variant<double, std::string>> inputs;
  if (json.empty()) return inputs;
  // A value that is a list or an object is of no kind that an input has; what is in it is not read.
  const auto shallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) { return depth <= 1; };
  const auto parsed = nlohmann::json::parse(json, shallow, false);
  if (!parsed.is_object()) return bad_inputs("'inputs' must be a JSON object such as {\"Length\": 21}.");
  if (parsed.size() > expr::kInputsMost)
    return bad_inputs(fmt::format("'inputs' has over {} members.", expr::kInputsMost));
  for (const auto& [name, value] : parsed.items()) {
    if (value.is_number()) {
      inputs.emplace(name, value.get<double>());
    } else if (value.is_boolean()) {
      inputs.emplace(name, value.get<bool>() ? 1.0 : 0.0);
    } else if (value.is_string()) {
      inputs.emplace(name, value.get<std::string>());
    } else {
      return bad_inputs(fmt::format("The input '{}' must be a number, a text, true or false.", name.substr(0, 64)));
    }
  }
  return inputs;
}

Result<indicators::Seed> read_seed(std::string_view text) {
  if (text == "talib") return indicators::Seed::talib;
  if (text == "pine") return indicators::Seed::pine;
  const auto near = nearest_names(text, std::vector<std::string>{"talib", "pine"});
  return std::unexpected(
      Error{Errc::bad_parameter,
            fmt::format("'seed' is talib or pine, not '{}'{}.", text.substr(0, 32), did_you_mean(near)), near, "seed"});
}

}  // namespace cw::api
