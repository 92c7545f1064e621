#include "exchange/practice/practice_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "exchange/practice/generated_market.h"
#include "net/tls.h"

namespace cw::exchange::practice {
namespace {

std::unexpected<Error> bad(std::string field, std::string message) {
  return std::unexpected(Error{Errc::bad_parameter, std::move(message), {}, std::move(field)});
}

}  // namespace

Result<PracticeOptions> validate(PracticeOptions options) {
  if (!(options.speed >= 0.01 && options.speed <= 10'000)) {
    return bad("speed", fmt::format("speed {} is not possible: a number from 0.01 to 10000 is", options.speed));
  }
  if (options.certificate.empty() != options.key.empty()) {
    const std::string_view absent = options.key.empty() ? "tls-key" : "tls-cert";
    return bad(std::string(absent), fmt::format("TLS needs both --tls-cert and --tls-key; --{} is missing", absent));
  }
  if (options.weight_a_minute < 1) return bad("weight-a-minute", "the weight limit must be at least 1");
  if (options.lifetime < Millis{1'000} || options.lifetime > std::chrono::days{30}) {
    return bad("lifetime", "a connection can live from 1 second to 30 days");
  }
  if (options.from && (to_ms(*options.from) < kEarliestMs || to_ms(*options.from) >= kLatestMs)) {
    return bad("from", "--from must lie between the years 2000 and 2099");
  }
  if (const auto misbehaviour = parse_misbehaviour(options.misbehave); !misbehaviour) return pass_on(misbehaviour);
  return options;
}

Result<PracticeMarket> make_practice_market(const PracticeOptions& options, std::unique_ptr<CandleSource> stored,
                                            Timestamp now) {
  if (options.replay.empty()) {
    const Timestamp start = options.from.value_or(now);
    return PracticeMarket{std::make_unique<GeneratedMarket>(options.seed, start_of_day(day_of(start - kPast))), start};
  }
  if (!stored || stored->series().empty() || stored->series()[0].first >= stored->series()[0].end) {
    return fail(Errc::not_found,
                fmt::format("no one-minute candles of {} are stored: import some first", options.replay));
  }
  const CandleSource::Series& series = stored->series()[0];
  const Timestamp a_week_in =
      std::min(series.first + std::chrono::days{7}, series.first + (series.end - series.first) / 2);
  const Timestamp start = options.from.value_or(a_week_in);
  if (start < series.first || start >= series.end) {
    return bad("from", fmt::format("the candles of {} reach from {} to {}; --from must lie between", options.replay,
                                   format_time(series.first), format_time(series.end)));
  }
  return PracticeMarket{std::make_unique<ReplayMarket>(std::move(stored), options.seed), start};
}

net::Task<Result<void>> run_practice(net::SystemRuntime& runtime, PracticeOptions options,
                                     std::unique_ptr<CandleSource> stored, Metrics& metrics,
                                     std::function<void(PracticeExchange&, std::uint16_t port)> started) {
  auto market = make_practice_market(options, std::move(stored), runtime.now());
  if (!market) co_return pass_on(market);
  const auto misbehaviour = parse_misbehaviour(options.misbehave);
  if (!misbehaviour) co_return pass_on(misbehaviour);

  std::optional<net::TlsContext> tls;
  if (!options.certificate.empty()) {
    auto context = net::TlsContext::for_server(options.certificate, options.key);
    if (!context) co_return pass_on(context);
    tls = std::move(*context);
  }
  auto listener = runtime.listen(options.address, options.port, tls);
  if (!listener) co_return pass_on(listener);

  PracticeSettings settings;
  settings.seed = options.seed;
  settings.speed = options.speed;
  settings.start = market->start;
  settings.misbehaviour = *misbehaviour;
  settings.weight_a_minute = options.weight_a_minute;
  settings.session.lifetime = options.lifetime;
  PracticeExchange exchange(runtime, settings, std::move(market->source), metrics);
  started(exchange, (*listener)->port());
  co_await exchange.serve(std::move(*listener));
  co_return Result<void>{};
}

}  // namespace cw::exchange::practice
