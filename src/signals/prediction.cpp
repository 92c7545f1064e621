#include "signals/prediction.h"

#include <utility>

namespace cw::signals {

std::string_view name(ForecastStatus status) {
  switch (status) {
    case ForecastStatus::no_model: return "no_model";
    case ForecastStatus::no_forecast: return "no_forecast";
    case ForecastStatus::stale: return "stale";
    case ForecastStatus::used: return "used";
  }
  return {};
}

const std::optional<Prediction>& Forecast::used() const {
  static const std::optional<Prediction> kNone;
  return status == ForecastStatus::used ? prediction : kNone;
}

Millis stale_after(Horizon horizon) { return duration(horizon) / 4; }

Forecast ask(PredictionSource* source, const market::InstrumentId& instrument, Horizon horizon, Timestamp now) {
  if (source == nullptr) return {};
  auto prediction = source->predict(instrument, horizon, now);
  const bool is_sound = prediction && prediction->horizon == horizon && prediction->as_of <= now &&
                        prediction->probability_up >= 0 && prediction->probability_up <= 1;
  if (!is_sound) return {ForecastStatus::no_forecast, {}};
  const bool is_stale = now - prediction->as_of > stale_after(horizon);
  return {is_stale ? ForecastStatus::stale : ForecastStatus::used, std::move(prediction)};
}

}  // namespace cw::signals
