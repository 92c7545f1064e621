#include "app/market_note.h"

namespace cw::app {
namespace {
constexpr std::string_view kNote = "market";
}

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

}  // namespace cw::app
