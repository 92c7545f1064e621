#include "signals/track_record_json.h"

#include <cmath>

#include <fmt/format.h>

#include "base/json_text.h"

namespace cw::signals {
namespace {

/// Puts an object together, commas where they belong.
class Json {
 public:
  void number(const char* name, const std::optional<double>& value) {
    key(name);
    append_json_number(text_, value.value_or(std::nan("")));
  }
  void whole(const char* name, std::uint64_t value) {
    key(name);
    text_ += fmt::to_string(value);
  }
  void text(const char* name, std::string_view value) {
    key(name);
    append_json_string(text_, value);
  }
  void open(const char* name = nullptr, char bracket = '{') {
    if (name != nullptr) {
      key(name);
    } else {
      comma();
    }
    text_ += bracket;
  }
  void close(char bracket = '}') { text_ += bracket; }
  void item(double value) {
    comma();
    append_json_number(text_, value);
  }
  std::string& out() { return text_; }

 private:
  void comma() {
    if (!text_.empty() && text_.back() != '{' && text_.back() != '[') text_ += ',';
  }
  void key(const char* name) {
    comma();
    text_ += fmt::format("\"{}\":", name);
  }
  std::string text_;
};

void append_worth(Json& json, const char* name, const Worth& worth) {
  json.open(name);
  json.whole("n", worth.n);
  json.number("hit_rate", worth.hit_rate);
  json.number("mean_return", worth.mean_return);
  json.close();
}

void append_band(Json& json, std::string_view name, const BandRecord& band) {
  json.open(std::string{name}.c_str());
  json.whole("n", band.n);
  json.number("independent", band.independent);
  json.number("hit_rate", band.hit_rate);
  if (band.interval) {
    json.open("interval", '[');
    for (const double end : *band.interval) json.item(end);
    json.close(']');
  } else {
    json.number("interval", {});
  }
  json.number("mean_return", band.mean_return);
  json.number("median_return", band.median_return);
  json.number("brier", band.brier);
  json.number("brier_base", band.brier_base);
  json.number("ece", band.ece);
  json.whole("told", band.told);
  json.open("baselines");
  append_worth(json, "always_long", band.always_long);
  append_worth(json, "tradingview", band.tradingview);
  append_worth(json, "coin", band.coin);
  json.close();
  json.text("verdict", verdict(name, band));
  json.close();
}

}  // namespace

std::string record_json(const RecordOf& of, const TrackRecord& record) {
  const auto time = [&](Timestamp at) {
    return record.signals > 0 ? std::optional{static_cast<double>(to_ms(at))} : std::nullopt;
  };
  Json json;
  json.open();
  json.text("symbol", of.instrument.symbol);
  json.text("venue", of.instrument.venue);
  json.text("timeframe", market::name(of.timeframe));
  json.text("horizon", name(of.horizon));
  json.number("round_trip_cost", of.round_trip_cost);
  json.text("components", of.components);
  json.whole("signals", record.signals);
  json.number("first", time(record.first));
  json.number("last", time(record.last));
  json.open("bands");
  for (const auto direction : kDirections)
    append_band(json, name(direction), record.bands[static_cast<std::size_t>(direction)]);
  json.close();
  append_band(json, "all", record.all);
  json.open("reliability", '[');
  for (const auto& bin : record.reliability) {
    json.open();
    json.number("from", bin.from);
    json.number("to", bin.to);
    json.whole("n", bin.n);
    json.number("told", bin.told);
    json.number("paid", bin.paid);
    json.close();
  }
  json.close(']');
  json.close();
  return std::move(json.out());
}

}  // namespace cw::signals
