#pragma once

#include <string>
#include <vector>

#include "strategy/compile.h"
#include "strategy/reading.h"

namespace cw::strategy {

/// A value that the rules want at each bar.
struct Wanted {
  std::string field{};
  std::string expr{};
  bool is_condition = false;
  bool is_known = false;  // of the inputs alone: a line of `require`
};

/// Reads a document's rules with its inputs bound: the numbers, and which values are wanted for them. Columns of the rules
/// are places in `wanted`.
class RuleReader {
 public:
  RuleReader(const Document& document, const BoundInputs& inputs, market::Timeframe timeframe)
      : document_(document), inputs_(inputs), timeframe_(timeframe) {}

  /// Fills in the program's rules; faults are those of numbers.
  void read(Program& program);

  const std::vector<Wanted>& wanted() const { return wanted_; }
  Faults& faults() { return faults_; }

 private:
  std::size_t want(std::string field, std::string expr, bool is_condition = false);
  double number(const Amount& amount, const Range& range, const std::string& field);
  DistanceRule distance(const Distance& distance, const std::string& field, bool is_target);
  std::vector<TargetRule> targets(const Side& side, const std::string& field);
  SideRules side(const Side& side, const std::string& field);
  SizingRules sizing();
  void refuse(const std::string& field, std::string message, std::vector<std::string> suggestions = {});

  const Document& document_;
  const BoundInputs& inputs_;
  market::Timeframe timeframe_;
  std::vector<Wanted> wanted_;
  Faults faults_;
};

}  // namespace cw::strategy
