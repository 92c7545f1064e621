#pragma once

#include <optional>
#include <string>

#include "market/instrument.h"
#include "signals/timeframes.h"

namespace cw::signals {

/// What a model expects of an instrument.
struct Prediction {
  double probability_up = 0.5;  // 0 to 1: that the price is higher at the end of the horizon
  Horizon horizon = Horizon::h4;
  std::string model_id;
  Timestamp as_of{};  // close of the newest bar that it has seen
};

/// Where predictions come from. Without one, or where it has none, a score is technical only and says so.
class PredictionSource {
 public:
  virtual ~PredictionSource() = default;
  /// The newest prediction made at or before `now`.
  virtual std::optional<Prediction> predict(const market::InstrumentId& instrument, Horizon horizon, Timestamp now) = 0;
};

}  // namespace cw::signals
