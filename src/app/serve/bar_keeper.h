#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "base/metrics.h"
#include "candle_store/candle_store.h"
#include "desk/desk.h"
#include "records/journal.h"

namespace cw::app {

/// Puts the journal's one-minute bars into the candle store, and forgets none that the store cannot take just now.
///
/// When the store refuses one for want of room, or because an import holds its series, the keeper is behind: the journal
/// has the bar, so from then on nothing is tried until `catch_up`, which stores that bar and all after it. A bar that the
/// store finds unsound is left out and counted, since trying again would not help.
/// The desk, which knows the instruments' names, the journal and the store outlive it. Not thread-safe: one owner.
class BarKeeper {
 public:
  BarKeeper(candle_store::CandleStore& store, const records::Journal& journal, const desk::Desk& desk,
            Metrics& metrics);

  /// Stores the bars of the journal's records from `offset` on; what is stored already stays as it is. Behind afterwards
  /// where the store refuses for now.
  /// Errors  those of Journal::replay, and of CandleStore::append where waiting does not help
  Result<void> store_from(std::uint64_t offset);

  /// Stores the bar of the record `offset`, newer than all before.
  /// Errors  why it is not stored, now or at the record that the keeper is behind since
  Result<void> store(std::uint64_t offset, const desk::BarArrived& arrived);

  /// When behind, tries again. True where it is behind no longer.
  Result<bool> catch_up();

  /// The first record whose bar the store lacks. A snapshot beyond it would make a restart forget the bar.
  std::optional<std::uint64_t> behind_since() const;

 private:
  Result<void> append(const desk::BarArrived& arrived);

  candle_store::CandleStore& store_;
  const records::Journal& journal_;
  const desk::Desk& desk_;
  Counter& late_;
  Counter& unsound_;
  std::optional<std::uint64_t> behind_since_;
  std::optional<Error> why_;  // while behind
};

}  // namespace cw::app
