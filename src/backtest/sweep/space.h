#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "strategy/document.h"
#include "strategy/inputs.h"

namespace cw::backtest {

/// One input of a strategy and the values that a sweep tries for it.
struct Axis {
  std::string name;  // the input's
  strategy::InputKind kind{};
  std::vector<strategy::InputValue> values;  // each once, as the input takes them; numbers rise

  /// Whether values beside each other are alike: numbers are, words and switches are not.
  bool is_ordered() const { return kind == strategy::InputKind::Int || kind == strategy::InputKind::Float; }
};

inline constexpr std::size_t kAxesMost = 8;
inline constexpr std::size_t kAxisValuesMost = 10'000;
inline constexpr std::uint64_t kSpaceCellsMost = 1'000'000'000'000;  // that a search may choose among

/// Reads what an axis tries: `5:50:5` (both ends are tried where the steps reach them; without a step that of the
/// input, of a whole number 1) or `5,8,13`. Decimals are exact: 0.1:0.5:0.1 tries 0.3, not its neighbour.
///
/// Errors  Errc::bad_parameter, field `grid.<name>`: no such input, a text of another form, a step that is not above
///         zero, an end under the start, over kAxisValuesMost values, a value that the input does not take or that
///         comes twice
Result<Axis> parse_axis(const strategy::Document& document, std::string_view name, std::string_view text);

/// The same of one text, `fast=5:50:5`. Errors: also, field `grid`, where there is no `=`
Result<Axis> parse_axis(const strategy::Document& document, std::string_view name_and_text);

/// An axis of single values. Errors: as above
Result<Axis> make_axis(const strategy::Document& document, std::string_view name,
                       const std::vector<strategy::InputValue>& values);

/// The values of an axis as parse_axis reads them again: `5,10,15`.
std::string axis_text(const Axis& axis);

/// A value as a person writes it.
std::string axis_value_text(const Axis& axis, std::size_t place);

/// All combinations of the values of some axes: cells, numbered so that the last axis runs fastest.
class Space {
 public:
  /// Errors  Errc::bad_parameter, field `grid`: no axis, over kAxesMost, the same name twice; Errc::limit_exceeded,
  ///         likewise: over kSpaceCellsMost cells
  static Result<Space> make(std::vector<Axis> axes);

  const std::vector<Axis>& axes() const { return axes_; }
  std::uint64_t cells() const { return cells_; }

  /// Places among the values of each axis, and back. `cell` is under cells(), places are under their axis's size.
  std::vector<std::size_t> places(std::uint64_t cell) const;
  std::uint64_t cell_at(const std::vector<std::size_t>& places) const;

  /// What a cell sets.
  strategy::GivenInputs inputs(std::uint64_t cell) const;

  /// The cells one step away on one ordered axis, in the order of the axes, the lower one first.
  std::vector<std::uint64_t> neighbours(std::uint64_t cell) const;

  /// The axis of this name, if there is one.
  std::optional<std::size_t> find(std::string_view name) const;

 private:
  explicit Space(std::vector<Axis> axes, std::uint64_t cells) : axes_(std::move(axes)), cells_(cells) {}

  std::vector<Axis> axes_;
  std::uint64_t cells_;
};

/// All cells of a space in a mixed order that the seed decides: cell_of(k) for k = 0, 1, … gives each cell once. So a
/// random search never repeats itself, keeps no list, and may be entered anywhere.
///
/// Cost    O(1) a cell, on average under four rounds of mixing
/// Source  M. Luby, C. Rackoff, How to Construct Pseudorandom Permutations, 1988 (a Feistel network); J. Black, P.
///         Rogaway, Ciphers with Arbitrary Finite Domains, 2002 (walking on until the answer is in range)
class CellOrder {
 public:
  CellOrder(std::uint64_t cells, std::uint64_t seed);
  std::uint64_t cell_of(std::uint64_t k) const;

 private:
  std::uint64_t mixed(std::uint64_t k) const;

  std::uint64_t cells_;
  std::uint64_t seed_;
  unsigned half_bits_ = 1;
};

}  // namespace cw::backtest
