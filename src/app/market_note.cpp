#include "app/market_note.h"

#include <fmt/format.h>

#include "base/number.h"

namespace cw::app {
namespace {
constexpr std::string_view kNote = "market";
constexpr std::string_view kSeedNote = "practice seed";
}  // namespace

std::string_view name(FolderMarket market) { return market == FolderMarket::live ? "live" : "practice"; }

std::optional<FolderMarket> read_market_note(const candle_store::CandleStore& store) {
  const auto note = store.note(kNote);
  if (note == "live") return FolderMarket::live;
  if (note == "practice") return FolderMarket::practice;
  return std::nullopt;
}

Result<void> write_market_note(candle_store::CandleStore& store, FolderMarket market) {
  return store.put_note(kNote, name(market));
}

std::optional<std::int64_t> read_seed_note(const candle_store::CandleStore& store) {
  const auto note = store.note(kSeedNote);
  if (!note) return std::nullopt;
  const auto seed = parse_int(*note);
  return seed ? std::optional{*seed} : std::nullopt;
}

Result<void> write_seed_note(candle_store::CandleStore& store, std::int64_t seed) {
  return store.put_note(kSeedNote, fmt::to_string(seed));
}

}  // namespace cw::app
