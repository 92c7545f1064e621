#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "strategy/document.h"
#include "strategy/fault.h"

// Strategies as docs/openapi.yaml shows them.
namespace cw::api {

/// Where a document is kept.
struct StrategyPlace {
  bool built_in = false;
  std::optional<std::int64_t> version{};
  std::optional<Timestamp> updated_at{};
};

/// The members of StrategyItem, without braces.
void append_strategy_item(std::string& out, const strategy::Document& document, const StrategyPlace& place);

/// A list of StrategyFault.
std::string faults_json(const strategy::Faults& faults);

}  // namespace cw::api
