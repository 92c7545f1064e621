#include "backtest/robustness/walk_forward.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace cw::backtest {
namespace {

std::unexpected<Error> bad_option(const char* field, const std::string& why) {
  return std::unexpected(Error{Errc::bad_parameter, fmt::format("{}: {}", field, why), {}, field});
}

}  // namespace

Result<std::vector<WalkForwardWindow>> walk_forward(std::size_t bars, const WalkForwardOptions& options) {
  const std::size_t gap = options.purge + options.embargo;
  const std::size_t step = options.step == 0 ? options.test : options.step;
  if (options.train == 0) return bad_option("train", "there is nothing to train on");
  if (options.test == 0) return bad_option("test", "there is nothing to test on");
  if (gap >= options.train) {
    return bad_option(
        "purge", fmt::format("purge and embargo, {} bars, leave nothing of {} bars of training", gap, options.train));
  }
  if (step < options.test) {
    return bad_option("step",
                      fmt::format("{} is under the test of {} bars: bars would be tested twice", step, options.test));
  }
  if (options.train > bars || options.test > bars - options.train) {
    return fail(Errc::bad_input, fmt::format("{} bars do not hold a training of {} and a test of {}", bars,
                                             options.train, options.test));
  }
  const std::size_t count = (bars - options.train - options.test) / step + 1;
  if (count > kMostWindows) {
    return bad_option("step", fmt::format("{} windows are over the limit of {}", count, kMostWindows));
  }
  std::vector<WalkForwardWindow> windows(count);
  for (std::size_t k = 0; k < count; ++k) {
    auto& window = windows[k];
    window.test_to = bars - (count - 1 - k) * step;
    window.test_from = window.test_to - options.test;
    window.train_to = window.test_from - gap;
    window.train_from = options.anchored ? 0 : window.test_from - options.train;
  }
  return windows;
}

Result<WalkForwardOptions> with_folds(std::size_t bars, std::size_t folds, double train_per_test,
                                      WalkForwardOptions options) {
  if (folds == 0 || folds > kMostWindows)
    return bad_option("folds", fmt::format("{} is not in 1..{}", folds, kMostWindows));
  if (!(train_per_test > 0) || !std::isfinite(train_per_test)) {
    return bad_option("train_per_test", fmt::format("{} is not above zero", train_per_test));
  }
  options.test = static_cast<std::size_t>(static_cast<double>(bars) / (train_per_test + static_cast<double>(folds)));
  if (options.test == 0) {
    return fail(Errc::bad_input, fmt::format("{} bars are too few for {} tests", bars, folds));
  }
  // Training takes what is left over, but not so much that one more test would fit in.
  options.train = std::max<std::size_t>(1, bars - folds * options.test);
  options.step = options.test;
  return options;
}

}  // namespace cw::backtest
