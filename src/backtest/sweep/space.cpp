#include "backtest/sweep/space.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "base/decimal.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/printable.h"
#include "base/random.h"
#include "base/require.h"

namespace cw::backtest {
namespace {

using strategy::Input;
using strategy::InputKind;
using strategy::InputValue;

std::unexpected<Error> refuse(std::string_view name, std::string_view why, std::vector<std::string> suggestions = {},
                              Errc code = Errc::bad_parameter) {
  const std::string field = name.empty() ? "grid" : fmt::format("grid.{}", printable(name));
  return std::unexpected(Error{code, fmt::format("{}: {}", field, why), std::move(suggestions), field});
}

Result<const Input*> input_of(const strategy::Document& document, std::string_view name) {
  std::vector<std::string> names;
  for (const Input& input : document.inputs) {
    if (input.name == name) return &input;
    names.push_back(input.name);
  }
  const std::string known = names.empty() ? "it has none" : fmt::format("it has {}", fmt::join(names, ", "));
  return refuse(name, fmt::format("the strategy has no such input: {}", known), nearest_names(name, names));
}

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(mark);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

/// The step where none is given: what the input's form goes by, else 1 of whole numbers.
std::optional<std::int64_t> usual_step(const Input& input) {
  if (input.step) return nearest_steps(*input.step);
  return input.kind == InputKind::Int ? std::optional{kStepsPerOne} : std::nullopt;
}

Result<std::vector<InputValue>> range_of(const Input& input, std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() > 3) return refuse(input.name, fmt::format("'{}' is not from:to:step", printable(text)));
  if (input.kind != InputKind::Int && input.kind != InputKind::Float)
    return refuse(input.name, fmt::format("a {} has no range: list its values, as a,b,c", strategy::name(input.kind)));
  std::vector<std::int64_t> steps;
  for (const auto part : parts) {
    const auto number = parse_steps(part);
    if (!number) return refuse(input.name, fmt::format("'{}' of from:to:step is not a number", printable(part)));
    steps.push_back(*number);
  }
  if (steps.size() == 2) {
    const auto step = usual_step(input);
    if (!step) return refuse(input.name, "says no step: give from:to:step");
    steps.push_back(*step);
  }
  const Int128 from = steps[0];
  const Int128 to = steps[1];
  if (steps[2] <= 0) return refuse(input.name, fmt::format("the step {} is not above zero", printable(parts[2])));
  if (to < from)
    return refuse(input.name,
                  fmt::format("ends at {}, before its start at {}", printable(parts[1]), printable(parts[0])));
  const Int128 count = (to - from) / steps[2] + 1;
  if (count > static_cast<Int128>(kAxisValuesMost))
    return refuse(input.name, fmt::format("these are over {} values", kAxisValuesMost));
  std::vector<InputValue> values;
  for (Int128 k = 0; k < count; ++k) values.emplace_back(steps_value(static_cast<std::int64_t>(from + k * steps[2])));
  return values;
}

}  // namespace

Result<Axis> make_axis(const strategy::Document& document, std::string_view name,
                       const std::vector<InputValue>& values) {
  const auto input = input_of(document, name);
  if (!input) return pass_on(input);
  if (values.empty()) return refuse(name, "there is no value to try");
  if (values.size() > kAxisValuesMost) return refuse(name, fmt::format("these are over {} values", kAxisValuesMost));
  Axis axis{(*input)->name, (*input)->kind, {}};
  for (const InputValue& given : values) {
    auto value = strategy::check_value(**input, given);
    if (!value) return refuse(name, value.error().message, value.error().suggestions);
    axis.values.push_back(std::move(*value));
  }
  // Words keep the order that they were given in.
  if (axis.is_ordered()) std::ranges::sort(axis.values);
  auto sorted = axis.values;
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end())
    return refuse(name, fmt::format("{} comes twice", printable(strategy::value_text(**input, *twice))));
  return axis;
}

Result<Axis> parse_axis(const strategy::Document& document, std::string_view name, std::string_view text) {
  const auto input = input_of(document, name);
  if (!input) return pass_on(input);
  if (text.contains(':')) {
    const auto values = range_of(**input, text);
    if (!values) return pass_on(values);
    return make_axis(document, name, *values);
  }
  std::vector<InputValue> values;
  for (const auto part : split(text, ',')) {
    if (part.empty()) return refuse(name, fmt::format("'{}' is neither from:to:step nor a,b,c", printable(text)));
    values.emplace_back(std::string{part});
    if (values.size() > kAxisValuesMost) break;
  }
  return make_axis(document, name, values);
}

