#include "expr/operators.h"

#include "base/require.h"
#include "expr/arithmetic.h"
#include "indicators/ring.h"

namespace cw::expr {
namespace {

template <Op op>
std::unique_ptr<Operator> map() {
  if constexpr (arity(op) == 1) {
    return std::make_unique<MapOperator<[](double a) { return evaluate(op, a); }, 1>>();
  } else if constexpr (arity(op) == 2) {
    return std::make_unique<MapOperator<[](double a, double b) { return evaluate(op, a, b); }, 2>>();
  } else {
    return std::make_unique<MapOperator<[](double a, double b, double c) { return evaluate(op, a, b, c); }, 3>>();
  }
}

/// NaN is a value here: history shows what was.
class Delay {
 public:
  Delay(int bars, double before) : bars_(bars), missing_(bars), before_(before), past_(bars) {}
  double step(double x) {
    const double old = past_.push(x);
    if (missing_ == 0) [[likely]]
      return old;
    --missing_;
    return before_;
  }
  int lookback() const { return bars_; }

 private:
  int bars_;
  int missing_;
  double before_;
  indicators::Ring past_;
};

}  // namespace

std::unique_ptr<Operator> make_arithmetic(Op op) {
  switch (op) {
    case Op::Negate: return map<Op::Negate>();
    case Op::Not: return map<Op::Not>();
    case Op::Add: return map<Op::Add>();
    case Op::Subtract: return map<Op::Subtract>();
    case Op::Multiply: return map<Op::Multiply>();
    case Op::Divide: return map<Op::Divide>();
    case Op::Modulo: return map<Op::Modulo>();
    case Op::Less: return map<Op::Less>();
    case Op::LessEqual: return map<Op::LessEqual>();
    case Op::Greater: return map<Op::Greater>();
    case Op::GreaterEqual: return map<Op::GreaterEqual>();
    case Op::Equal: return map<Op::Equal>();
    case Op::NotEqual: return map<Op::NotEqual>();
    case Op::And: return map<Op::And>();
    case Op::Or: return map<Op::Or>();
    case Op::Select: return map<Op::Select>();
    case Op::Constant:
    case Op::Bar:
    case Op::History:
    case Op::Call:
    case Op::Output:
    case Op::Security:
    case Op::Named: break;
  }
  const bool has_no_state = false;
  CW_REQUIRE(has_no_state);
  return nullptr;
}

std::unique_ptr<Operator> make_history(int bars, double before) {
  CW_REQUIRE(bars >= 1);
  return std::make_unique<KernelOperator<Delay>>(Delay{bars, before});
}

}  // namespace cw::expr
