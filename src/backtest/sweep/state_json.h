#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backtest/sweep/sweep_json.h"

/// What is kept of a sweep so that another process goes on with it, bit for bit: the question, then the finished
/// results, one line of JSON each.
namespace cw::backtest {

/// The question in one line: strategy, values of inputs, axes, search, objective, folds, account, costs, bars. Equal
/// for equal questions.
std::string question_json(const SweepFacts& facts, const SweepPlan& plan, const SweepData& data);

/// The members in which two questions differ, as a person says them: "seed (1, now 2)". Empty: none, it is the same
/// question.
/// Errors  Errc::corrupt: the stored one is no question of this version
Result<std::vector<std::string>> differences(std::string_view stored, std::string_view asked);

/// The candles of another symbol that some cell looked at. Which these are the values of the inputs may decide, so they are known
/// when the cells have run.
struct OtherCandles {
  expr::Context series;
  std::string digest;  // bars_digest
};
/// In one line, and back; nothing: the line is of something else.
/// Errors  Errc::corrupt: it is begun so and cannot be read
std::string others_line(std::span<const OtherCandles> others);
Result<std::optional<std::vector<OtherCandles>>> read_others_line(std::string_view line);

/// A result in one line, and back with the same bits.
/// Errors  Errc::corrupt: no such line
std::string result_line(const CellResult& result);
Result<CellResult> read_result_line(std::string_view line);

/// 16 hex digits that differ, but for chance, where a bar does. Cost: about 10 ns a bar
std::string bars_digest(const market::CandleSpan& bars);

}  // namespace cw::backtest
