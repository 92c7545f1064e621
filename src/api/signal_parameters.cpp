#include "api/signal_parameters.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace cw::api {
namespace {

Error with_field(Error error, const char* field) {
  error.field = field;
  return error;
}

}  // namespace

Result<std::vector<std::size_t>> read_places(const Call& call) {
  std::vector<std::size_t> places;
  const std::string* const given = call.query_value("timeframes");
  if (given == nullptr) {
    for (std::size_t place = 0; place < signals::kTimeframes; ++place) places.push_back(place);
    return places;
  }
  std::string_view rest = *given;
  for (;;) {
    const auto comma = rest.find(',');
    const auto timeframe = signals::parse_signal_timeframe(rest.substr(0, comma));
    if (!timeframe) return std::unexpected(with_field(timeframe.error(), "timeframes"));
    places.push_back(*signals::place_of(*timeframe));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

Result<signals::Horizon> read_horizon(const Call& call, signals::Horizon fallback) {
  const std::string* const given = call.query_value("horizon");
  if (given == nullptr) return fallback;
  return signals::parse_horizon(*given);
}

Result<market::Timeframe> read_signal_timeframe(const Call& call) {
  const std::string* const given = call.query_value("timeframe");
  if (given == nullptr) return market::Timeframe::h1;
  return signals::parse_signal_timeframe(*given);
}

}  // namespace cw::api
