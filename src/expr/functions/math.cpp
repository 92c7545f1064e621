#include <cmath>
#include <numbers>

#include "expr/arithmetic.h"
#include "expr/functions/tables.h"
#include "expr/operators.h"

namespace cw::expr {
namespace {

using indicators::is_nan;
using indicators::kNaN;

double sign_of(double x) { return is_nan(x) ? kNaN : x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0; }
/// Ties upwards, as Pine: 2.5 is 3, -2.5 is -2.
double round_up_ties(double x) {
  const double floor = std::floor(x);
  return x - floor >= 0.5 ? floor + 1 : floor;
}
double round_to(double x, double digits) {
  const double unit = std::pow(10.0, digits);
  return round_up_ties(x * unit) / unit;
}
double larger(double a, double b) { return is_nan(a) || is_nan(b) ? kNaN : a > b ? a : b; }
double smaller(double a, double b) { return is_nan(a) || is_nan(b) ? kNaN : a < b ? a : b; }
double log_of(double x) { return x > 0 ? std::log(x) : kNaN; }
double log10_of(double x) { return x > 0 ? std::log10(x) : kNaN; }

// The standard library's are overloaded, so they have no one address.
double abs_of(double x) { return std::abs(x); }
double sqrt_of(double x) { return std::sqrt(x); }
double exp_of(double x) { return std::exp(x); }
double floor_of(double x) { return std::floor(x); }
double ceil_of(double x) { return std::ceil(x); }
double sin_of(double x) { return std::sin(x); }
double cos_of(double x) { return std::cos(x); }
double tan_of(double x) { return std::tan(x); }
double asin_of(double x) { return std::asin(x); }
double acos_of(double x) { return std::acos(x); }
double atan_of(double x) { return std::atan(x); }
double pow_of(double x, double y) { return std::pow(x, y); }
double degrees_of(double x) { return x * (180 / std::numbers::pi); }
double radians_of(double x) { return x * (std::numbers::pi / 180); }

double zero_for_na(double x) { return is_nan(x) ? 0.0 : x; }
double instead_of_na(double x, double instead) { return is_nan(x) ? instead : x; }
double is_na(double x) { return is_nan(x) ? 1.0 : 0.0; }

Parameter value(std::string_view name, Type type) {
  return {.name = name, .type = type, .qualifier = Qualifier::Series, .title = {}};
}

struct Texts {
  std::string_view title;
  std::string_view summary;
  std::string_view example;
  std::string_view nan_rule;
};

template <double (*F)(double)>
void one(std::vector<Function>& rows, std::string_view name, Type from, Type to, const Texts& texts) {
  rows.push_back({.name = name,
                  .group = "Arithmetic",
                  .title = texts.title,
                  .parameters = {value("number", from)},
                  .outputs = {{"value", to}},
                  .summary = texts.summary,
                  .lookback = "0",
                  .nan_rule = texts.nan_rule,
                  .example = texts.example,
                  .pine = name,
                  .stateless = true,
                  .make = [](const Settings&) -> std::unique_ptr<Operator> {
                    return std::make_unique<MapOperator<[](double x) { return finite_or_na(F(x)); }, 1>>();
                  }});
}

template <double (*F)(double, double)>
void two(std::vector<Function>& rows, std::string_view name, std::string_view a, std::string_view b, Type from, Type to,
         const Texts& texts) {
  rows.push_back({.name = name,
                  .group = "Arithmetic",
                  .title = texts.title,
                  .parameters = {value(a, from), value(b, from)},
                  .outputs = {{"value", to}},
                  .summary = texts.summary,
                  .lookback = "0",
                  .nan_rule = texts.nan_rule,
                  .example = texts.example,
                  .pine = name,
                  .stateless = true,
                  .make = [](const Settings&) -> std::unique_ptr<Operator> {
                    return std::make_unique<MapOperator<[](double x, double y) { return finite_or_na(F(x, y)); }, 2>>();
                  }});
}

void add_rounding(std::vector<Function>& rows) {
  using enum Type;
  const Texts abs{"Absolute value", "The number without its sign.", "math.abs(close - open)", {}};
  one<abs_of>(rows, "math.abs", Int, Int, abs);
  one<abs_of>(rows, "math.abs", Float, Float, abs);
  one<sign_of>(rows, "math.sign", Float, Float, {"Sign", "1, 0 or -1.", "math.sign(close - open)", {}});
  one<floor_of>(rows, "math.floor", Float, Int,
                {"Floor", "The largest whole number not above.", "math.floor(close)", {}});
  one<ceil_of>(rows, "math.ceil", Float, Int,
               {"Ceiling", "The smallest whole number not below.", "math.ceil(close)", {}});
  one<round_up_ties>(rows, "math.round", Float, Int,
                     {"Round", "The nearest whole number; ties go up.", "math.round(close)", {}});
  two<round_to>(
      rows, "math.round", "number", "precision", Float, Float,
      {"Round to digits", "The nearest number of `precision` decimal places; ties go up.", "math.round(close, 2)", {}});
}

void add_of_two(std::vector<Function>& rows) {
  using enum Type;
  const Texts max{"Larger", "The largest of two or more numbers.", "math.max(open, close)", {}};
  const Texts min{"Smaller", "The smallest of two or more numbers.", "math.min(open, close)", {}};
  two<larger>(rows, "math.max", "number0", "number1", Int, Int, max);
  two<larger>(rows, "math.max", "number0", "number1", Float, Float, max);
  two<smaller>(rows, "math.min", "number0", "number1", Int, Int, min);
  two<smaller>(rows, "math.min", "number0", "number1", Float, Float, min);
  two<pow_of>(rows, "math.pow", "base", "exponent", Float, Float,
              {"Power", "`base` to the power of `exponent`.", "math.pow(close, 2)",
               "NaN for a negative base with an exponent that is not whole, and where the answer is not finite."});
}

void add_functions_of_analysis(std::vector<Function>& rows) {
  using enum Type;
  one<sqrt_of>(rows, "math.sqrt", Float, Float,
               {"Square root", "The square root.", "math.sqrt(volume)", "NaN below 0."});
  one<exp_of>(rows, "math.exp", Float, Float,
              {"Exponential", "e to the power of the number.", "math.exp(1)", "NaN where the answer is too large."});
  one<log_of>(
      rows, "math.log", Float, Float,
      {"Natural logarithm", "The logarithm to the base e.", "math.log(close / close[1])", "NaN at 0 and below."});
  one<log10_of>(rows, "math.log10", Float, Float,
                {"Decimal logarithm", "The logarithm to the base 10.", "math.log10(volume)", "NaN at 0 and below."});
  one<sin_of>(rows, "math.sin", Float, Float, {"Sine", "The sine of an angle in radians.", "math.sin(bar_index)", {}});
  one<cos_of>(rows, "math.cos", Float, Float,
              {"Cosine", "The cosine of an angle in radians.", "math.cos(bar_index)", {}});
  one<tan_of>(rows, "math.tan", Float, Float,
              {"Tangent", "The tangent of an angle in radians.", "math.tan(bar_index)", {}});
  one<asin_of>(rows, "math.asin", Float, Float,
               {"Arc sine", "The angle in radians that has this sine.", "math.asin(0.5)", "NaN outside -1 to 1."});
  one<acos_of>(rows, "math.acos", Float, Float,
               {"Arc cosine", "The angle in radians that has this cosine.", "math.acos(0.5)", "NaN outside -1 to 1."});
  one<atan_of>(rows, "math.atan", Float, Float,
               {"Arc tangent", "The angle in radians that has this tangent.", "math.atan(close - open)", {}});
  one<degrees_of>(rows, "math.todegrees", Float, Float,
                  {"To degrees", "Radians as degrees.", "math.todegrees(math.atan(close - open))", {}});
  one<radians_of>(rows, "math.toradians", Float, Float,
                  {"To radians", "Degrees as radians.", "math.toradians(45)", {}});
}

void add_missing_values(std::vector<Function>& rows) {
  using enum Type;
  const std::string_view rule = "NaN is what it is about.";
  one<is_na>(rows, "na", Float, Bool,
             {"Is missing", "Whether there is no value (yet).", "na(ta.sma(close, 20))", rule});
  one<zero_for_na>(rows, "nz", Float, Float,
                   {"Zero for missing", "The value, or 0 where there is none.", "nz(ta.sma(close, 20))", rule});
  two<instead_of_na>(
      rows, "nz", "source", "replacement", Float, Float,
      {"Value for missing", "The value, or `replacement` where there is none.", "nz(ta.sma(close, 20), close)", rule});
}

}  // namespace

void add_math(std::vector<Function>& rows) {
  add_rounding(rows);
  add_of_two(rows);
  add_functions_of_analysis(rows);
  add_missing_values(rows);
}

}  // namespace cw::expr
