#include "lab/sweep_request.h"

#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/require.h"
#include "lab/json_members.h"
#include "lab/run_members.h"

namespace cw::lab {
namespace {

constexpr std::array<std::string_view, 3> kSearches{"grid", "random", "tpe"};
constexpr std::array<std::string_view, 2> kWalks{"rolling", "anchored"};
constexpr std::size_t kAxesMost = 6;
constexpr std::size_t kAxisBytes = 400;

/// A fault of the plan's `grid`, by the request's own name for it.
Error by_axes(Error error) {
  constexpr std::string_view kGrid = "grid";
  if (error.field != kGrid && !error.field.starts_with("grid.")) return error;
  for (std::string* text : {&error.field, &error.message}) {
    if (text->starts_with(kGrid)) text->replace(0, kGrid.size(), "axes");
  }
  return error;
}

}  // namespace

std::span<const std::string_view> sweep_request_members() {
  static const auto kMembers = [] {
    const auto of_run = run_request_members();
    std::vector<std::string_view> members(of_run.begin(), of_run.end());
    std::erase(members, "wait_ms");  // nobody waits for a sweep
    members.insert(members.end(),
                   {"axes", "search", "trials", "seed", "objective", "folds", "walk_forward", "purge", "embargo"});
    return members;
  }();
  return kMembers;
}

Result<SweepAsk> parse_sweep_request(std::string_view json) {
  auto read = JsonMembers::read(json);
  if (!read) return fail(Errc::bad_input, "The request is no JSON object.");
  JsonMembers& members = *read;
  SweepAsk ask;
  read_run_members(members, ask.run);
  for (auto& [name, values] : members.texts("axes", kAxesMost, kAxisBytes)) ask.sweep.grid.emplace_back(name, values);
  if (ask.sweep.grid.empty()) members.refuse("axes", "'axes' is needed: values to try, by the names of inputs.");
  ask.sweep.search = members.word("search", kSearches).value_or("grid");
  ask.sweep.trials = members.whole("trials", 1, static_cast<std::int64_t>(kSweepCellsMost));
  ask.sweep.seed = static_cast<std::uint64_t>(members.whole("seed", 0, 4'294'967'295).value_or(1));
  ask.sweep.objective = members.text("objective", 40).value_or("sharpe");
  ask.sweep.folds = members.whole("folds", 1, backtest::kFoldsMost).value_or(0);
  ask.sweep.walk_forward = members.word("walk_forward", kWalks).value_or("rolling");
  ask.sweep.purge = members.whole("purge", 0, backtest::kFoldGapMost).value_or(0);
  ask.sweep.embargo = members.whole("embargo", 0, backtest::kFoldGapMost).value_or(0);
  members.refuse_others(sweep_request_members());
  if (members.fault()) return std::unexpected(*members.fault());
  return ask;
}

std::string to_json(const SweepAsk& ask) {
  std::string out = "{";
  append_run_members(out, ask.run);
  out += R"(,"axes":{)";
  for (std::size_t i = 0; i < ask.sweep.grid.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, ask.sweep.grid[i].first);
    out += ':';
    append_json_string(out, ask.sweep.grid[i].second);
  }
  out += fmt::format(R"(}},"search":"{}")", ask.sweep.search);
  if (ask.sweep.trials) out += fmt::format(R"(,"trials":{})", *ask.sweep.trials);
  out += fmt::format(R"(,"seed":{},"objective":)", ask.sweep.seed);
  append_json_string(out, ask.sweep.objective);
  if (ask.sweep.folds > 0) out += fmt::format(R"(,"folds":{})", ask.sweep.folds);
  if (ask.sweep.purge > 0) out += fmt::format(R"(,"purge":{})", ask.sweep.purge);
  if (ask.sweep.embargo > 0) out += fmt::format(R"(,"embargo":{})", ask.sweep.embargo);
  return out + fmt::format(R"(,"walk_forward":"{}"}})", ask.sweep.walk_forward);
}

Prepared<PreparedSweep> prepare_sweep(SweepAsk ask, strategy::Document document,
                                      std::span<const market::Instrument> instruments) {
  CW_REQUIRE(!instruments.empty());
  auto settings = settings_of(ask.run, instruments.size());
  if (!settings) return std::unexpected(Refusal{settings.error()});
  for (const market::Instrument& instrument : instruments) {
    if (const auto rules = trading::rules_of(instrument); !rules) return std::unexpected(Refusal{rules.error()});
  }
  const auto timeframe = ask.run.timeframe.value_or(document.timeframe);
  auto plan = backtest::plan_sweep(ask.sweep, std::move(document), ask.run.inputs, *settings, kSweepCellsMost);
  if (!plan) return std::unexpected(Refusal{by_axes(plan.error())});
  return PreparedSweep{std::move(ask), {instruments.begin(), instruments.end()}, timeframe, std::move(*plan)};
}

}  // namespace cw::lab
