#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "accounts/secrets.h"
#include "app/commands/commands.h"
#include "app/commands/lookup.h"
#include "evaluation/signal_history.h"
#include "records/signal_pruning.h"
#include "records/signal_rows.h"

// Did it repaint? Every kept signal is made anew from the stored candles and held against what was emitted.
namespace cw::app {
namespace {

using records::SignalRow;
using signals::SymbolSignals;
using Key = std::pair<std::size_t, Timestamp>;  // place of the timeframe, bar time

constexpr std::int64_t kPage = 1'000;
constexpr std::size_t kNamedMost = 50;

/// What was found, over all symbols.
struct Findings {
  std::uint64_t kept = 0;
  std::uint64_t same = 0;
  std::uint64_t rounded = 0;   // the same but for rounding: a longer bar's volume was added up from other bars
  std::uint64_t not_made = 0;  // no longer: their candles are gone
  std::uint64_t differ = 0;
  std::vector<std::string> named;

  void name(const SignalRow& row, const std::string& what) {
    ++differ;
    if (named.size() < kNamedMost) {
      named.push_back(fmt::format("{} {} {}: {}", row.instrument.text(), market::name(row.timeframe),
                                  format_time(row.bar_time), what));
    }
  }
};

/// All kept signals of a run.
Result<std::map<Key, SignalRow>> rows_of(db::Database& database, const records::SignalRun& run) {
  std::map<Key, SignalRow> rows;
  for (std::size_t place = 0; place < signals::kTimeframes; ++place) {
    records::SignalQuery query{.instrument = run.instrument,
                               .timeframe = signals::kSignalTimeframes[place],
                               .run = run.id,
                               .limit = kPage,
                               .newest = false};
    for (;;) {
      auto page = database.read([&](db::Connection& connection) { return records::signals_of(connection, query); });
      if (!page) return pass_on(page);
      if (page->empty()) break;
      query.from = page->back().bar_time + Millis{1};
      for (auto& row : *page) rows.emplace(Key{place, row.bar_time}, std::move(row));
    }
  }
  return rows;
}

bool same(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

/// Less than this many score points is rounding: the same volume added up from minutes and from hours.
constexpr double kRounding = 1e-6;

bool is_near(double a, double b) { return std::abs(a - b) < kRounding; }

bool is_near(const std::optional<double>& a, const std::optional<double>& b) {
  return a.has_value() == b.has_value() && (!a || is_near(*a, *b));
}

/// Of everything that was told: an outcome or a probability that was changed is no rounding. An outcome that is not kept yet
/// may be known by now.
bool is_rounding(const SignalRow& kept, const SignalRow& made) {
  bool near = is_near(kept.score, made.score) && is_near(kept.confidence, made.confidence) &&
              is_near(kept.tradingview, made.tradingview) && kept.trending == made.trending &&
              same(kept.price, made.price) && kept.emitted_at == made.emitted_at;
  for (std::size_t h = 0; h < kept.change.size(); ++h) {
    near = near && is_near(kept.probability[h], made.probability[h]) &&
           (!kept.change[h] || is_near(kept.change[h], made.change[h]));
  }
  return near;
}

/// What of a kept signal is not what the candles give; empty where all is.
std::string difference(const SignalRow& kept, const SignalRow& made) {
  if (!same(kept.score, made.score))
    return fmt::format("the kept score is {}, the candles give {}", kept.score, made.score);
  if (kept.inputs != made.inputs) return "the score is the same, but it was made of other inputs";
  if (!same(kept.confidence, made.confidence) || kept.trending != made.trending)
    return "its confidence or its regime was another one";
  if (!same(kept.price, made.price) || kept.emitted_at != made.emitted_at)
    return "it was emitted at another time or price";
  if (kept.tradingview != made.tradingview) return "TradingView's rating was another one";
  if (kept.probability != made.probability) return "a probability was another one";
  for (std::size_t h = 0; h < kept.change.size(); ++h) {
    if (kept.change[h] && kept.change[h] != made.change[h])
      return fmt::format("its outcome over {} was another one", signals::name(signals::kHorizons[h]));
  }
  return {};
}

Result<signals::SignalRules> rules_of(const records::SignalRun& run) {
  auto document = signals::parse_components(run.document);
  if (!document) return pass_on(document);
  auto rules = signals::make_rules(std::make_shared<const signals::ComponentDocument>(std::move(*document)));
  if (!rules) return rules;
  rules->round_trip_cost = run.round_trip_cost;
  rules->model_weight = run.model_weight;
  return rules;
}

/// Where a model's signals were pruned, what they taught cannot be learnt again: the probabilities of those that are left stand
/// for themselves.
Result<std::array<bool, signals::kTimeframes>> lost_lessons(db::Database& database, const market::InstrumentId& id) {
  std::array<bool, signals::kTimeframes> lost{};
  for (std::size_t place = 0; place < lost.size(); ++place) {
    const auto pruned = database.read([&](db::Connection& connection) {
      return records::signal_pruning(connection, id, signals::kSignalTimeframes[place]);
    });
    if (!pruned) return pass_on(pruned);
    lost[place] = *pruned && (*pruned)->with_model;
  }
  return lost;
}

Result<void> verify(FolderCommand& command, db::Database& database, const records::SignalRun& run, Findings& findings) {
  const auto kept = rows_of(database, run);
  if (!kept) return pass_on(kept);
  if (kept->empty()) return {};
  const auto rules = rules_of(run);
  if (!rules) return pass_on(rules);
  const auto lost = lost_lessons(database, run.instrument);
  if (!lost) return pass_on(lost);
  findings.kept += kept->size();
  const auto finest = evaluation::finest_scored(command.store, run.instrument);
  if (!finest) {
    findings.not_made += kept->size();
    return {};
  }
  std::map<Key, SignalRow> made;
  SymbolSignals symbol(*rules);
  const SymbolSignals::Sink sink{
      [&](const signals::Signal& signal) {
        const Key key{*signals::place_of(signal.score.timeframe), signal.score.bar_time};
        if (!kept->contains(key)) return;
        const auto digest = accounts::sha256(symbol.inputs_of(key.first));
        made.emplace(key,
                     records::row_of(signal, run.instrument, run.id, std::string{digest.begin(), digest.begin() + 16}));
      },
      [&](const signals::Outcome& outcome) {
        const auto found = made.find(Key{*signals::place_of(outcome.timeframe), outcome.bar_time});
        if (found == made.end() || std::isnan(outcome.change)) return;
        found->second.change[static_cast<std::size_t>(outcome.horizon)] = outcome.change;
      }};
  // A model is not asked again: what it said is kept with the signal.
  const SymbolSignals::Ask ask = [&](market::Timeframe timeframe, Timestamp bar_time) {
    const auto found = kept->find(Key{*signals::place_of(timeframe), bar_time});
    return found == kept->end() ? signals::Forecast{} : records::forecast_of(found->second);
  };
  const auto done = evaluation::run_signal_history(
      command.store, run.instrument, *finest, symbol, sink, [&command] { return command.console.cancelled(); },
      run.first_bars, ask);
  if (!done) return pass_on(done);
  for (const auto& [key, row] : *kept) {
    const auto again = made.find(key);
    if (again != made.end() && (*lost)[key.first]) again->second.probability = row.probability;
    if (again == made.end()) {
      ++findings.not_made;
    } else if (const auto what = difference(row, again->second); what.empty()) {
      ++findings.same;
    } else if (is_rounding(row, again->second)) {
      ++findings.rounded;
    } else {
      findings.name(row, what);
    }
  }
  return {};
}

/// What is no longer kept cannot be verified: says which.
Result<void> say_pruned(Console& console, db::Database& database, const market::InstrumentId& id) {
  for (const auto timeframe : signals::kSignalTimeframes) {
    const auto pruned =
        database.read([&](db::Connection& connection) { return records::signal_pruning(connection, id, timeframe); });
    if (!pruned) return pass_on(pruned);
    if (!*pruned) continue;
    console.out(fmt::format("{} {}: kept from {}, older ones were pruned\n", id.text(), market::name(timeframe),
                            format_time((*pruned)->kept_from)));
  }
  return {};
}

}  // namespace

int run_signals_verify(FolderCommand& command, const SignalsVerifyArgs& args) {
  std::optional<market::InstrumentId> only;
  if (!args.symbol.empty()) {
    const auto instrument = find_instrument(command.config, command.store, args.symbol);
    if (!instrument) return report(command.console, instrument.error());
    only = instrument->id;
  }
  const auto database = command.records();
  if (!database) return report(command.console, database.error());
  const auto runs =
      (*database)->read([&](db::Connection& connection) { return records::signal_runs(connection, only); });
  if (!runs) return report(command.console, runs.error());
  Findings findings;
  std::set<market::InstrumentId> instruments;
  for (const auto& run : *runs) {
    instruments.insert(run.instrument);
    if (const auto done = verify(command, **database, run, findings); !done)
      return report(command.console, done.error());
  }
  command.console.out(
      fmt::format("{} kept signals: {} as the candles give them, {} but for rounding, {} that differ, {} whose candles "
                  "are no longer there\n",
                  findings.kept, findings.same, findings.rounded, findings.differ, findings.not_made));
  for (const auto& line : findings.named) command.console.out(line + '\n');
  if (findings.differ > findings.named.size())
    command.console.out(fmt::format("and {} more\n", findings.differ - findings.named.size()));
  for (const auto& id : instruments) {
    if (const auto said = say_pruned(command.console, **database, id); !said)
      return report(command.console, said.error());
  }
  return findings.differ == 0 ? kGood : kFailed;
}

}  // namespace cw::app
