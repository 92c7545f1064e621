// Puts what src/backtest makes of a run or of returns on stdout, for tests that know the answer from elsewhere. Numbers come as
// words on stdin, `nan` too.
//
//   metrics_dump metrics         <run       `key value n missing` a line, then `month YEAR MONTH change` and `year …` lines
//   metrics_dump as PEER         <run       `key<TAB>value` a line, under the peer's names; first `version<TAB>…`
//   metrics_dump chance AGAINST TRIALS VARIANCE        <returns    moments, PSR, DSR, least track record
//   metrics_dump normal          <numbers   chance, quantile of that, two-sided Student chance with 7 degrees; a line each
//   metrics_dump overfitting BLOCKS VARIANTS           <returns, one variant after the other
//   metrics_dump bootstrap PATHS BLOCK SEED            <returns
//   metrics_dump shuffle ORDERS CAPITAL SEED           <profits
//   metrics_dump entries DRAWS scatter|rotate SEED BARS <returns of the bars, then entries
//
// A run: capital, first price, timeframe, bars, trades; each bar's open time, equity, benchmark, position value; each trade's
// side (long, short), entry time and price, exit time and price, quantity, pnl, pnl_pct, fees, slippage, mae, mfe, bars, open (0, 1).
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "backtest/metrics.h"
#include "backtest/metrics_as.h"
#include "backtest/robustness/overfitting.h"
#include "backtest/robustness/random_entries.h"
#include "backtest/robustness/resampling.h"
#include "backtest/robustness/sharpe_chance.h"

namespace {

using namespace cw;            // NOLINT: a program of one file
using namespace cw::backtest;  // NOLINT

[[noreturn]] void die(const std::string& why) {
  fmt::print(stderr, "metrics_dump: {}\n", why);
  std::exit(1);
}

template <class T>
T good(Result<T> result) {
  if (!result) die(result.error().message);
  return std::move(*result);
}

std::string word() {
  std::string text;
  if (!(std::cin >> text)) die("the input ends too early");
  return text;
}

double number() { return std::strtod(word().c_str(), nullptr); }
std::int64_t whole() { return std::strtoll(word().c_str(), nullptr, 10); }

std::vector<double> numbers() {
  std::vector<double> found;
  for (std::string text; std::cin >> text;) found.push_back(std::strtod(text.c_str(), nullptr));
  return found;
}

struct Run {
  double capital, first_price;
  market::Timeframe timeframe;
  std::vector<std::int64_t> time;
  std::vector<double> equity, benchmark, position;
  std::vector<Trade> trades;