Result<Axis> parse_axis(const strategy::Document& document, std::string_view name_and_text) {
  const auto equals = name_and_text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return refuse({}, fmt::format("takes NAME=FROM:TO:STEP or NAME=A,B,C, not '{}'", printable(name_and_text)));
  return parse_axis(document, name_and_text.substr(0, equals), name_and_text.substr(equals + 1));
}

std::string axis_value_text(const Axis& axis, std::size_t place) {
  return strategy::value_text({.name = axis.name, .kind = axis.kind}, axis.values[place]);
}

std::string axis_text(const Axis& axis) {
  std::string text;
  for (std::size_t i = 0; i < axis.values.size(); ++i) text += (i == 0 ? "" : ",") + axis_value_text(axis, i);
  return text;
}

Result<Space> Space::make(std::vector<Axis> axes) {
  if (axes.empty()) return refuse({}, "there is nothing to try: name at least one input");
  if (axes.size() > kAxesMost)
    return refuse({}, fmt::format("{} inputs are over the limit of {}", axes.size(), kAxesMost));
  std::uint64_t cells = 1;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    CW_REQUIRE(!axes[i].values.empty());
    for (std::size_t k = 0; k < i; ++k) {
      if (axes[k].name == axes[i].name) return refuse(axes[i].name, "the same input twice");
    }
    if (axes[i].values.size() > kSpaceCellsMost / cells)
      return refuse({}, fmt::format("the combinations are over the limit of {}", kSpaceCellsMost), {},
                    Errc::limit_exceeded);
    cells *= axes[i].values.size();
  }
  return Space(std::move(axes), cells);
}

std::vector<std::size_t> Space::places(std::uint64_t cell) const {
  CW_REQUIRE(cell < cells_);
  std::vector<std::size_t> places(axes_.size());
  for (std::size_t i = axes_.size(); i-- > 0;) {
    places[i] = static_cast<std::size_t>(cell % axes_[i].values.size());
    cell /= axes_[i].values.size();
  }
  return places;
}

std::uint64_t Space::cell_at(const std::vector<std::size_t>& places) const {
  CW_REQUIRE(places.size() == axes_.size());
  std::uint64_t cell = 0;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    CW_REQUIRE(places[i] < axes_[i].values.size());
    cell = cell * axes_[i].values.size() + places[i];
  }
  return cell;
}

strategy::GivenInputs Space::inputs(std::uint64_t cell) const {
  const auto at = places(cell);
  strategy::GivenInputs given;
  for (std::size_t i = 0; i < axes_.size(); ++i) given[axes_[i].name] = axes_[i].values[at[i]];
  return given;
}

std::vector<std::uint64_t> Space::neighbours(std::uint64_t cell) const {
  auto at = places(cell);
  std::vector<std::uint64_t> found;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    if (!axes_[i].is_ordered()) continue;
    const std::size_t here = at[i];
    if (here > 0) {
      at[i] = here - 1;
      found.push_back(cell_at(at));
    }
    if (here + 1 < axes_[i].values.size()) {
      at[i] = here + 1;
      found.push_back(cell_at(at));
    }
    at[i] = here;
  }
  return found;
}

std::optional<std::size_t> Space::find(std::string_view name) const {
  const auto at = std::ranges::find(axes_, name, &Axis::name);
  return at == axes_.end() ? std::nullopt : std::optional{static_cast<std::size_t>(at - axes_.begin())};
}

CellOrder::CellOrder(std::uint64_t cells, std::uint64_t seed) : cells_(cells), seed_(mix64(seed)) {
  CW_REQUIRE(cells >= 1 && cells <= kSpaceCellsMost);
  half_bits_ = std::max(1U, (static_cast<unsigned>(std::bit_width(cells - 1)) + 1) / 2);
}

std::uint64_t CellOrder::mixed(std::uint64_t k) const {
  constexpr std::uint64_t kRounds = 4;
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  std::uint64_t left = k >> half_bits_;
  std::uint64_t right = k & mask;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    const std::uint64_t next = left ^ (mix64(seed_ + mix64(right * kRounds + round)) & mask);
    left = right;
    right = next;
  }
  return (left << half_bits_) | right;
}

std::uint64_t CellOrder::cell_of(std::uint64_t k) const {
  CW_REQUIRE(k < cells_);
  // The network orders a power of four at least as large as the space, and under four times as large (but for tiny
  // spaces): numbers that are no cell are sent on along their cycle, which comes back to k at the latest.
  do k = mixed(k);
  while (k >= cells_);
  return k;
}

}  // namespace cw::backtest
