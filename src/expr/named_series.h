#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "expr/operator.h"
#include "market/timeframe.h"

namespace cw::expr {

/// What one use of a series from outside is about.
struct NamedRequest {
  std::string_view name;               // "signal.score"
  std::span<const double> numbers;     // the settings, as Node has them
  std::span<const std::string> texts;  // of signal.*: the timeframe whose signals are asked for, "1h"
  market::Timeframe timeframe{};       // of the bars that the node runs over
};

/// Series that the language names but does not compute: `ai.*`, `signal.*`. Who has them gives them to a plan.
class NamedSeries {
 public:
  virtual ~NamedSeries() = default;
  /// Whether there is such a series.
  virtual bool has(std::string_view name) const = 0;
  /// Whether such a use means something, asked when a text is compiled: what is wrong is told at the call's place.
  virtual Result<void> check(const NamedRequest& /*request*/) const { return {}; }
  /// The operator of one: a single input, the bar's open time (ms), a single output, as known when that bar has closed.
  /// Errors  Errc::unsupported naming the series
  virtual Result<std::unique_ptr<Operator>> make(const NamedRequest& request) = 0;
  /// Bars that close after this moment are not to be run yet: what has happened since is not in what `make` gives. None: it
  /// has no such end.
  virtual std::optional<Timestamp> known_until() const { return std::nullopt; }
};

}  // namespace cw::expr
