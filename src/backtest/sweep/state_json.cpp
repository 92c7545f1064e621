#include "backtest/sweep/state_json.h"

#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "backtest/run_json.h"
#include "backtest/sweep/cell_program.h"
#include "backtest/sweep/json_parts.h"
#include "base/random.h"

namespace cw::backtest {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::unexpected<Error> corrupt(std::string_view what) {
  return fail(Errc::corrupt, fmt::format("this is not what is kept of a sweep: it has no readable {}", what));
}

void append_exact(std::string& out, double value) {
  // A bare -0 reads as the whole number 0.
  if (value == 0 && std::signbit(value)) {
    out += "-0.0";
  } else {
    append_json_number(out, value);
  }
}

void append_numbers(std::string& out, std::string_view name, std::span<const double> values) {
  out += fmt::format(R"(,"{}":[)", name);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    append_exact(out, values[i]);
  }
  out += ']';
}

double number_of(const Json& json) { return json.is_null() ? kNaN : json.get<double>(); }

std::vector<double> numbers_of(const Json& json) {
  std::vector<double> found;
  for (const auto& one : json) found.push_back(number_of(one));
  return found;
}

template <class Enum>
bool read_enum(const Json& json, Enum last, Enum& into) {
  const auto number = json.get<std::int64_t>();
  if (number < 0 || number > static_cast<std::int64_t>(last)) return false;
  into = static_cast<Enum>(number);
  return true;
}

/// nlohmann's reading throws where a member is missing or of another type; none of it leaves this file.
bool read_result(const Json& json, CellResult& into) {
  into.trial = {json.at("study").get<std::uint32_t>(), json.at("trial").get<std::uint64_t>(),
                json.at("cell").get<std::uint64_t>()};
  if (!read_enum(json.at("why"), WhyNot::untold, into.why)) return false;
  if (!read_enum(json.at("missing"), Missing::ruined, into.missing)) return false;
  into.text = json.at("text").get<std::string>();
  into.objective = number_of(json.at("objective"));
  const auto figures = numbers_of(json.at("figures"));
  if (figures.size() != into.figures.values.size()) return false;
  std::ranges::copy(figures, into.figures.values.begin());
  const auto returns = numbers_of(json.at("returns"));
  if (returns.size() != 5) return false;
  into.returns = {json.at("n").get<std::size_t>(), returns[0], returns[1], returns[2], returns[3], returns[4]};
  into.train = numbers_of(json.at("train"));
  into.variant.sums = numbers_of(json.at("sums"));
  into.variant.squares = numbers_of(json.at("squares"));
  into.variant.mean = number_of(json.at("mean"));
  into.variant.least = number_of(json.at("least"));
  return into.variant.sums.size() == into.variant.squares.size();
}

std::string candles_digest(const SweepData& data) {
  std::string out;
  for (const auto& part : data.parts) out += (out.empty() ? "" : " ") + bars_digest(part.bars);
  return out;
}

constexpr std::string_view kOthersBegin = R"({"others":[)";

/// Of the bars that the magnifier walks; none: there are none of any instrument.
std::string shorter_candles_digest(const SweepData& data) {
  std::string out;
  for (const auto& part : data.parts) out += (out.empty() ? "" : " ") + bars_digest(part.lower);
  return std::ranges::any_of(data.parts, [](const auto& part) { return !part.lower.empty(); }) ? out : "";
}

/// Those of a run of one instrument of which nothing is said.
bool are_plain(const trading::Limits& limits) {
  return limits.positions_most == 0 && limits.exposure_percent == 100 && limits.symbol_exposure_percent == 100;
}

}  // namespace

std::string question_json(const SweepFacts& facts, const SweepPlan& plan, const SweepData& data) {
  std::string out = fmt::format(R"({{"sweep":{})", kVersion);
  json_parts::append_question(out, facts, plan, data);
  json_parts::append_costs(out, facts,
                           false);  // an earlier version kept funding as a member of its own, where there is some
  out += R"(,"rules":)" + strategy::to_json(plan.document);
  json_parts::append_member(out, "candles", candles_digest(data));
  const auto& account = plan.settings.account;
  if (const auto shorter = shorter_candles_digest(data); !shorter.empty())
    json_parts::append_member(out, "shorter_candles", shorter);
  // As it is where nothing is said of them they are not named, so that what an earlier version kept goes on.
  if (facts.funding != "none") json_parts::append_member(out, "funding", facts.funding);
  if (facts.instruments.size() > 1 || !are_plain(account.limits)) append_limits(out, account.limits);
  out +=
      fmt::format(R"(,"protections":{},"close_at_end":{}}})",
                  account.protections == trading::Protections::none() ? "false" : "true", plan.settings.close_at_end);
  return out;
}

