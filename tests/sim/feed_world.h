#pragma once

// The connector and the practice exchange in one process, over in-memory streams, both on the manual clock; behind the
// connector the journal and the desk, as in the server.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/random.h"
#include "desk/desk.h"
#include "exchange/binance/connector.h"
#include "exchange/practice/generated_market.h"
#include "exchange/practice/practice_exchange.h"
#include "net/sim_runtime.h"
#include "records/journal.h"

namespace cw::sim {

inline constexpr Millis kMinute{60'000};

/// A value, or the test fails with the error.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
inline void must(Result<void> result) {
  if (!result) throw std::runtime_error(result.error().message);
}

/// What stands behind the feed: the journal on disk and the desk, which consumes an event once it is durable.
class Recorder final : public exchange::FeedSink {
 public:
  /// Opens the journal in `folder` and replays it: a fresh one follows `symbols`, in order.
  Recorder(const std::filesystem::path& folder, const std::vector<std::string>& symbols);

  void on_bar(exchange::FollowedIndex instrument, const market::BarEvent& event) override;
  void on_trade(exchange::FollowedIndex, const market::Trade&) override { ++trades; }
  void on_forming(exchange::FollowedIndex, const market::FormingCandle&) override {}
  void on_quote(exchange::FollowedIndex, const market::Quote&) override {}
  void on_state(const exchange::FeedStatus& status) override { states.push_back(status.state); }

  /// From now on nothing reaches the journal: the process is dead.
  void die() { journal_.reset(); }

  /// Makes what was journaled durable and lets the desk consume it.
  void sync();

  /// Open time of the newest bar that was journaled.
  std::optional<Timestamp> last_bar(exchange::FollowedIndex instrument) const;
  /// The candles as a store would hold them: closed ones, and what was revised.
  const std::map<Timestamp, market::Candle>& store(exchange::FollowedIndex i) const { return store_[i]; }
  /// The desk's outputs since the journal's beginning.
  const std::string& outputs() const { return outputs_; }
  /// Those of one instrument: what does not depend on how instruments take turns.
  const std::string& outputs_of(exchange::FollowedIndex i) const { return outputs_of_[i]; }
  std::uint64_t gaps() const { return gaps_; }
  /// Open times of the bars that were given up and have not come since.
  const std::set<Timestamp>& given_up(exchange::FollowedIndex i) const { return given_up_[i]; }
  /// Open times of the bars that came, or changed, after their place had passed: the desk never saw them.
  const std::set<Timestamp>& revised(exchange::FollowedIndex i) const { return revised_[i]; }
  /// The desk's bars above one minute.
  const std::vector<desk::BarClosed>& folded() const { return folded_; }

  std::uint64_t trades = 0;
  std::vector<exchange::FeedState> states;

 private:
  void take(const desk::Event& event);
  void keep(exchange::FollowedIndex instrument, const market::BarEvent& event);

  std::unique_ptr<records::Journal> journal_;
  desk::Desk desk_;
  std::vector<desk::Event> waiting_;  // journaled, not durable yet
  std::vector<std::map<Timestamp, market::Candle>> store_;
  std::vector<std::set<Timestamp>> given_up_;
  std::vector<std::set<Timestamp>> revised_;
  std::vector<desk::BarClosed> folded_;
  std::vector<std::optional<Timestamp>> last_;  // of durable and waiting events
  std::string outputs_;
  std::vector<std::string> outputs_of_;
  std::uint64_t gaps_ = 0;
};

/// The desk's outputs for a journal, from nothing but the journal.
std::string replayed_outputs(const std::filesystem::path& folder);

struct WorldOptions {
  std::uint64_t seed = 1;
  Timestamp start;
  std::vector<std::string> symbols;
  Millis exchange_cuts_after = std::chrono::hours{24};
  Millis connection_life = std::chrono::minutes{1'410};
  std::size_t fetchers = 3;
  std::size_t exchange_queue_bytes = 1024 * 1024;  // unsent to a client; over it the exchange cuts the connection
  std::size_t pipe_bytes = 64 * 1024;              // under way to a reader that does not read
};

/// One run of a process: the feed of `folder`'s journal against an exchange that was always there.
class World {
 public:
  World(const WorldOptions& options, const std::filesystem::path& folder);
  /// Without `stop` before it: the process is killed. What was journaled and not synced is lost.
  ~World();

  void misbehave(const exchange::practice::Misbehaviour& how) { exchange_->set_misbehaviour(how); }
  /// Lets simulated time pass; the recorder syncs every `kSyncEvery` of it.
  void run_for(Millis time);
  /// For so long nothing reaches the client, whatever is sent to it.
  void stand_still(Millis time);
  /// The network fails in one of several ways, for up to `most`.
  void break_network(Millis most);
  /// Stops the feed in good order.
  void stop();

  /// True where the store holds exactly the exchange's own candles from the first bar on, up to two minutes ago, and
  /// what the exchange itself has not is given up and nothing else is.
  testing::AssertionResult holds_the_truth();
  /// The minutes from the first stored bar on, up to two minutes ago, that the exchange itself does not have.
  std::set<Timestamp> lacking(exchange::FollowedIndex i);

  Recorder& recorder() { return *recorder_; }
  /// The sum of a metric over its labels.
  double metric(std::string_view name) const;
  /// How often the exchange did something to a client: `dropped`, `cut_slow`, … as it counts them.
  double mischief(std::string_view kind) const;
  Timestamp now() { return runtime_.now(); }

  static constexpr Millis kSyncEvery = std::chrono::minutes{15};

 private:
  WorldOptions options_;
  NullLogger logger_;
  Metrics metrics_;
  Random random_;
  net::SimRuntime runtime_;
  exchange::binance::RestShared shared_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<exchange::practice::PracticeExchange> exchange_;
  std::unique_ptr<exchange::binance::BinanceFeed> feed_;
};

}  // namespace cw::sim
