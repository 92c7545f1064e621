#include "signals/technical.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace cw::signals {
namespace {

/// As many digits as a price needs to be read: five that count, all of those before the point.
std::string price_text(double value) {
  if (!std::isfinite(value)) return "none";
  const double size = std::abs(value);
  if (size == 0) return "0";
  const int before = static_cast<int>(std::floor(std::log10(size))) + 1;
  return fmt::format("{:.{}f}", value, std::clamp(5 - before, 0, 12));
}

/// One `{name:format}` of a reason; the document's reader has checked it.
std::string shown(std::string_view format, double value) {
  if (format.empty()) return price_text(value);
  if (!std::isfinite(value)) return "none";
  const bool with_sign = format.starts_with('+');
  const int decimals = format.back() - '0';
  std::string text = with_sign ? fmt::format("{:+.{}f}", value, decimals) : fmt::format("{:.{}f}", value, decimals);
  // What rounds to nothing has no sign.
  const bool is_zero = text.find_first_of("123456789") == std::string::npos;
  if (is_zero && (text.starts_with('-') || text.starts_with('+'))) text.erase(0, 1);
  return text;
}

}  // namespace

std::string_view name(Regime regime) { return regime == Regime::trend ? "trend" : "range"; }

bool read_technical(const ComponentPlan& plan, std::span<const double> row, Technical& out) {
  const auto& document = *plan.document;
  out.regime = row[plan.trend] == 1 ? Regime::trend : Regime::range;
  out.adx = row[plan.adx];
  out.efficiency = row[plan.efficiency];
  out.tradingview = row[plan.rating];
  out.votes.resize(plan.components.size());

  std::array<double, kFamiliesMost> within{};  // weight of a family's components that vote
  for (std::size_t i = 0; i < plan.components.size(); ++i) {
    const auto& columns = plan.components[i];
    const double vote = row[columns.vote];
    out.votes[i] = {row[columns.value], std::isnan(vote) ? vote : std::clamp(vote, -1.0, 1.0), 0, 0};
    if (!std::isnan(vote)) within[document.components[i].family] += document.components[i].weight;
  }
  double all = 0;
  std::array<double, kFamiliesMost> of_family{};
  for (std::size_t f = 0; f < document.families.size(); ++f) {
    if (within[f] == 0) continue;
    of_family[f] = out.regime == Regime::trend ? document.families[f].trend : document.families[f].range;
    all += of_family[f];
  }
  if (!(all > 0)) return false;
  out.rating = 0;
  for (std::size_t i = 0; i < out.votes.size(); ++i) {
    auto& vote = out.votes[i];
    if (std::isnan(vote.vote)) continue;
    const auto& component = document.components[i];
    vote.weight = of_family[component.family] / all * (component.weight / within[component.family]);
    vote.contribution = 50 * (vote.weight * vote.vote);
    out.rating += vote.weight * vote.vote;
  }
  return true;
}

std::string reason_text(const ComponentPlan& plan, std::size_t component, const Vote& vote,
                        std::span<const double> row) {
  const auto& rule = plan.document->components[component];
  const auto& text = vote.vote > 0 ? rule.reason.up : vote.vote < 0 ? rule.reason.down : rule.reason.flat;
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = text.find('{', at);
    out += text.substr(at, open - at);
    if (open == std::string::npos) break;
    const std::size_t close = text.find('}', open);
    const std::string_view inside = std::string_view{text}.substr(open + 1, close - open - 1);
    const std::size_t colon = std::min(inside.find(':'), inside.size());
    const std::string_view named = inside.substr(0, colon);
    const auto number = std::ranges::find(rule.numbers, named, &NamedText::name);
    double value = named == "vote" ? vote.vote : vote.value;
    if (number != rule.numbers.end())
      value = row[plan.components[component].numbers[static_cast<std::size_t>(number - rule.numbers.begin())]];
    out += shown(inside.substr(std::min(colon + 1, inside.size())), value);
    at = close + 1;
  }
  return out;
}

std::vector<std::string> patterns_of(const ComponentPlan& plan, std::span<const double> row) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < plan.patterns.size(); ++i) {
    if (row[plan.patterns[i]] == 1) names.push_back(plan.document->patterns[i].name);
  }
  return names;
}

}  // namespace cw::signals
