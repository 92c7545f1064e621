#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "candle_store/candle_store.h"
#include "candle_store/store_story.h"

namespace cw::crash {

/// What a store holds, kept the obvious way.
using Contents = std::map<candle_store::SeriesId, std::map<std::int64_t, market::Candle>>;

/// One thing that is done to a store. All but `append` show at once or not at all.
struct Step {
  enum class Kind { import, history, append, prune };
  Kind kind{};
  candle_store::SeriesId series;
  market::CandleColumns bars{};
  Timestamp before{};  // of `prune`
};

/// The steps of a seed: imports of a few bars and of many transactions, histories, live bars, prunes, on three series.
std::vector<Step> make_steps(std::uint64_t seed, std::size_t count);

/// Does it; an error is answered as text, empty when it is done.
std::string perform(candle_store::CandleStore& store, const Step& step);
void apply_step(Contents& contents, const Step& step);

Contents contents_of(const candle_store::CandleStore& store);

/// Why `found` is not `before` with `in_flight` (if any) wholly done or not at all, live bars one by one from the
/// front. Empty when it is.
std::string why_not_whole(const Contents& found, const Contents& before, const Step* in_flight);

}  // namespace cw::crash
