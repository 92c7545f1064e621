#pragma once

#include <string>
#include <string_view>

#include "base/config.h"
#include "base/error.h"
#include "market/instrument.h"

// `market.follow`: what the list may hold, before any venue was asked.
namespace cw::app {

/// Whether the list can be followed: not empty, each entry a symbol of letters and digits (`BTCUSDT`, any letter case)
/// that may have its venue in front (`binance:BTCUSDT`, `practice:BTCUSDT`), none twice. The practice market plays
/// Binance's part, so `binance:` is good there too.
/// Errors  bad_parameter with the list's source, the key and the entry (counted from 1)
Result<void> check_follow(const Config& config);

/// Whether none of a sound list asks a live market for practice prices. Errors: as check_follow.
Result<void> check_follow_live(const Config& config);

/// The symbol that an entry names: upper case, without the venue. The entry passed check_follow.
std::string followed_symbol(std::string_view entry);

/// Whether an entry names this instrument: its symbol, and its venue where the entry has one.
bool is_followed(const Config& config, const market::InstrumentId& id);

}  // namespace cw::app
