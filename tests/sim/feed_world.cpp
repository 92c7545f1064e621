#include "tests/sim/feed_world.h"

#include <algorithm>

#include "base/require.h"

namespace cw::sim {

using exchange::FollowedIndex;
using market::BarEvent;

namespace {

constexpr const char* kHost = "exchange";
constexpr std::uint16_t kPort = 80;
constexpr std::uint64_t kMarketSeed = 42;  // one market for all runs; its days are made once a run

records::JournalOptions journal_options() { return {.new_epoch = 1}; }

}  // namespace

Recorder::Recorder(const std::filesystem::path& folder, const std::vector<std::string>& symbols)
    : journal_(must(records::Journal::open(folder, journal_options()))),
      store_(symbols.size()),
      given_up_(symbols.size()),
      revised_(symbols.size()),
      last_(symbols.size()),
      outputs_of_(symbols.size()) {
  if (journal_->next_offset() == 0) {
    for (const std::string& symbol : symbols) must(journal_->append(desk::Followed{{"practice", symbol}}));
    must(journal_->sync());
  }
  must(journal_->replay(0, [&](std::uint64_t, const desk::Event& event) {
    if (const auto* bar = std::get_if<desk::BarArrived>(&event)) keep(bar->instrument, bar->event);
    take(event);
    return true;
  }));
}

void Recorder::on_bar(FollowedIndex instrument, const BarEvent& event) {
  if (!journal_) return;
  keep(instrument, event);
  const desk::Event arrived = desk::BarArrived{instrument, event};
  must(journal_->append(arrived));
  waiting_.push_back(arrived);
}

void Recorder::keep(FollowedIndex instrument, const BarEvent& event) {
  std::optional<Timestamp>& last = last_[instrument];
  switch (event.kind) {
    case BarEvent::Kind::closed:
      if (last) EXPECT_EQ(event.bar.open_time, *last + kMinute) << "out of order, or a silent hole";
      EXPECT_TRUE(store_[instrument].emplace(event.bar.open_time, event.bar).second) << "a bar came twice";
      last = event.bar.open_time;
      break;
    case BarEvent::Kind::gap:
      ++gaps_;
      if (last) EXPECT_EQ(event.gap_from, *last + kMinute);
      for (Timestamp minute = event.gap_from; minute < event.gap_to; minute += kMinute) {
        given_up_[instrument].insert(minute);
      }
      last = event.gap_to - kMinute;
      break;
    case BarEvent::Kind::revised:
      store_[instrument][event.bar.open_time] = event.bar;
      given_up_[instrument].erase(event.bar.open_time);
      revised_[instrument].insert(event.bar.open_time);
      break;
  }
}

void Recorder::sync() {
  must(journal_->sync());
  for (const desk::Event& event : waiting_) take(event);
  waiting_.clear();
}

void Recorder::take(const desk::Event& event) {
  std::vector<desk::Output> out;
  desk_.on(event, out);
  for (const desk::Output& output : out) {
    desk::append_bytes(output, outputs_);
    const auto instrument = std::visit([](const auto& one) { return one.instrument; }, output);
    desk::append_bytes(output, outputs_of_[instrument]);
    const auto* bar = std::get_if<desk::BarClosed>(&output);
    if (bar != nullptr && bar->timeframe != market::Timeframe::m1) folded_.push_back(*bar);
  }
}

std::optional<Timestamp> Recorder::last_bar(FollowedIndex instrument) const { return last_[instrument]; }

std::string replayed_outputs(const std::filesystem::path& folder) {
  const auto journal = must(records::Journal::open(folder, journal_options()));
  desk::Desk desk;
  std::string bytes;
  std::vector<desk::Output> out;
  must(journal->replay(0, [&](std::uint64_t, const desk::Event& event) {
    out.clear();
    desk.on(event, out);
    for (const desk::Output& output : out) desk::append_bytes(output, bytes);
    return true;
  }));
  return bytes;
}

World::World(const WorldOptions& options, const std::filesystem::path& folder)
    : options_(options),
      random_(options.seed),
      runtime_(logger_, {.seed = options.seed,
                         .start = options.start,
                         .latency_min = Millis{2},
                         .latency_max = Millis{60},
                         .pipe_bytes = options.pipe_bytes,
                         .split_reads = true}),
      recorder_(std::make_unique<Recorder>(folder, options.symbols)) {
  exchange::practice::PracticeSettings settings;
  settings.seed = options.seed;
  settings.start = options.start;
  settings.session.lifetime = options.exchange_cuts_after;
  settings.session.queue_bytes = options.exchange_queue_bytes;
  exchange_ = std::make_unique<exchange::practice::PracticeExchange>(
      runtime_, settings,
      std::make_unique<exchange::practice::GeneratedMarket>(kMarketSeed, from_ms(1'700'000'000'000)), metrics_);
  runtime_.spawn("exchange", exchange_->serve(must(runtime_.listen(kHost, kPort))));

  exchange::binance::FeedOptions feed;
  feed.ws_url = "ws://exchange:80";
  feed.rest_url = "http://exchange:80";
  feed.fetchers = options.fetchers;
  feed.connection_life = options.connection_life;
  feed.connection_life_spread = std::chrono::minutes{5};
  for (FollowedIndex i = 0; i < options.symbols.size(); ++i) {
    feed.followed.push_back({options.symbols[i], recorder_->last_bar(i)});
  }
  feed_ = must(exchange::binance::BinanceFeed::make(runtime_, feed, *recorder_, shared_, metrics_, options.seed));
  runtime_.spawn("feed", feed_->run());
}

World::~World() {
  recorder_->die();
  feed_->stop();
  runtime_.run_for(Millis{5'000});
}

void World::run_for(Millis time) {
  for (const Timestamp end = now() + time; now() < end;) {
    runtime_.run_until(std::min(end, now() + kSyncEvery));
    recorder_->sync();
  }
}

void World::stand_still(Millis time) {
  const auto links = runtime_.links(kHost, kPort);
  for (const auto& link : links) link->stall(net::SimSide::client, true);
  runtime_.run_for(time);
  for (const auto& link : links) link->stall(net::SimSide::client, false);
}

void World::break_network(Millis most) {
  const auto links = runtime_.links(kHost, kPort);
  const Millis time{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most.count())))};
  const std::uint64_t kind = random_.below(4);
  if (kind < 2) runtime_.set_reach(kHost, kPort, kind == 0 ? net::SimReach::refused : net::SimReach::silent);
  for (const auto& link : links) {
    if (kind < 3) {
      link->cut();
    } else {
      link->stall(net::SimSide::client, true);  // a path that stands still
    }
  }
  runtime_.run_for(time);
  runtime_.set_reach(kHost, kPort, net::SimReach::open);
  for (const auto& link : links) link->stall(net::SimSide::client, false);
}

