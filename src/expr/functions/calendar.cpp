#include <cmath>

#include "expr/functions/tables.h"
#include "expr/operators.h"

namespace cw::expr {
namespace {

using indicators::is_nan;
using indicators::kNaN;

constexpr double kDay = 86'400'000;

double minute_of(double ms) { return std::floor(std::fmod(ms, 3'600'000) / 60'000); }
double hour_of(double ms) { return std::floor(std::fmod(ms, kDay) / 3'600'000); }
/// 1 is Sunday, as in Pine. 1970-01-01 was a Thursday, the fifth.
double day_of_week_of(double ms) { return std::fmod(std::floor(ms / kDay) + 4, 7) + 1; }

struct Date {
  double year = kNaN;
  double month = kNaN;
  double day = kNaN;
};

/// The civil date of a day number. Source: H. Hinnant, chrono-compatible low-level date algorithms.
Date date_of(double ms) {
  if (is_nan(ms)) return {};
  const auto days = static_cast<long long>(std::floor(ms / kDay)) + 719'468;
  const long long era = (days >= 0 ? days : days - 146'096) / 146'097;
  const long long of_era = days - era * 146'097;
  const long long year_of_era = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const long long of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const long long shifted_month = (5 * of_year + 2) / 153;
  const long long month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {static_cast<double>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), static_cast<double>(month),
          static_cast<double>(of_year - (153 * shifted_month + 2) / 5 + 1)};
}
double year_of(double ms) { return date_of(ms).year; }
double month_of(double ms) { return date_of(ms).month; }
double day_of_month_of(double ms) { return date_of(ms).day; }

template <double (*F)(double)>
void row(std::vector<Function>& rows, std::string_view name, std::string_view title, std::string_view summary,
         std::string_view units, std::string_view example) {
  rows.push_back(
      {.name = name,
       .group = "Time",
       .title = title,
       .bar_fields = {BarField::Time},
       .outputs = {{name, Type::Int}},
       .summary = summary,
       .units = units,
       .lookback = "0",
       .example = example,
       .pine = name,
       .variable = true,
       .make = [](const Settings&) -> std::unique_ptr<Operator> { return std::make_unique<MapOperator<F, 1>>(); }});
}

}  // namespace

void add_calendar(std::vector<Function>& rows) {
  row<minute_of>(rows, "minute", "Minute", "The minute of the hour in which the bar opens, UTC.", "0 to 59",
                 "minute == 0");
  row<hour_of>(rows, "hour", "Hour", "The hour of the day in which the bar opens, UTC.", "0 to 23",
               "hour >= 8 and hour < 16");
  row<day_of_week_of>(rows, "dayofweek", "Day of the week", "The day of the week on which the bar opens, UTC.",
                      "1 (Sunday) to 7 (Saturday)", "dayofweek == 2");
  row<day_of_month_of>(rows, "dayofmonth", "Day of the month", "The day of the month on which the bar opens, UTC.",
                       "1 to 31", "dayofmonth == 1");
  row<month_of>(rows, "month", "Month", "The month in which the bar opens, UTC.", "1 to 12", "month == 12");
  row<year_of>(rows, "year", "Year", "The year in which the bar opens, UTC.", "a year", "year >= 2024");
}

}  // namespace cw::expr
