#include "expr/lookback.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/number.h"

namespace cw::expr {
namespace {

using Named = std::map<std::string_view, double>;

/// A formula over settings: numbers, names, + - * /, comparisons, `c ? a : b`, min, max, floor, ceil, sqrt, round.
class Formula {
 public:
  Formula(std::string_view text, const Named& settings) : text_(text), settings_(settings) {}

  /// None where the text is no formula.
  std::optional<double> value() {
    const double value = choice();
    blanks();
    return is_good_ && at_ == text_.size() ? std::optional{value} : std::nullopt;
  }

 private:
  void blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(std::string_view mark) {
    blanks();
    if (text_.substr(at_, mark.size()) != mark) return false;
    at_ += mark.size();
    return true;
  }
  double choice() {
    const double condition = comparison();
    if (!take("?")) return condition;
    const double then = choice();
    is_good_ = is_good_ && take(":");
    const double otherwise = choice();
    return condition != 0 ? then : otherwise;
  }
  double comparison() {
    const double left = sum();
    if (take("<=")) return left <= sum();
    if (take(">=")) return left >= sum();
    if (take("<")) return left < sum();
    if (take(">")) return left > sum();
    return left;
  }
  double sum() {
    double value = product();
    for (;;) {
      if (take("+")) {
        value += product();
      } else if (take("-")) {
        value -= product();
      } else {
        return value;
      }
    }
  }
  double product() {
    double value = atom();
    for (;;) {
      if (take("*")) {
        value *= atom();
      } else if (take("/")) {
        value /= atom();
      } else {
        return value;
      }
    }
  }
  double atom() {
    if (take("(")) {
      const double value = choice();
      is_good_ = is_good_ && take(")");
      return value;
    }
    blanks();
    const std::size_t from = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_' || text_[at_] == '.'))
      ++at_;
    const std::string_view word = text_.substr(from, at_ - from);
    if (const auto number = parse_double(word)) return *number;
    if (take("(")) return call(word);
    const auto found = settings_.find(word);
    is_good_ = is_good_ && found != settings_.end();
    return found == settings_.end() ? 0 : found->second;
  }
  double call(std::string_view function) {
    std::vector<double> given{choice()};
    while (take(",")) given.push_back(choice());
    is_good_ = is_good_ && take(")");
    if (function == "max") return *std::ranges::max_element(given);
    if (function == "min") return *std::ranges::min_element(given);
    if (function == "floor") return std::floor(given[0]);
    if (function == "ceil") return std::ceil(given[0]);
    if (function == "round") return std::floor(given[0] + 0.5);
    if (function == "sqrt") return std::sqrt(given[0]);
    is_good_ = false;
    return 0;
  }

  std::string_view text_;
  const Named& settings_;
  std::size_t at_ = 0;
  bool is_good_ = true;
};

/// The part of a look-back text that holds for a seed: a text may end in "(pine: …)".
std::string_view text_of(const Function& function, indicators::Seed seed) {
  constexpr std::string_view kMark = " (pine: ";
  const std::string_view text = function.lookback;
  const std::size_t mark = text.find(kMark);
  if (mark == std::string_view::npos) return text;
  if (seed == indicators::Seed::talib) return text.substr(0, mark);
  return text.substr(mark + kMark.size(), text.size() - mark - kMark.size() - 1);
}

/// The formulas of a text, cut at the commas that are outside of all brackets.
std::vector<std::string_view> formulas(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t from = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && text[at] == '(') ++depth;
    if (at < text.size() && text[at] == ')') --depth;
    if (at < text.size() && (depth > 0 || text[at] != ',')) continue;
    parts.push_back(text.substr(from, at - from));
    from = at + 1;
  }
  return parts;
}

Named named_settings(const Function& function, const Settings& settings) {
  Named named;
  std::size_t place = 0;
  for (const Parameter& parameter : function.parameters) {
    if (parameter.qualifier == Qualifier::Series) continue;
    if (parameter.type != Type::String) named.emplace(parameter.name, settings.number(place));
    ++place;
  }
  return named;
}

}  // namespace

std::optional<std::vector<int>> lookbacks(const Function& function, const Settings& settings) {
  const auto parts = formulas(text_of(function, settings.seed()));
  if (parts.size() != 1 && parts.size() != function.outputs.size()) return std::nullopt;
  const Named named = named_settings(function, settings);
  std::vector<int> all;
  for (const std::string_view part : parts) {
    const auto value = Formula(part, named).value();
    if (!value) return std::nullopt;
    all.push_back(static_cast<int>(*value));
  }
  all.resize(function.outputs.size(), all.front());
  return all;
}

}  // namespace cw::expr
