#include "lab/kept_leaks.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "records/backtest_rows.h"

namespace cw::lab {

std::string passed_json(const backtest::LeakReport& report) {
  return fmt::format(R"({{"bars":{},"cuts":{},"look_back":{},"remembers":{},"begin_told":{},"settles_after":{}}})",
                     report.bars, report.cuts, report.look_back, report.remembers, report.begin_told,
                     report.settles_after);
}

std::optional<backtest::LeakReport> read_passed(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  backtest::LeakReport report;
  for (const char* name : {"bars", "cuts", "look_back", "settles_after"}) {
    if (!json.contains(name) || !json.at(name).is_number_unsigned()) return std::nullopt;
  }
  for (const char* name : {"remembers", "begin_told"}) {
    if (!json.contains(name) || !json.at(name).is_boolean()) return std::nullopt;
  }
  report.bars = json.at("bars").get<std::size_t>();
  report.cuts = json.at("cuts").get<std::size_t>();
  report.look_back = json.at("look_back").get<int>();
  report.remembers = json.at("remembers").get<bool>();
  report.begin_told = json.at("begin_told").get<bool>();
  report.settles_after = json.at("settles_after").get<std::size_t>();
  return report;
}

Result<backtest::LeakReport> look_once(db::Database& records, std::string_view program, std::size_t bars,
                                       const std::function<Result<backtest::LeakReport>()>& look) {
  const auto kept = records.read([&](db::Connection& connection) {
    return records::find_leak_check(connection, program, backtest::kLeakChecksVersion);
  });
  if (!kept) return pass_on(kept);
  if (*kept) {
    const auto report = read_passed(**kept);
    if (report && (report->begin_told || bars <= report->bars)) return *report;
  }
  auto report = look();
  if (!report || !report->passed()) return report;
  const auto noted = records.write([&](db::Connection& connection) {
    return records::keep_leak_check(connection, program, backtest::kLeakChecksVersion, passed_json(*report));
  });
  if (!noted) return pass_on(noted);
  return report;
}

Result<backtest::LeakReport> look_once(db::Database& records, const backtest::LeakInput& input) {
  return look_once(records, input.program.fingerprint, std::min(input.bars.size(), input.bars_most),
                   [&input] { return backtest::check_leaks(input); });
}

Error leak_error(std::string_view what_leaks) {
  return {Errc::bad_input, fmt::format("The strategy knows what it cannot know. {}", what_leaks)};
}

}  // namespace cw::lab
