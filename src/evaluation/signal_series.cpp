#include "evaluation/signal_series.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "signals/score.h"

namespace cw::evaluation {
namespace {

/// Goes through the signals of one timeframe as the bars go on.
class SignalOperator final : public expr::Operator {
 public:
  struct Of {
    std::size_t place = 0;    // of the signals
    bool is_own = false;      // they are of the bars' own timeframe
    std::int64_t bar_ms = 0;  // length of the bars
    bool is_direction = false;
  };
  SignalOperator(const Of& of, std::deque<std::shared_ptr<const SignalColumn::Block>> blocks,
                 std::shared_ptr<const SignalFeed> feed)
      : of_(of), blocks_(std::move(blocks)), feed_(std::move(feed)) {}

  void run(const double* const* in, double* const* out, std::size_t rows) override {
    for (std::size_t row = 0; row < rows; ++row) {
      const auto opens = static_cast<std::int64_t>(in[0][row]);
      while (const ToldSignal* const next = upcoming()) {
        if (next->emitted_at_ms > opens + of_.bar_ms && !(of_.is_own && next->bar_time_ms <= opens)) break;
        take(*next);
      }
      out[0][row] = value_;
    }
  }
  std::unique_ptr<Operator> clone() const override { return std::make_unique<SignalOperator>(*this); }
  std::size_t inputs() const override { return 1; }
  std::size_t outputs() const override { return 1; }
  int lookback() const override { return 0; }

 private:
  const ToldSignal* upcoming() const {
    if (!blocks_.empty()) return &(*blocks_.front())[at_];
    return feed_ ? feed_->after(of_.place, bar_time_ms_) : nullptr;
  }
  void take(const ToldSignal& signal) {
    bar_time_ms_ = signal.bar_time_ms;
    const int steps = static_cast<int>(signals::direction_of(signal.score)) - 2;  // neutral is the middle of five
    value_ = of_.is_direction ? steps : signal.score;
    if (blocks_.empty() || ++at_ < blocks_.front()->size()) return;
    blocks_.pop_front();  // a plan that lives on does not hold what lies behind it
    at_ = 0;
  }

  Of of_;
  std::deque<std::shared_ptr<const SignalColumn::Block>> blocks_;  // those not gone through yet, none of them empty
  std::size_t at_ = 0;                                             // in the first of them
  std::shared_ptr<const SignalFeed> feed_;
  std::int64_t bar_time_ms_ = std::numeric_limits<std::int64_t>::min();  // of the newest taken
  double value_ = indicators::kNaN;
};

bool is_signal(std::string_view name) { return name == "signal.score" || name == "signal.direction"; }

Result<SignalOperator::Of> of_request(const expr::NamedRequest& request) {
  if (!is_signal(request.name)) return fail(Errc::unsupported, fmt::format("'{}' is not available yet", request.name));
  const auto timeframe = signals::parse_signal_timeframe(request.texts[0]);
  if (!timeframe) return pass_on(timeframe);
  return SignalOperator::Of{*signals::place_of(*timeframe), *timeframe == request.timeframe,
                            market::duration(request.timeframe).count(), request.name == "signal.direction"};
}

}  // namespace

void SignalColumn::append(const ToldSignal& signal) {
  rest_.push_back(signal);
  if (rest_.size() == kBlock) full_.push_back(std::make_shared<const Block>(std::exchange(rest_, {})));
}

std::deque<std::shared_ptr<const SignalColumn::Block>> SignalColumn::blocks() const {
  std::deque<std::shared_ptr<const Block>> all(full_.begin(), full_.end());
  if (!rest_.empty()) all.push_back(std::make_shared<const Block>(rest_));
  return all;
}

void SignalFeed::told(std::size_t place, const ToldSignal& signal) {
  auto& kept = signals_[place];
  kept.push_back(signal);
  if (kept.size() > kKeptMost) kept.pop_front();
}

const ToldSignal* SignalFeed::after(std::size_t place, std::int64_t bar_time_ms) const {
  const auto& kept = signals_[place];
  const auto found = std::ranges::upper_bound(kept, bar_time_ms, {}, &ToldSignal::bar_time_ms);
  return found == kept.end() ? nullptr : &*found;
}

bool SignalNames::has(std::string_view name) const { return is_signal(name); }

Result<void> SignalNames::check(const expr::NamedRequest& request) const {
  const auto of = of_request(request);
  if (!of) return pass_on(of);
  return {};
}

Result<std::unique_ptr<expr::Operator>> SignalNames::make(const expr::NamedRequest& request) {
  const auto of = of_request(request);
  if (!of) return pass_on(of);
  return std::make_unique<SignalOperator>(*of, SignalColumn{}.blocks(), nullptr);
}

Result<std::unique_ptr<expr::Operator>> SignalSeries::make(const expr::NamedRequest& request) {
  const auto of = of_request(request);
  if (!of) return pass_on(of);
  return std::make_unique<SignalOperator>(*of, columns_.by_place[of->place].blocks(), feed_);
}

std::optional<market::Timeframe> finest_signal(const expr::Graph& graph) {
  std::optional<std::size_t> finest;
  for (const auto& node : graph.nodes()) {
    if (node.op != expr::Op::Named || !is_signal(node.name)) continue;
    const auto timeframe = signals::parse_signal_timeframe(node.texts[0]);
    if (!timeframe) continue;  // refused when it was compiled
    const std::size_t place = *signals::place_of(*timeframe);
    finest = std::min(finest.value_or(place), place);
  }
  if (!finest) return std::nullopt;
  return signals::kSignalTimeframes[*finest];
}

}  // namespace cw::evaluation