void World::stop() {
  feed_->stop();
  runtime_.run_for(Millis{5'000});
  recorder_->sync();
}

double World::metric(std::string_view name) const {
  double sum = 0;
  for (const Metrics::Sample& sample : metrics_.collect()) sum += sample.name == name ? sample.value : 0;
  return sum;
}

double World::mischief(std::string_view kind) const {
  double sum = 0;
  for (const Metrics::Sample& sample : metrics_.collect()) {
    if (sample.name != "candlewick_practice_mischief_total") continue;
    const auto is_kind = [&](const auto& label) { return label.first == "kind" && label.second == kind; };
    sum += std::ranges::any_of(sample.labels, is_kind) ? sample.value : 0;
  }
  return sum;
}

std::set<Timestamp> World::lacking(FollowedIndex i) {
  const Timestamp from = recorder_->store(i).begin()->first;
  const Timestamp to = std::chrono::floor<std::chrono::minutes>(now() - kMinute);
  std::set<Timestamp> minutes;
  for (Timestamp minute = from; minute < to; minute += kMinute) minutes.insert(minute);
  for (const market::Candle& bar : must(exchange_->truth(options_.symbols[i], from, to))) minutes.erase(bar.open_time);
  return minutes;
}

testing::AssertionResult World::holds_the_truth() {
  for (FollowedIndex i = 0; i < options_.symbols.size(); ++i) {
    const auto& store = recorder_->store(i);
    const std::string& symbol = options_.symbols[i];
    if (store.empty()) return testing::AssertionFailure() << symbol << ": nothing stored";
    const Timestamp from = store.begin()->first;
    const Timestamp to = std::chrono::floor<std::chrono::minutes>(now() - kMinute);
    const auto truth = must(exchange_->truth(symbol, from, to));
    for (const market::Candle& bar : truth) {
      const auto found = store.find(bar.open_time);
      if (found == store.end()) {
        return testing::AssertionFailure() << symbol << ": no bar of " << format_time(bar.open_time) << ", stored "
                                           << store.size() << " of " << truth.size();
      }
      if (!(found->second == bar)) {
        return testing::AssertionFailure() << symbol << ": another bar of " << format_time(bar.open_time);
      }
    }
    const auto lacks = lacking(i);
    for (const Timestamp minute : lacks) {
      if (store.contains(minute)) {
        return testing::AssertionFailure() << symbol << ": an invented bar of " << format_time(minute);
      }
    }
    if (recorder_->given_up(i) != lacks) {
      return testing::AssertionFailure() << symbol << ": " << recorder_->given_up(i).size()
                                         << " minutes given up, the exchange itself lacks " << lacks.size();
    }
  }
  return testing::AssertionSuccess();
}

}  // namespace cw::sim
