#include "expr/language/call_match.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/number.h"
#include "base/printable.h"
#include "expr/language/builtins.h"

namespace cw::expr {
namespace {

/// How far a row was followed before it did not fit: a later stage is a nearer miss.
enum class Stage : unsigned char { Shape, Missing, Types, Known, Range };

struct Miss {
  Stage stage = Stage::Shape;
  PlacedComplaint what{};
};

std::vector<std::string> options_of(const Parameter& parameter) {
  std::vector<std::string> all;
  std::string_view rest = parameter.options;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    all.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return all;
}

std::string range_text(const Parameter& p) {
  const bool has_min = p.min > -1e300;
  const bool has_max = p.max < 1e300;
  if (has_min && has_max) return fmt::format("{} to {}", format_double(p.min), format_double(p.max));
  if (has_min) return fmt::format("at least {}", format_double(p.min));
  return has_max ? fmt::format("at most {}", format_double(p.max)) : "a number";
}

class RowMatcher {
 public:
  RowMatcher(const Function& row, std::span<const GivenArgument> given, Place call)
      : row_(row), given_(given), call_(call), match_{&row, {}} {
    match_.arguments.resize(row.parameters.size());
  }

  std::expected<CallMatch, Miss> run() {
    if (!place_arguments()) return std::unexpected(std::move(miss_));
    for (std::size_t i = 0; i < row_.parameters.size(); ++i) {
      if (!match_.arguments[i]) {
        if (!has_default(row_.parameters[i])) return std::unexpected(missing(row_.parameters[i]));
        continue;
      }
      if (!fits(row_.parameters[i], given_[*match_.arguments[i]])) return std::unexpected(std::move(miss_));
    }
    if (forgets_source()) return std::unexpected(std::move(miss_));
    return std::move(match_);
  }

  std::size_t conversions() const { return conversions_; }

 private:
  bool fail(Stage stage, Place place, std::string_view code, std::string message,
            std::vector<std::string> suggestions = {}) {
    miss_ = {stage, {place, {std::string{code}, std::move(message), std::move(suggestions), signature_of(row_)}}};
    return false;
  }

  static bool has_default(const Parameter& p) {
    if (p.qualifier == Qualifier::Series) return !p.default_series.empty();
    return p.type == Type::String ? !p.options.empty() : p.default_value.has_value();
  }

  Miss missing(const Parameter& p) {
    fail(Stage::Missing, call_, "missing_argument", fmt::format("{} needs its argument '{}'", row_.name, p.name));
    return std::move(miss_);
  }

  /// `ta.rsi(14)`: a length in the place of the source, which would be an indicator of a number that never changes.
  bool forgets_source() {
    if (!row_.name.starts_with("ta.") || row_.parameters.empty() || !match_.arguments[0]) return false;
    const Parameter& source = row_.parameters[0];
    if (source.qualifier != Qualifier::Series || source.type != Type::Float) return false;
    const auto is_length = [](const Parameter& p) { return p.type == Type::Int && p.name.ends_with("ength"); };
    if (std::ranges::none_of(row_.parameters, is_length)) return false;
    const GivenArgument& given = given_[*match_.arguments[0]];
    if (given.value.is_na || given.value.qualifier != Qualifier::Const) return false;
    return !fail(Stage::Known, given.place, "missing_argument",
                 fmt::format("{} needs its '{}', such as close: {} is a number that never changes", row_.name,
                             source.name, format_double(given.value.number)));
  }

  bool place_arguments() {
    for (std::size_t i = 0; i < given_.size(); ++i) {
      const GivenArgument& argument = given_[i];
      const auto& parameters = row_.parameters;
      auto at = parameters.begin() + static_cast<std::ptrdiff_t>(std::min(i, parameters.size()));
      if (!argument.name.empty()) at = std::ranges::find(parameters, argument.name, &Parameter::name);
      if (at == parameters.end()) return refuse_extra(argument);
      auto& slot = match_.arguments[static_cast<std::size_t>(at - parameters.begin())];
      if (slot) {
        return fail(Stage::Shape, argument.name_place, "repeated_argument",
                    fmt::format("'{}' of {} is given twice", at->name, row_.name));
      }
      slot = i;
    }
    return true;
  }

