#pragma once

#include <cstddef>
#include <vector>

#include "base/error.h"

namespace cw::backtest {

/// Bars [train_from, train_to) choose the parameters that are judged on [test_from, test_to).
struct WalkForwardWindow {
  std::size_t train_from = 0;
  std::size_t train_to = 0;
  std::size_t test_from = 0;
  std::size_t test_to = 0;

  friend bool operator==(const WalkForwardWindow&, const WalkForwardWindow&) = default;
};

struct WalkForwardOptions {
  std::size_t train = 0;    // bars of training, of the first window where it is anchored
  std::size_t test = 0;     // bars of each test
  std::size_t step = 0;     // bars from one test to the next, at least `test`; 0: `test`, so each bar is tested once
  bool anchored = false;    // all training begins at the first bar; else it moves on with the tests
  std::size_t purge = 0;    // last bars of training that are left out: trades that begin in them end in the test
  std::size_t embargo = 0;  // further bars left unused before a test: what the market remembers for longer than a trade
};

inline constexpr std::size_t kMostWindows = 10'000;

/// Windows in time order, of equal tests, the last test ending with the last bar. What does not divide is left at the begin, where
/// an anchored training takes it in.
///
/// Errors  Errc::bad_parameter naming the option in `field`: no training or test, purge and embargo that leave no training, a step
///         under the test, over kMostWindows windows; Errc::bad_input: not one window fits into `bars`
/// Source  R. Pardo, The Evaluation and Optimization of Trading Strategies, 2008 (walk-forward); M. López de Prado, Advances in
///         Financial Machine Learning, 2018, chapter 7 (purge, embargo)
Result<std::vector<WalkForwardWindow>> walk_forward(std::size_t bars, const WalkForwardOptions& options);

/// The training and test lengths with which `folds` tests follow each other to the last bar, training being `train_per_test`
/// times as long as a test. The other options stay.
///
/// Errors  Errc::bad_parameter: no folds, over kMostWindows, or a ratio that is not above zero; Errc::bad_input: too few bars
Result<WalkForwardOptions> with_folds(std::size_t bars, std::size_t folds, double train_per_test,
                                      WalkForwardOptions options);

}  // namespace cw::backtest
