#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "backtest_runs.h"
#include "evaluation/signal_library.h"
#include "lab/lab.h"
#include "signal_path.h"

namespace cw::bench {

/// The lab beside the desk, in the same process, as LabHost has it: as many sweeps as it has threads, each of more cells than
/// end while a bench runs, over the bars of a symbol that no message is of.
class LabAtWork {
 public:
  static constexpr std::size_t kBars = 200'000;

  /// What the sweeps run over: is to be in the store.
  static std::pair<candle_store::SeriesId, market::CandleColumns> bars() {
    return {{swept().id, market::Timeframe::m1}, runs::walk(kBars, 2)};
  }

  explicit LabAtWork(SignalPath& path)
      : server_(*path.server),
        library_([&path](const auto&) -> const candle_store::CandleStore& { return *path.store; }, path.rules),
        done_(lab::job_threads()),
        lab_(std::in_place,
             lab::Lab::Parts{
                 .records = *path.records,
                 .store_of = [&path](const auto&) -> const candle_store::CandleStore& { return *path.store; },
                 .signals = library_,
                 .find_instrument = [](const auto&) { return std::nullopt; },
                 .clock = clock_,
                 .logger = path.logger,
                 .metrics = path.metrics,
                 .is_idle = true,
                 .made_by = "bench",
                 .tell =
                     [this](const std::string& user, lab::LabEvent event) {
                       server_.post([this, user, event = std::move(event)] { heard(user, event); });
                     }}) {}

  ~LabAtWork() {
    lab_.reset();
    std::promise<void> heard_all;
    server_.post([&] { heard_all.set_value(); });
    heard_all.get_future().get();
  }

  /// Hands the sweeps in, and waits until each has done cells.
  Result<void> begin() {
    for (std::size_t i = 0; i < done_.size(); ++i) {
      auto sweep = prepared();
      if (!sweep) return std::unexpected(sweep.error().error);
      const auto user = fmt::to_string(i);
      if (auto begun = lab_->start_sweep(user, "sweep " + user, std::move(*sweep)); !begun) return pass_on(begun);
    }
    while (std::ranges::any_of(done_, [](const auto& done) { return done == 0; })) {
      if (trouble_) return fail(Errc::internal, "a sweep of the bench has ended");
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return {};
  }

  /// Cells that all sweeps have done until now, as they have told.
  std::uint64_t cells() const {
    std::uint64_t all = 0;
    for (const auto& done : done_) all += done;
    return all;
  }
  /// A sweep has failed, or come to its end.
  bool has_ended() const { return trouble_; }

 private:
  static market::Instrument swept() { return {{"binance", "SWEPTUSDT"}, "SWEPT", "USDT"}; }
  static lab::Prepared<lab::PreparedSweep> prepared() {
    lab::SweepAsk ask;
    ask.run.document =
        "name: cross\ntimeframe: 1m\ninputs:\n"
        "  fast: {type: int, default: 5, min: 2, max: 400}\n"
        "  slow: {type: int, default: 400, min: 2, max: 4000}\n"
        "long:\n"
        "  entry: ta.crossover(ta.sma(close, fast), ta.sma(close, slow))\n"
        "  exit: ta.crossunder(ta.sma(close, fast), ta.sma(close, slow))\n";
    ask.run.symbol = "SWEPTUSDT";
    ask.run.commission = "bps:0.05";
    ask.run.protections = false;
    ask.sweep.grid = {{"fast", "5:304:1"}, {"slow", "310:3300:10"}};
    auto document = lab::read_document(ask.run.document);
    if (!document) return std::unexpected(document.error());
    const auto instrument = swept();
    return lab::prepare_sweep(std::move(ask), std::move(*document), {&instrument, 1});
  }
  void heard(const std::string& user, const lab::LabEvent& event) {
    if (event.status == "running") done_[std::stoul(user)] = event.done;
    if (event.status != "running" && event.status != "queued") trouble_ = true;
  }

  Server& server_;
  SystemClock clock_;
  evaluation::SignalLibrary library_;
  std::vector<std::atomic<std::uint64_t>> done_;
  std::atomic<bool> trouble_{false};
  std::optional<lab::Lab> lab_;
};

}  // namespace cw::bench
