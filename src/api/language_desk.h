#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/market_view.h"
#include "api/problem.h"
#include "api/router.h"
#include "api/screen_cache.h"
#include "api/user_allowance.h"
#include "api/worker_pool.h"
#include "candle_store/candle_store.h"
#include "evaluation/bar_source.h"
#include "evaluation/signal_library.h"
#include "net/runtime.h"

namespace cw::api {

/// Evaluations and screens of one account at a time; one more is refused with 429.
inline constexpr std::size_t kEvaluationsAtOnce = 2;
/// Bars times nodes of one request: a few seconds of one core.
inline constexpr std::uint64_t kWorkMost = 1'000'000'000;
inline constexpr std::int64_t kScreenRowsMost = 5'000;
inline constexpr std::int64_t kScreenRowsDefault = 500;

/// What the routes of the expression language work with. All outlive the routes.
struct LanguageDesk {
  MarketView& view;
  net::Runtime& runtime;
  WorkerPool& workers;  // its own: an evaluation may take seconds
  WorkerPool& quick;    // what is answered at once, such as the check of a text that is being typed
  evaluation::StoreOf store_of;
  /// Every stored series that is shown. Any thread.
  std::function<std::vector<candle_store::SeriesInfo>()> stored_series;
  evaluation::SignalLibrary& signals;
  UserAllowance allowance{kEvaluationsAtOnce};
  ScreenCache screens{};
};

/// /api/language/functions and check, /api/market/eval/{symbol}, /api/market/screen.
std::vector<Route> language_routes(LanguageDesk& desk);

// What the routes share; each is of one file.

net::Task<net::HttpResponse> get_functions(LanguageDesk& desk, const Call& call);
net::Task<net::HttpResponse> check_text(LanguageDesk& desk, const Call& call);
net::Task<net::HttpResponse> get_eval(LanguageDesk& desk, const Call& call);
/// The same with the parameters in the body: for texts that are too long for an address.
net::Task<net::HttpResponse> post_eval(LanguageDesk& desk, const Call& call);
net::Task<net::HttpResponse> get_screen(LanguageDesk& desk, const Call& call);

/// Whether the work's caller went away, or the server ends. Any thread.
using Cancelled = std::function<bool()>;
/// Makes an answer on a worker's thread; owns what it needs.
using LanguageWork = std::function<Result<net::HttpResponse>(const Cancelled&)>;

/// Runs `work` for whoever asks; what it finds it shares with its caller, who answers on the loop. `token`, `pool`: as below.
/// Errors  those of `work` and of the pool
net::Task<Result<void>> do_work(LanguageDesk& desk, const Call& call,
                                std::function<Result<void>(const Cancelled&)> work, UserAllowance::Token token,
                                WorkerPool* pool = nullptr);
/// The refusal that an Error of such work is; `field`: the parameter that asked too much.
Problem problem_of_work(const Error& error, std::string_view field = "expr");

/// Runs `work` for whoever asks and answers what it makes, already compressed. `token`: of the allowance, kept until the work
/// has really ended; null where none is needed. `pool`: whose threads; null: `workers`. An Error becomes the refusal it is of this room.
net::Task<net::HttpResponse> answer_by_work(LanguageDesk& desk, const Call& call, LanguageWork work,
                                            UserAllowance::Token token, WorkerPool* pool = nullptr);

/// The 429 of somebody with kEvaluationsAtOnce at work.
net::HttpResponse too_many_at_work(const LanguageDesk& desk, const Call& call);

/// The parameter `expr`: 1 to kExpressionsMost texts. Errors  bad_parameter
Result<std::vector<std::string>> read_expressions(const Call& call);

/// What other symbols' names mean, as known now: to be asked on a worker's thread.
std::function<std::optional<market::InstrumentId>(std::string_view)> symbol_finder(const realtime::MarketBoard& board);

/// A refusal made by the work itself.
net::HttpResponse refused_answer(const Problem& problem, const net::HttpRequest& request);

}  // namespace cw::api