  bool refuse_extra(const GivenArgument& argument) {
    if (argument.name.empty()) {
      const std::size_t most = row_.parameters.size();
      return fail(Stage::Shape, argument.place, "too_many_arguments",
                  most == 0 ? fmt::format("{} takes no arguments", row_.name)
                            : fmt::format("{} takes at most {} argument{}", row_.name, most, most == 1 ? "" : "s"));
    }
    std::vector<std::string> names;
    for (const Parameter& p : row_.parameters) names.emplace_back(p.name);
    const bool is_seed = argument.name == "seed";
    return fail(Stage::Shape, argument.name_place, "unknown_argument",
                is_seed ? fmt::format("{} has no seed: TA-Lib and Pine agree on it", row_.name)
                        : fmt::format("{} has no argument '{}'{}", row_.name, printable(argument.name),
                                      comparing_hint(argument.name)),
                is_seed ? std::vector<std::string>{} : nearest_names(argument.name, names));
  }

  bool fits(const Parameter& p, const GivenArgument& given) {
    const Value& value = given.value;
    const bool is_na =
        value.is_na && (p.type == Type::Float || p.type == Type::Int) && p.qualifier == Qualifier::Series;
    if (!is_na && (value.is_na || !converts(value.type, p.type))) return refuse_type(p, given);
    if (!is_na && value.type != p.type) ++conversions_;
    if (p.qualifier == Qualifier::Series) return true;
    if (value.qualifier > p.qualifier) {
      return fail(Stage::Known, given.place, "not_known",
                  p.qualifier == Qualifier::Const ? fmt::format("'{}' of {} must be written in the text, not {}",
                                                                p.name, row_.name, described(value))
                                                  : fmt::format("'{}' of {} must be known before the first bar, not {}",
                                                                p.name, row_.name, described(value)));
    }
    return p.type == Type::String ? is_option(p, given) : is_in_range(p, given);
  }

  bool refuse_type(const Parameter& p, const GivenArgument& given) {
    const Value& value = given.value;
    std::string_view hint;
    if (value.is_bool() && p.type != Type::String) hint = "; for a number write condition ? 1 : 0";
    if (value.is_number() && p.type == Type::Bool) hint = "; for a bool compare it, for instance x != 0";
    if (value.is_number() && p.type == Type::Int) hint = "; for an int write int(x) or math.round(x)";
    return fail(
        Stage::Types, given.place, "wrong_type",
        fmt::format("'{}' of {} must be {}, not {}{}", p.name, row_.name, word_of(p.type), described(value), hint));
  }

  bool is_option(const Parameter& p, const GivenArgument& given) {
    const std::vector<std::string> options = options_of(p);
    if (options.empty() || std::ranges::find(options, given.value.text) != options.end()) return true;
    std::string all;
    for (const std::string& option : options) all += fmt::format("{}\"{}\"", all.empty() ? "" : ", ", option);
    return fail(
        Stage::Range, given.place, "bad_option",
        fmt::format("'{}' of {} must be one of {}, not \"{}\"", p.name, row_.name, all, printable(given.value.text)),
        nearest_names(printable(given.value.text), options));
  }

  bool is_in_range(const Parameter& p, const GivenArgument& given) {
    const double number = given.value.number;
    if (p.type == Type::Bool || (number >= p.min && number <= p.max)) return true;
    return fail(
        Stage::Range, given.place, "out_of_range",
        fmt::format("'{}' of {} must be {}, not {}", p.name, row_.name, range_text(p), fmt::format("{}", number)));
  }

  const Function& row_;
  std::span<const GivenArgument> given_;
  Place call_;
  CallMatch match_;
  Miss miss_;
  std::size_t conversions_ = 0;
};

}  // namespace

std::expected<CallMatch, PlacedComplaint> match_call(std::span<const Function> rows,
                                                     std::span<const GivenArgument> given, Place call) {
  std::optional<CallMatch> best;
  std::size_t fewest = 0;
  std::optional<Miss> nearest;
  for (const Function& row : rows) {
    RowMatcher matcher{row, given, call};
    auto match = matcher.run();
    if (!match) {
      if (!nearest || match.error().stage > nearest->stage) nearest = std::move(match.error());
      continue;
    }
    if (best && matcher.conversions() >= fewest) continue;
    best = std::move(*match);
    fewest = matcher.conversions();
  }
  if (best) return std::move(*best);
  return std::unexpected(std::move(nearest->what));
}

}  // namespace cw::expr
