#pragma once

#include <expected>
#include <memory>
#include <span>
#include <vector>

#include "backtest/engine.h"
#include "backtest/run_json.h"
#include "expr/compile.h"
#include "lab/run_request.h"
#include "market/instrument.h"
#include "strategy/compile.h"
#include "strategy/document.h"

namespace cw::lab {

/// Why something cannot be run. `faults`: all that is wrong with the document, where it is that; `error` is then the first.
struct Refusal {
  Error error;
  strategy::Faults faults{};
};

template <class T>
using Prepared = std::expected<T, Refusal>;

/// The strategy on one instrument of a run.
struct PreparedPart {
  market::Instrument instrument;
  trading::InstrumentRules rules;
  std::unique_ptr<expr::Graph> graph;  // of the program's nodes
  strategy::Program program;
};

/// A run of which everything is known but the bars.
struct PreparedRun {
  RunRequest request;
  strategy::Document document;
  market::Timeframe timeframe{};
  backtest::RunSettings settings;   // of the first instrument
  std::vector<PreparedPart> parts;  // at least one, in the order of the request

  /// The first instrument's, and the only one's of a run over one.
  const PreparedPart& first() const { return parts.front(); }
  std::vector<market::InstrumentId> instruments() const;

  /// What reports tell of it.
  backtest::RunFacts facts() const;
  /// The symbol of each part. They stand in this.
  std::vector<std::string_view> names() const;
};

/// Whether instruments may share an account: one currency (dollars and their stablecoins are one), and no prices of the practice
/// market or a replay beside those of another market.
/// Errors  bad_parameter, field `symbol`
Result<void> check_shared_account(std::span<const market::Instrument> instruments);

/// The document of a text. Refusals: its faults
Prepared<strategy::Document> read_document(std::string_view text);

/// The account and the rules of fills that a request asks for, over so many instruments. RunSettings::instrument is the caller's.
/// Errors  bad_parameter with the field as docs/openapi.yaml names it: `capital`, `commission`, …
Result<backtest::RunSettings> settings_of(const RunRequest& request, std::size_t instruments);

/// Checks all that can be known before bars are read. `instruments`: at least one. `language`: what the strategy's
/// expressions may name; its symbol is each instrument's.
/// Refusals: bad_parameter, field `to`: an end before its begin; those of settings_of; faults of the document with these inputs
Prepared<PreparedRun> prepare(RunRequest request, strategy::Document document,
                              std::span<const market::Instrument> instruments, expr::CompileOptions language);

}  // namespace cw::lab
