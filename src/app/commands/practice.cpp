#include "app/commands/practice.h"

#include <array>
#include <chrono>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/commands/commands.h"
#include "exchange/practice/practice_command.h"
#include "net/system_runtime.h"

namespace cw::app {
namespace {

namespace practice = exchange::practice;

constexpr Millis kLookEvery{100};

class StoredCandles final : public practice::CandleSource {
 public:
  StoredCandles(const candle_store::CandleStore& store, market::Instrument instrument,
                const candle_store::SeriesInfo& info)
      : store_(store),
        id_(info.id),
        series_{Series{std::move(instrument), info.first, info.last + market::duration(info.id.timeframe)}} {}

  std::span<const Series> series() const override { return series_; }

  Result<void> read(std::size_t, Timestamp from, Timestamp to, market::CandleColumns& out) override {
    return store_.scan(id_, from, to, [&](const market::CandleSpan& rows) {
      out.append(rows);
      return true;
    });
  }

 private:
  const candle_store::CandleStore& store_;
  candle_store::SeriesId id_;
  std::array<Series, 1> series_;
};

practice::PracticeOptions options_of(const Config& config, const PracticeArgs& args) {
  practice::PracticeOptions options;
  options.port = args.port;
  options.seed = static_cast<std::uint64_t>(config.integer("practice.seed"));
  options.speed = config.number("practice.speed");
  options.replay = args.replay.value_or("");
  options.from = args.from;
  options.misbehave = fmt::format("{}", fmt::join(args.misbehave, ","));
  if (args.certificate) options.certificate = args.certificate->string();
  if (args.key) options.key = args.key->string();
  return options;
}

/// Ends the exchange when the person asks for it.
net::Task<void> watch(net::SystemRuntime& runtime, Console& console, practice::PracticeExchange& exchange) {
  while (!console.cancelled()) co_await runtime.sleep_for(kLookEvery);
  co_await exchange.stop();
}

net::Task<void> serve(net::SystemRuntime& runtime, practice::PracticeOptions options,
                      std::unique_ptr<practice::CandleSource> stored, Metrics& metrics, Console& console,
                      Result<void>& ended) {
  const char* const scheme = options.certificate.empty() ? "http" : "https";
  ended = co_await practice::run_practice(
      runtime, std::move(options), std::move(stored), metrics,
      [&](practice::PracticeExchange& exchange, std::uint16_t port) {
        console.out(fmt::format("The practice exchange listens on {}://127.0.0.1:{}\n", scheme, port));
        runtime.spawn("practice stop", watch(runtime, console, exchange));
      });
  runtime.stop();
}

}  // namespace

Result<std::unique_ptr<practice::CandleSource>> stored_candles(const candle_store::CandleStore& store,
                                                               const market::Instrument& instrument) {
  const auto info = store.info({instrument.id, market::Timeframe::m1});
  if (!info) {
    return fail(
        Errc::not_found,
        fmt::format("no 1m candles of {} are stored, and a replay plays those; 'candlewick candles list' says what is",
                    instrument.id.text()));
  }
  return std::unique_ptr<practice::CandleSource>{std::make_unique<StoredCandles>(store, instrument, *info)};
}

int run_practice(Console& console, const Config& config, const PracticeArgs& args,
                 std::unique_ptr<practice::CandleSource> stored) {
  auto options = practice::validate(options_of(config, args));
  if (!options) return report(console, options.error());
  NullLogger logger;
  Metrics metrics;
  net::SystemRuntime runtime{logger};
  Result<void> ended;
  runtime.spawn("practice exchange", serve(runtime, std::move(*options), std::move(stored), metrics, console, ended));
  runtime.run();
  return ended ? kGood : report(console, ended.error());
}

}  // namespace cw::app
