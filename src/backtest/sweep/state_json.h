#pragma once

#include <cstdint>
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

/// The digest of the other symbols' candles that the strategy looks at, of its first cell; empty: it looks at none.
/// Errors  those of plan_of(SweepPart)
Result<std::string> others_digest(const SweepPlan& plan, const SweepData& data);

/// A result in one line, and back with the same bits.
/// Errors  Errc::corrupt: no such line
std::string result_line(const CellResult& result);
Result<CellResult> read_result_line(std::string_view line);

/// 16 hex digits that differ, but for chance, where a bar does. Cost: about 10 ns a bar
std::string bars_digest(const market::CandleSpan& bars);

}  // namespace cw::backtest
