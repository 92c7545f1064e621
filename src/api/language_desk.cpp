#include "api/language_desk.h"

#include <atomic>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "api/account_desk.h"
#include "evaluation/program.h"
#include "net/compress.h"

namespace cw::api {
namespace {

constexpr Millis kLookEvery{100};  // at whether a caller is still there

/// What a request and its work know of each other.
struct Caller {
  std::atomic<bool> gone{false};
  bool answered = false;  // of the loop
};

/// However a request ends, by its answer or by being cancelled: what is left of its work ends too.
class Ending {
 public:
  explicit Ending(std::shared_ptr<Caller> caller) : caller_(std::move(caller)) {}
  ~Ending() {
    caller_->answered = true;
    caller_->gone = true;
  }
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;

 private:
  std::shared_ptr<Caller> caller_;
};

/// `is_gone` is of a connection that lives until the request is answered.
net::Task<void> watch(net::Runtime& runtime, std::shared_ptr<Caller> caller, std::function<bool()> is_gone) {
  for (;;) {
    co_await runtime.sleep_for(kLookEvery);
    if (caller->answered) co_return;
    if (is_gone()) caller->gone = true;
    if (caller->gone) co_return;
  }
}

}  // namespace

Problem problem_of_work(const Error& error, std::string_view field) {
  switch (error.code) {
    case Errc::limit_exceeded: return {"limit_exceeded", error.message, std::string{field}};
    case Errc::unsupported: return {"bad_parameter", error.message, std::string{field}};
    case Errc::busy: return {"busy", "Too many evaluations wait. Try again in 2 s.", {}, {}, 2};
    default: return problem_of(error);
  }
}

net::Task<Result<void>> do_work(LanguageDesk& desk, const Call& call,
                                std::function<Result<void>(const Cancelled&)> work, UserAllowance::Token token,
                                WorkerPool* pool) {
  auto caller = std::make_shared<Caller>();
  const Ending ending{caller};
  if (call.request.is_gone) desk.runtime.spawn("caller", watch(desk.runtime, caller, call.request.is_gone));
  std::function<Result<void>()> job = [work = std::move(work), caller, token = std::move(token)] {
    return work([&caller] { return caller->gone.load(std::memory_order_relaxed); });
  };
  co_return co_await (pool != nullptr ? *pool : desk.workers).run<void>(desk.runtime, std::move(job));
}

net::Task<net::HttpResponse> answer_by_work(LanguageDesk& desk, const Call& call, LanguageWork work,
                                            UserAllowance::Token token, WorkerPool* pool) {
  auto answer = std::make_shared<net::HttpResponse>();
  std::function<Result<void>(const Cancelled&)> job =
      [work = std::move(work), answer, sent = call.request](const Cancelled& cancelled) -> Result<void> {
    auto made = work(cancelled);
    if (!made) return pass_on(made);
    net::finish_response(sent, *made);
    *answer = std::move(*made);
    return {};
  };
  const auto done = co_await do_work(desk, call, std::move(job), std::move(token), pool);
  if (!done) co_return refusal(problem_of_work(done.error()), call);
  co_return std::move(*answer);
}

net::HttpResponse too_many_at_work(const LanguageDesk& desk, const Call& call) {
  return refusal({"too_many_requests",
                  fmt::format("{} evaluations or screens of yours are at work, which is the limit of one account. Try "
                              "again in 1 s.",
                              desk.allowance.most()),
                  {},
                  {},
                  1},
                 call);
}

net::HttpResponse refused_answer(const Problem& problem, const net::HttpRequest& request) {
  return problem_answer(problem, request.path(), request.request_id);
}

Result<std::vector<std::string>> read_expressions(const Call& call) {
  auto texts = call.query_values("expr");
  if (texts.empty()) {
    return std::unexpected(Error{
        Errc::bad_parameter, "'expr' is missing; give an expression, or several, each as its own 'expr'.", {}, "expr"});
  }
  if (texts.size() > evaluation::kExpressionsMost) {
    return std::unexpected(Error{Errc::bad_parameter,
                                 fmt::format("{} times 'expr' is given; at most {} expressions go together.",
                                             texts.size(), evaluation::kExpressionsMost),
                                 {},
                                 "expr"});
  }
  return texts;
}

std::function<std::optional<market::InstrumentId>(std::string_view)> symbol_finder(const realtime::MarketBoard& board) {
  auto book = std::make_shared<market::InstrumentBook>(board.default_venue());
  for (realtime::BoardIndex i = 0; i < board.size(); ++i) book->put(board.instrument(i));
  return [book](std::string_view text) -> std::optional<market::InstrumentId> {
    const auto found = book->resolve(text);
    return found ? std::optional{found->id} : std::nullopt;
  };
}

std::vector<Route> language_routes(LanguageDesk& desk) {
  using accounts::Access;
  const auto with = [&desk](net::Task<net::HttpResponse> (*handle)(LanguageDesk&, const Call&)) {
    return [&desk, handle](const Call& call) { return handle(desk, call); };
  };
  return {
      {"/api/language/functions", {}, with(get_functions)},
      {"/api/language/check", {}, with(check_text), Access::read, "POST"},
      {"/api/market/eval/{symbol}",
       {"timeframe", "from", "to", "limit", "inputs", "seed"},
       with(get_eval),
       Access::read,
       "GET",
       {"expr"}},
      {"/api/market/eval/{symbol}", {}, with(post_eval), Access::read, "POST"},
      {"/api/market/screen", {"timeframe", "sort", "limit", "seed"}, with(get_screen), Access::read, "GET", {"expr"}},
  };
}

}  // namespace cw::api
