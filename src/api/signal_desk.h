#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "api/lab_desk.h"
#include "api/language_desk.h"
#include "api/router.h"
#include "api/signal_view.h"
#include "db/database.h"
#include "signals/symbol_signals.h"

namespace cw::api {

/// What the routes of signals work with. All outlive the routes.
struct SignalDesk {
  MarketView& view;
  SignalView& signals;
  LanguageDesk& work;  // whose workers run long histories
  const signals::SignalRules& rules;
  db::Database* records = nullptr;  // where signals are kept; null: they are not
  LabDesk* lab = nullptr;           // who knows strategies; null: nobody

  /// Answers that are good until the next closed bar or a minute, whichever is first. One a request, kKeptMost at most.
  struct Kept {
    std::uint64_t version = 0;
    Timestamp made_at{};
    Timestamp expires_at{};
    std::string body;  // without its end
  };
  static constexpr std::size_t kKeptMost = 2'000;
  std::map<std::string, Kept> kept{};
};

/// /api/signals: what every symbol says now. With `filter`, `sort` or both: see docs/openapi.yaml.
net::Task<net::HttpResponse> get_signal_board(SignalDesk& desk, const Call& call);

/// /api/signals, /api/signals/{symbol}, and under it summary, history and record.
std::vector<Route> signal_routes(SignalDesk& desk);

}  // namespace cw::api
