#include "signals/prediction.h"

#include <cmath>

#include <gtest/gtest.h>

namespace cw::signals {
namespace {

const market::InstrumentId kBtc{"binance", "BTCUSDT"};
constexpr Timestamp kNow = from_ms(1'700'000'000'000);

struct Says final : PredictionSource {
  std::optional<Prediction> predict(const market::InstrumentId&, Horizon horizon, Timestamp) override {
    asked = horizon;
    return prediction;
  }
  std::optional<Prediction> prediction;
  std::optional<Horizon> asked;
};

ForecastStatus status_of(const Prediction& prediction, Horizon horizon = Horizon::h4) {
  Says says;
  says.prediction = prediction;
  const auto forecast = ask(&says, kBtc, horizon, kNow);
  EXPECT_EQ(says.asked, horizon);
  EXPECT_EQ(forecast.used().has_value(), forecast.status == ForecastStatus::used);
  return forecast.status;
}

TEST(Forecast, IsOfNobodyWhereThereIsNoModel) {
  const auto forecast = ask(nullptr, kBtc, Horizon::h4, kNow);
  EXPECT_EQ(forecast.status, ForecastStatus::no_model);
  EXPECT_FALSE(forecast.used());
  Says silent;
  EXPECT_EQ(ask(&silent, kBtc, Horizon::h4, kNow).status, ForecastStatus::no_forecast);
}

TEST(Forecast, AgesWithAQuarterOfItsHorizon) {
  for (const auto horizon : kHorizons) {
    const Millis most = duration(horizon) / 4;
    EXPECT_EQ(status_of({0.6, horizon, "m", kNow}, horizon), ForecastStatus::used);
    EXPECT_EQ(status_of({0.6, horizon, "m", kNow - most}, horizon), ForecastStatus::used);
    EXPECT_EQ(status_of({0.6, horizon, "m", kNow - most - Millis{1}}, horizon), ForecastStatus::stale);
  }
}

TEST(Forecast, ThatMakesNoSenseIsNone) {
  EXPECT_EQ(status_of({0, Horizon::h4, "m", kNow}), ForecastStatus::used);
  EXPECT_EQ(status_of({1, Horizon::h4, "m", kNow}), ForecastStatus::used);
  EXPECT_EQ(status_of({1.01, Horizon::h4, "m", kNow}), ForecastStatus::no_forecast);
  EXPECT_EQ(status_of({-0.01, Horizon::h4, "m", kNow}), ForecastStatus::no_forecast);
  EXPECT_EQ(status_of({std::nan(""), Horizon::h4, "m", kNow}), ForecastStatus::no_forecast);
  EXPECT_EQ(status_of({0.6, Horizon::h1, "m", kNow}), ForecastStatus::no_forecast) << "of another horizon";
  EXPECT_EQ(status_of({0.6, Horizon::h4, "m", kNow + Millis{1}}), ForecastStatus::no_forecast) << "it saw the future";
}

}  // namespace
}  // namespace cw::signals
