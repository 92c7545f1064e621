#include "trading/slippage.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/number.h"
#include "base/printable.h"

namespace cw::trading {
namespace {

struct Kind {
  SlippageKind kind;
  std::string_view name;
  double most;
};

constexpr std::array kKinds{Kind{SlippageKind::none, "none", 0}, Kind{SlippageKind::fixed_bps, "fixed_bps", 5'000},
                            Kind{SlippageKind::spread, "spread", 5'000},
                            Kind{SlippageKind::volatility, "volatility", 10},
                            Kind{SlippageKind::volume_share, "volume_share", 10}};

constexpr double kMeanRangeOfSigma = 1.5957691216057308;  // sqrt(8 / pi)

std::unexpected<Error> wrong(std::string_view text, std::string_view why, std::vector<std::string> nearest = {}) {
  auto message = fmt::format("slippage: '{}' {}{}", printable(text, 60), why, did_you_mean(nearest));
  return std::unexpected(Error{Errc::bad_parameter, std::move(message), std::move(nearest), "slippage"});
}

}  // namespace

std::string_view name(SlippageKind kind) { return kKinds[static_cast<std::size_t>(kind)].name; }

double volume_share(double quantity, double volume) { return volume > 0 ? quantity / volume : 1; }

double slippage_of(const Slippage& slippage, const SlippageInput& input) {
  switch (slippage.kind) {
    case SlippageKind::none: return 0;
    case SlippageKind::fixed_bps: return input.price * slippage.value / 10'000;
    case SlippageKind::spread: return input.price * slippage.value / 20'000;
    case SlippageKind::volatility: return slippage.value * input.mean_range;
    case SlippageKind::volume_share:
      return slippage.value * input.mean_range / kMeanRangeOfSigma *
             std::sqrt(volume_share(input.quantity, input.volume));
  }
  return 0;
}

Result<Slippage> parse_slippage(std::string_view text) {
  const auto colon = text.find(':');
  const auto kind = std::ranges::find(kKinds, text.substr(0, colon), &Kind::name);
  if (kind == kKinds.end()) {
    std::vector<std::string> names;
    for (const auto& one : kKinds) names.emplace_back(one.name);
    return wrong(text, "is none of none, fixed_bps:N, spread:N, volatility:N, volume_share:N",
                 nearest_names(text.substr(0, colon), names));
  }
  Slippage made{kind->kind, kind->kind == SlippageKind::volume_share ? 1.0 : 0.0};
  if (colon == text.npos) {
    if (kind->kind == SlippageKind::none || kind->kind == SlippageKind::volume_share) return made;
    return wrong(text, fmt::format("says no size, as {}:{}", kind->name, kind->most == 10 ? "0.1" : "5"));
  }
  const auto value = parse_double(text.substr(colon + 1));
  if (!value || kind->kind == SlippageKind::none) return wrong(text, "is no slippage");
  if (*value < 0 || *value > kind->most) return wrong(text, fmt::format("is absurd: 0 to {}", kind->most));
  made.value = *value;
  return made;
}

std::string text_of(const Slippage& slippage) {
  if (slippage.kind == SlippageKind::none) return "none";
  return fmt::format("{}:{}", name(slippage.kind), format_double(slippage.value));
}

void MeanRange::add(double high, double low, double close) {
  const double range = bars_ == 0 ? high - low : std::fmax(high, close_) - std::fmin(low, close_);
  bars_ = std::min(bars_ + 1, kLength);
  mean_ += (range - mean_) / bars_;
  close_ = close;
}

}  // namespace cw::trading
