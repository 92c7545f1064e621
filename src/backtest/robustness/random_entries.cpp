#include "backtest/robustness/random_entries.h"

#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"

namespace cw::backtest {
namespace {

constexpr std::size_t kLeastEntries = 10;

/// One pool without the bars at which nothing can enter.
struct Choices {
  std::vector<double> returns;
  std::vector<std::size_t> entries;  // places in `returns`
};

Result<Choices> choices_of(const EntryPool& pool) {
  Choices choices;
  std::size_t next = 0;
  for (std::size_t bar = 0; bar < pool.returns.size(); ++bar) {
    const bool entered = next < pool.entries.size() && pool.entries[next] == bar;
    if (std::isnan(pool.returns[bar])) {
      if (entered) return fail(Errc::bad_input, fmt::format("the entry at bar {} has no return", bar));
      continue;
    }
    if (entered) {
      choices.entries.push_back(choices.returns.size());
      ++next;
    }
    choices.returns.push_back(pool.returns[bar]);
  }
  if (next < pool.entries.size()) {
    return fail(Errc::bad_input,
                fmt::format("entry {} at bar {} lies behind the last bar or does not rise", next, pool.entries[next]));
  }
  return choices;
}

/// The sum of as many returns at different bars. `order` is any order of the bars, and is another one after it.
double scattered(const Choices& choices, Random& random, std::vector<std::size_t>& order) {
  double sum = 0;
  for (std::size_t i = 0; i < choices.entries.size(); ++i) {
    std::swap(order[i], order[i + random.below(order.size() - i)]);
    sum += choices.returns[order[i]];
  }
  return sum;
}

double rotated(const Choices& choices, Random& random) {
  if (choices.entries.empty()) return 0;
  const std::size_t by = random.below(choices.returns.size());
  double sum = 0;
  for (const std::size_t at : choices.entries) sum += choices.returns[(at + by) % choices.returns.size()];
  return sum;
}

}  // namespace

Result<EntryTest> test_entries(std::span<const EntryPool> pools, const EntryTestOptions& options) {
  if (options.draws < kLeastPaths || options.draws > kMostPaths) {
    return std::unexpected(Error{Errc::bad_parameter,
                                 fmt::format("draws: {} is not in {}..{}", options.draws, kLeastPaths, kMostPaths),
                                 {},
                                 "draws"});
  }
  std::vector<Choices> choices;
  std::vector<std::vector<std::size_t>> orders;
  EntryTest test;
  double observed = 0;
  for (const auto& pool : pools) {
    auto made = choices_of(pool);
    if (!made) return pass_on(made);
    test.n += made->entries.size();
    for (const std::size_t at : made->entries) observed += made->returns[at];
    orders.emplace_back();
    for (std::size_t i = 0; i < made->returns.size(); ++i) orders.back().push_back(i);
    choices.push_back(std::move(*made));
  }
  if (test.n < kLeastEntries) {
    return fail(Errc::bad_input, fmt::format("{} entries are too few: it takes {}", test.n, kLeastEntries));
  }
  const auto n = static_cast<double>(test.n);
  test.observed = observed / n;
  // Of equal sums in another order of adding, neither is the better one.
  const double as_good = test.observed - 1e-12 * std::abs(test.observed);
  Random random(options.seed);
  std::vector<double> means(options.draws);
  std::size_t better = 0;
  for (double& mean : means) {
    for (std::size_t k = 0; k < choices.size(); ++k) {
      mean +=
          options.draw == EntryDraw::scatter ? scattered(choices[k], random, orders[k]) : rotated(choices[k], random);
    }
    mean /= n;
    better += mean >= as_good ? 1 : 0;
  }
  test.random = spread_of(std::move(means));
  test.p_value = static_cast<double>(1 + better) / static_cast<double>(1 + options.draws);
  return test;
}

}  // namespace cw::backtest
