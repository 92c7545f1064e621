#pragma once

#include <cstdint>
#include <optional>
#include <span>

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

  /// A record of the journal that brought a bar.
  struct Record {
    std::uint64_t offset = 0;
    desk::BarArrived arrived;
  };
  /// Stores the bars of these records, newer than all before, in one write. Readers see them when it answers; `sync` makes
  /// them durable.
  /// Errors  why the first of those that are not stored is not, now or since the record that the keeper is behind since
  Result<void> store(std::span<const Record> records);
  /// Makes durable what was stored. Behind afterwards where that fails. Errors: those of CandleStore::sync
  Result<void> sync();

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
  std::optional<std::uint64_t> unsynced_since_;  // the first record whose bar is stored and not durable
  std::optional<std::uint64_t> behind_since_;
  std::optional<Error> why_;  // while behind
};

}  // namespace cw::app
