#pragma once

#include <span>
#include <string>
#include <vector>

#include "backtest/result.h"
#include "lab/kept_rows.h"
#include "records/backtest_rows.h"

// Runs as docs/openapi.yaml shows them.
namespace cw::api {

/// The members of BacktestItem, without braces.
void append_backtest_item(std::string& out, const records::BacktestRow& row, double progress, bool practice);

/// Trades, parted by commas.
void append_trade_list(std::string& out, std::span<const backtest::Trade> trades,
                       std::span<const market::InstrumentId> instruments);
/// Points of equity, parted by commas.
void append_equity_list(std::string& out, std::span<const lab::EquityRow> rows);

/// One run of a comparison: the members of its item, its figures and its growth at most `points` times.
/// `result`: the kept result of a run that is done
std::string comparison_json(const records::BacktestRow& row, bool practice, const std::string& result,
                            std::size_t points);

/// What runs were asked for differently: `[{"field":"inputs.fast","values":["12","24"]}]`.
std::string differences_json(const std::vector<records::BacktestRow>& rows);

}  // namespace cw::api
