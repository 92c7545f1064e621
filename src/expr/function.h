#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expr/operator.h"
#include "indicators/kernel.h"

namespace cw::expr {

/// What a value is. A bool lives in a column as 0 and 1 (NaN counts as false), an int as a whole double.
enum class Type : unsigned char { Float, Int, Bool, String };
/// When a value is known: at compile time, before the first bar, or anew at each bar. Each may stand for the next.
enum class Qualifier : unsigned char { Const, Simple, Series };

/// One parameter of a function. A Series parameter is an input column of the operator, in order; the others are settings.
struct Parameter {
  std::string_view name;
  Type type = Type::Float;
  Qualifier qualifier = Qualifier::Simple;
  std::optional<double> default_value{};  // settings with a default may be left out; a bool's is 0 or 1
  double min = -1e300;                    // settings outside are refused, naming the range
  double max = 1e300;
  std::string_view title{};           // for forms: "Length"
  std::string_view options{};         // a String setting: what is allowed, separated by '|', the default first
  std::string_view default_series{};  // what stands for one that is left out: of a Series parameter, e.g. "close"
};

/// The columns of a bar that an operator takes besides its Series parameters, appended after them in this order.
enum class BarField : unsigned char { Open, High, Low, Close, Volume, Time, BarIndex };

/// One output: its name for forms and legends, its type. Several are a tuple, in Pine's order.
struct Output {
  std::string_view name;
  Type type = Type::Float;
};

/// The settings of one call, by their place among the function's parameters that are not Series.
class Settings {
 public:
  Settings(std::vector<double> numbers, std::vector<std::string> texts, indicators::Seed seed)
      : numbers_(std::move(numbers)), texts_(std::move(texts)), seed_(seed) {}

  int integer(std::size_t i) const { return static_cast<int>(numbers_[i]); }
  double number(std::size_t i) const { return numbers_[i]; }
  bool flag(std::size_t i) const { return numbers_[i] != 0; }
  const std::string& text(std::size_t i) const { return texts_[i]; }
  indicators::Seed seed() const { return seed_; }

 private:
  std::vector<double> numbers_;     // one a setting; of a String setting NaN
  std::vector<std::string> texts_;  // one a setting; of others empty
  indicators::Seed seed_;
};

/// One row of the table of functions: what the parser checks a call against, what a plan is built from and what
/// docs/language.md, forms and completion are made of. Overloads are rows of the same name.
struct Function {
  std::string_view name;   // "ta.ema"
  std::string_view group;  // "Averages": the list's headings
  std::string_view title;  // "Exponential moving average"
  std::vector<Parameter> parameters{};
  std::vector<BarField> bar_fields{};
  std::vector<Output> outputs{};

  std::string_view summary;  // one or two sentences: what it means
  std::string_view units{};  // "those of the source", "0 to 100"
  // A formula of the settings, `length - 1`, or one an output, `length, length, 2 * length - 1`; of Pine's seed, where that
  // is another, behind it: `length (pine: length - 1)`. Numbers, settings, + - * / ?: < > max min floor ceil round sqrt.
  std::string_view lookback{};
  std::string_view
      nan_rule{};  // what is NaN beyond the look-back, each 0/0; empty: a NaN input is skipped, nothing else
  std::string_view example{};  // one expression that compiles
  std::string_view talib{};    // its TA-Lib counterpart: "EMA", with what differs; empty: none
  std::string_view pine{};     // "ta.ema"; empty: no such name in Pine
  std::string_view source{};   // where the formula is from, where TA-Lib and Pine do not say it
  bool overlay = false;        // drawn over the candles (in units of price), else in a pane of its own
  bool event = false;          // NaN means 'none' (a pivot, a pattern)
  bool seeded = false;         // takes `seed = "talib" | "pine"`: the two differ
  bool stateless = false;  // an answer depends on its own row's inputs alone (math.abs): calls on constants are folded
  bool variable = false;   // written without parentheses, as Pine's ta.obv and ta.tr (the call is allowed too)

  /// Says what is wrong with settings that are each in range but do not go together; empty: nothing.
  std::string (*check)(const Settings&) = nullptr;
  /// What a bar costs beyond that of a plain function, counted in those; null: nothing. Of functions that look at their whole
  /// window anew.
  double (*work)(const Settings&) = nullptr;
  /// The operator for these settings (checked). Inputs: the Series parameters, then the bar's columns.
  std::unique_ptr<Operator> (*make)(const Settings&) = nullptr;
};

/// Settings' limits that many functions share.
inline constexpr double kLengthMost = 5'000;

/// A `length` setting: whole, from `min` to kLengthMost.
Parameter length_setting(std::optional<double> default_value, std::string_view name = "length", double min = 1,
                         std::string_view title = "Length");
/// A number setting.
Parameter number_setting(std::string_view name, std::optional<double> default_value, double min, double max,
                         std::string_view title);
/// A series of floats; `default_series` may stand for it where it is left out.
Parameter source_series(std::string_view name = "source", std::string_view default_series = {});

/// The operator of a kernel that is made from the settings.
template <class K, bool Interleaved = false, class... Arguments>
std::unique_ptr<Operator> kernel(Arguments... arguments) {
  return std::make_unique<KernelOperator<K, Interleaved>>(K(arguments...));
}

/// Function::work of those whose first setting is the length of a window that each bar looks at anew: a plain function's time
/// for so many of its values.
template <int kValues>
double window_work(const Settings& settings) {
  return settings.integer(0) / static_cast<double>(kValues);
}

/// All rows, overloads beside each other, in the order of the groups. Made once.
std::span<const Function> functions();
/// The rows of one name, in order; empty where there is none.
std::span<const Function> overloads(std::string_view name);

}  // namespace cw::expr
