#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "expr/plan.h"
#include "market/timeframe.h"
#include "signals/component_document.h"

namespace cw::signals {

/// Where a component's answers are among the outputs of the plan.
struct ComponentColumns {
  std::size_t value = 0;
  std::size_t vote = 0;
  std::vector<std::size_t> numbers{};  // as Component::numbers
};

/// A document compiled for one timeframe. Every symbol's plan is a copy of `plan`, which has seen no bar.
struct ComponentPlan {
  std::shared_ptr<const ComponentDocument> document;
  market::Timeframe timeframe{};
  expr::Plan plan;
  std::vector<ComponentColumns> components;  // as ComponentDocument::components
  std::vector<std::size_t> patterns;         // as ComponentDocument::patterns; 1 where there is one
  std::size_t adx = 0;
  std::size_t efficiency = 0;
  std::size_t trend = 0;
  std::size_t rating = 0;  // TradingView's
  int lookback = 0;        // bars before the first score

  std::size_t outputs() const { return plan.outputs(); }
};

/// Errors  Errc::bad_expression with the place in the document: "components[3] 'RSI': vote: 1:5: there is no …"
Result<ComponentPlan> compile_components(std::shared_ptr<const ComponentDocument> document,
                                         market::Timeframe timeframe);

}  // namespace cw::signals
