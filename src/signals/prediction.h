#pragma once

#include <optional>
#include <string>
#include <string_view>

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

/// What became of the question for a prediction. Only a `used` one is in a score.
enum class ForecastStatus : unsigned char {
  no_model,     // nobody to ask
  no_forecast,  // the model has none of this symbol and horizon, or one that makes no sense
  stale,        // its newest one has seen nothing for too long
  used
};
std::string_view name(ForecastStatus status);

/// The answer to the question. There is a prediction where it is used or stale.
struct Forecast {
  ForecastStatus status = ForecastStatus::no_model;
  std::optional<Prediction> prediction{};

  const std::optional<Prediction>& used() const;
};

/// A prediction that has seen nothing for longer than this, a quarter of its horizon, is stale: 15 minutes of 1h, an hour of
/// 4h, six hours of 1d.
Millis stale_after(Horizon horizon);

/// Asks `source`, which may be null. A prediction that is of another horizon, that has seen what comes after `now`, or whose
/// probability is none, is taken for none.
Forecast ask(PredictionSource* source, const market::InstrumentId& instrument, Horizon horizon, Timestamp now);

}  // namespace cw::signals