Result<std::vector<std::string>> differences(std::string_view stored, std::string_view asked) {
  const auto before = Json::parse(stored, nullptr, false);
  const auto now = Json::parse(asked, nullptr, false);
  if (!before.is_object() || !now.is_object() || !before.contains("sweep")) return corrupt("question");
  constexpr std::size_t kShownMost = 60;
  std::vector<std::string> found;
  Json names = before;
  names.update(now);
  const auto member = [](const Json& of, const std::string& name) { return of.contains(name) ? of[name] : Json{}; };
  for (const auto& [name, either] : names.items()) {
    const auto was = member(before, name);
    const auto value = member(now, name);
    if (was == value) continue;
    const auto old_text = was.dump();
    const auto new_text = value.dump();
    const bool is_short = old_text.size() + new_text.size() <= kShownMost;
    found.push_back(is_short ? fmt::format("{} ({}, now {})", name, old_text, new_text) : name);
  }
  return found;
}

std::string result_line(const CellResult& result) {
  std::string out =
      fmt::format(R"({{"study":{},"trial":{},"cell":{},"why":{},"missing":{})", result.trial.study, result.trial.number,
                  result.trial.cell, static_cast<int>(result.why), static_cast<int>(result.missing));
  json_parts::append_member(out, "text", std::string_view{result.text});
  out += R"(,"objective":)";
  append_exact(out, result.objective);
  append_numbers(out, "figures", result.figures.values);
  const auto& returns = result.returns;
  out += fmt::format(R"(,"n":{})", returns.n);
  append_numbers(out, "returns", std::array{returns.mean, returns.m2, returns.m3, returns.m4, returns.largest});
  append_numbers(out, "train", result.train);
  append_numbers(out, "sums", result.variant.sums);
  append_numbers(out, "squares", result.variant.squares);
  out += R"(,"mean":)";
  append_exact(out, result.variant.mean);
  out += R"(,"least":)";
  append_exact(out, result.variant.least);
  return out + '}';
}

Result<CellResult> read_result_line(std::string_view line) {
  const auto json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return corrupt("result");
  try {
    CellResult result;
    if (read_result(json, result)) return result;
  } catch (const Json::exception&) {
    return corrupt("result");
  }
  return corrupt("result");
}

std::string others_line(std::span<const OtherCandles> others) {
  std::string out{kOthersBegin};
  for (const OtherCandles& one : others) {
    out += out.back() == '[' ? R"({"symbol":)" : R"(,{"symbol":)";
    append_json_string(out, one.series.symbol);
    json_parts::append_member(out, "timeframe", market::name(one.series.timeframe));
    json_parts::append_member(out, "candles", std::string_view{one.digest});
    out += '}';
  }
  return out + "]}";
}

Result<std::optional<std::vector<OtherCandles>>> read_others_line(std::string_view line) {
  if (!line.starts_with(kOthersBegin)) return std::nullopt;
  const auto json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return corrupt("list of other symbols");
  std::vector<OtherCandles> found;
  try {
    for (const Json& one : json.at("others")) {
      const auto timeframe = market::parse_timeframe(one.at("timeframe").get<std::string>());
      if (!timeframe) return corrupt("list of other symbols");
      found.push_back({{one.at("symbol").get<std::string>(), *timeframe}, one.at("candles").get<std::string>()});
    }
  } catch (const Json::exception&) {
    return corrupt("list of other symbols");
  }
  return found;
}

std::string bars_digest(const market::CandleSpan& bars) {
  std::uint64_t digest = mix64(bars.size());
  for (std::size_t i = 0; i < bars.size(); ++i) {
    digest = mix64(digest ^ static_cast<std::uint64_t>(bars.open_time_ms[i]));
    for (const auto* column : {&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume})
      digest = mix64(digest + std::bit_cast<std::uint64_t>((*column)[i]));
  }
  return fmt::format("{:016x}", digest);
}

}  // namespace cw::backtest
