#pragma once

#include <expected>
#include <memory>

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

/// A run of which everything is known but the bars.
struct PreparedRun {
  RunRequest request;
  strategy::Document document;
  market::Instrument instrument;
  market::Timeframe timeframe{};
  std::unique_ptr<expr::Graph> graph;  // of the program's nodes
  strategy::Program program;
  backtest::RunSettings settings;

  /// What reports tell of it.
  backtest::RunFacts facts() const;
};

/// The document of a text. Refusals: its faults
Prepared<strategy::Document> read_document(std::string_view text);

/// The account and the rules of fills that a request asks for.
/// Errors  bad_parameter with the field as docs/openapi.yaml names it: `capital`, `commission`, …
Result<backtest::RunSettings> settings_of(const RunRequest& request, const market::Instrument& instrument);

/// Checks all that can be known before bars are read. `language`: what the strategy's expressions may name; its symbol is the
/// instrument's.
/// Refusals: bad_parameter, field `to`: an end before its begin; those of settings_of; faults of the document with these inputs; unsupported where it looks at another symbol
Prepared<PreparedRun> prepare(RunRequest request, strategy::Document document, const market::Instrument& instrument,
                              expr::CompileOptions language);

}  // namespace cw::lab