  EquityRows rows() const { return {time, equity, benchmark, position}; }
};

Trade read_trade() {
  Trade trade;
  trade.side = word() == "long" ? TradeSide::long_side : TradeSide::short_side;
  trade.entry_time = whole();
  trade.entry_price = number();
  trade.exit_time = whole();
  trade.exit_price = number();
  for (double* field :
       {&trade.quantity, &trade.pnl, &trade.pnl_pct, &trade.fees, &trade.slippage, &trade.mae, &trade.mfe}) {
    *field = number();
  }
  trade.bars = static_cast<std::uint32_t>(whole());
  trade.exit_reason = whole() == 1 ? trading::Reason::open : trading::Reason::signal;
  return trade;
}

Run read_run() {
  Run run;
  run.capital = number();
  run.first_price = number();
  run.timeframe = good(market::parse_timeframe(word()));
  const auto bars = whole();
  const auto trades = whole();
  for (std::int64_t i = 0; i < bars; ++i) {
    run.time.push_back(whole());
    run.equity.push_back(number());
    run.benchmark.push_back(number());
    run.position.push_back(number());
  }
  for (std::int64_t i = 0; i < trades; ++i) run.trades.push_back(read_trade());
  return run;
}

void print_metrics() {
  const Run run = read_run();
  EquityPass pass(run.capital, run.first_price, run.timeframe);
  pass.add(run.rows());
  const auto metrics = measure(pass.finish(), run.trades);
  for (const auto& row : figures()) {
    const auto& figure = metrics.figures[row.figure];
    fmt::print("{} {:.17g} {} {}\n", row.key, figure.value, figure.n, name(figure.missing));
  }
  for (const auto& month : metrics.months) fmt::print("month {} {} {:.17g}\n", month.year, month.month, month.change);
  for (const auto& year : metrics.years) fmt::print("year {} {:.17g}\n", year.year, year.change);
}

void print_as(const std::string& peer_name) {
  const Peer peer = good(parse_peer(peer_name));
  const Run run = read_run();
  fmt::print("version\t{}\n", version(peer));
  for (const auto& figure : metrics_as(peer, {run.capital, run.timeframe, run.rows(), run.trades})) {
    fmt::print("{}\t{:.17g}\n", figure.key, figure.value);
  }
}

void print_chance(double against, double trials, double variance) {
  const auto found = moments(numbers());
  fmt::print("mean {:.17g}\ndeviation {:.17g}\nskew {:.17g}\nkurtosis {:.17g}\n", found.mean, found.deviation(),
             found.skew(), found.kurtosis());
  fmt::print("psr {:.17g}\ndsr {:.17g}\nleast {:.17g}\n", probabilistic_sharpe(found, against),
             deflated_sharpe(found, trials, variance), least_track_record(found, against, 0.95));
}

void print_spread(const char* key, const Spread& spread) {
  fmt::print("{} {:.17g} {:.17g}\n", key, spread.mean, fmt::join(spread.quantile, " "));
}

void print_overfitting(std::size_t blocks, std::size_t variants) {
  const auto all = numbers();
  const std::size_t bars = all.size() / variants;
  auto table = good(OverfittingTable::make(bars, blocks));
  for (std::size_t k = 0; k < variants; ++k) table.add(std::span(all).subspan(k * bars, bars));
  const auto found = good(table.measure());
  fmt::print("pbo {:.17g}\nchance_of_loss {:.17g}\nslope {:.17g}\n", found.pbo, found.chance_of_loss, found.slope);
  for (const double logit : found.logits) fmt::print("logit {:.17g}\n", logit);
}

void print_bootstrap(const MonteCarloOptions& options) {
  const auto made = good(monte_carlo(numbers(), options));
  print_spread("total_return", made.total_return);
  print_spread("max_drawdown", made.max_drawdown);
  print_spread("sharpe", made.sharpe);
  print_spread("halfway", made.growth[made.growth.size() / 2 - 1]);
  fmt::print("chance_of_loss {:.17g}\n", made.chance_of_loss);
}

void print_shuffle(std::uint32_t orders, double capital, std::uint64_t seed) {
  const auto made = good(shuffle_trades(numbers(), capital, orders, seed));
  print_spread("max_drawdown", made.max_drawdown);
  fmt::print("observed {:.17g}\nchance_deeper {:.17g}\n", made.observed, made.chance_deeper);
}

void print_entries(const EntryTestOptions& options, std::size_t bars) {
  const auto all = numbers();
  std::vector<std::uint32_t> entries;
  for (std::size_t i = bars; i < all.size(); ++i) entries.push_back(static_cast<std::uint32_t>(all[i]));
  const std::vector pools{EntryPool{std::span(all).first(bars), entries}};
  const auto test = good(test_entries(pools, options));
  print_spread("random", test.random);
  fmt::print("observed {:.17g}\np_value {:.17g}\n", test.observed, test.p_value);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  const auto at = [&](std::size_t i) { return i < args.size() ? std::strtod(args[i].c_str(), nullptr) : 0.0; };
  const auto count = [&](std::size_t i) { return static_cast<std::uint32_t>(at(i)); };
  if (args.empty()) die("say what");
  if (args[0] == "metrics") {
    print_metrics();
  } else if (args[0] == "as" && args.size() == 2) {
    print_as(args[1]);
  } else if (args[0] == "chance" && args.size() == 4) {
    print_chance(at(1), at(2), at(3));
  } else if (args[0] == "normal") {
    for (const double x : numbers()) {
      fmt::print("{:.17g} {:.17g} {:.17g}\n", normal_cdf(x), normal_quantile(normal_cdf(x)), student_two_sided(x, 7));
    }
  } else if (args[0] == "overfitting" && args.size() == 3) {
    print_overfitting(count(1), count(2));
  } else if (args[0] == "bootstrap" && args.size() == 4) {
    print_bootstrap({.paths = count(1), .block = at(2), .seed = count(3)});
  } else if (args[0] == "shuffle" && args.size() == 4) {
    print_shuffle(count(1), at(2), count(3));
  } else if (args[0] == "entries" && args.size() == 5) {
    print_entries({count(1), args[2] == "scatter" ? EntryDraw::scatter : EntryDraw::rotate, count(3)}, count(4));
  } else {
    die("not understood: " + args[0]);
  }
}
