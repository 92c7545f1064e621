#include "market/fold_ladder.h"

namespace cw::market {

FoldLadder::FoldLadder() : FoldLadder(States{}) {}

FoldLadder::FoldLadder(const States& states) : FoldLadder(states, std::make_index_sequence<kHigherTimeframes>{}) {}

std::optional<FormingCandle> FoldLadder::peek(Timeframe timeframe, const FormingCandle& forming) const {
  if (timeframe != Timeframe::m1) return folders_[static_cast<std::size_t>(timeframe) - 1].peek(forming);
  const auto newest = last();
  return newest && forming.open_time <= *newest ? std::nullopt : std::optional{forming};
}

std::optional<Timestamp> FoldLadder::last() const {
  const auto& state = folders_[0].state();
  return state.begun ? std::optional{state.last_source} : std::nullopt;
}

FoldLadder::States FoldLadder::states() const {
  States states;
  for (std::size_t i = 0; i < kHigherTimeframes; ++i) states[i] = folders_[i].state();
  return states;
}

}  // namespace cw::market
