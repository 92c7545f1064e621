// What fifty people who sign in at the same time do to the desk: how long a closed bar takes from the feed to the desk's
// output (journal, desk and store in between, on the real disk) while nobody signs in and while the threads that hash
// passwords have more to do than they can; and how many sign-ins a second that is.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>
#include <boost/asio/executor_work_guard.hpp>

#include "accounts/user_admin.h"
#include "api/account_desk.h"
#include "app/serve/market_writer.h"
#include "base/require.h"
#include "net/system_runtime.h"

namespace {

using namespace cw;  // NOLINT: a program of one file

constexpr int kPeople = 50;
constexpr int kBars = 1'500;  // of each measurement
constexpr std::chrono::milliseconds kEvery{10};
constexpr const char* kPassword = "a long enough one";
// No figure was asked for. This is what we hold ourselves to: nobody sees a tick later because others sign in.
constexpr double kHeldToMs = 50;

using Clock = std::chrono::steady_clock;
double ms_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}
void line(std::string_view what, std::string_view figure, std::string_view asked = {}) {
  fmt::print("  {:<58} {:>34}   {}\n", what, figure, asked);
}

/// Notes when each minute's bar comes out.
class Exit final : public app::MarketOutput {
 public:
  void bar(exchange::FollowedIndex, market::Timeframe timeframe, const market::Candle&, bool, bool) override {
    if (timeframe != market::Timeframe::m1) return;
    const std::scoped_lock lock{mutex_};
    out_.push_back(Clock::now());
  }
  void shown(exchange::FollowedIndex, const app::ShownInstrument&) override {}
  void history_stored(exchange::FollowedIndex) override {}
  std::vector<Clock::time_point> take() {
    const std::scoped_lock lock{mutex_};
    return std::exchange(out_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Clock::time_point> out_;
};

/// The desk of a server, fed by a feed of its own thread.
struct Desk {
  explicit Desk(const std::filesystem::path& folder)
      : store(candle_store::CandleStore::open(folder / "store", {}, logger, metrics).value()) {
    std::filesystem::create_directories(folder / "journal");
    writer =
        app::MarketWriter::open({*store, folder / "journal", {{"binance", "BTCUSDT"}}, exit, logger, metrics}).value();
    writer->start();
  }
  /// Milliseconds from the feed to the output, of one bar each ten milliseconds.
  std::vector<double> feed() {
    std::vector<Clock::time_point> in;
    for (int i = 0; i < kBars; ++i) {
      std::this_thread::sleep_for(kEvery);
      in.push_back(Clock::now());
      const double price = 100 + i % 7;
      writer->on_bar(0,
                     {.kind = market::BarEvent::Kind::closed,
                      .bar = {from_ms(1'704'067'200'000 + 60'000 * minute++), price, price + 1, price - 1, price, 1}});
    }
    std::vector<Clock::time_point> out;
    while (out.size() < in.size()) {
      std::this_thread::sleep_for(kEvery);
      for (const auto at : exit.take()) out.push_back(at);
    }
    std::vector<double> waits;
    for (std::size_t i = 0; i < in.size(); ++i) waits.push_back(ms_between(in[i], out[i]));
    std::ranges::sort(waits);
    return waits;
  }

  NullLogger logger;
  Metrics metrics;
  Exit exit;
  std::unique_ptr<candle_store::CandleStore> store;
  std::unique_ptr<app::MarketWriter> writer;
  std::int64_t minute = 0;
};

/// The loop and the threads of a server where people sign in, again and again.
struct FrontDoor {
  explicit FrontDoor(const std::filesystem::path& folder)
      : people(accounts::Accounts::open(folder, {}, clock, logger, metrics).value()) {
    for (int i = 0; i < kPeople; ++i)
      CW_REQUIRE(accounts::add_user(*people, {.actor = "cli"}, email(i), records::Role::user, kPassword));
    loop = std::thread{[this] { runtime.run(); }};
  }
  ~FrontDoor() {
    runtime.stop();
    loop.join();
  }
  static std::string email(int i) { return fmt::format("someone.{}@example.org", i); }

  net::Task<void> keep_signing_in(int i) {
    while (!is_over) {
      const std::function<Result<accounts::SignedIn>()> work = [this, i] {
        return accounts::sign_in(*people, {.address = "192.0.2.7", .network = "192.0.2.7"}, {email(i), kPassword});
      };
      const auto given = co_await pool.run<accounts::SignedIn>(runtime, work);
      if (given) {
        ++signed_in;
      } else {
        CW_REQUIRE(given.error().code == Errc::busy);
        ++refused;
        co_await runtime.sleep_for(Millis{50});
      }
    }
    --at_work;
  }
  void begin() {
    is_over = false;
    at_work = kPeople;
    began = Clock::now();
    for (int i = 0; i < kPeople; ++i) runtime.spawn("sign in", keep_signing_in(i));
  }
  double end() {
    const double seconds = ms_between(began, Clock::now()) / 1'000;
    const double a_second = signed_in / seconds;
    is_over = true;
    while (at_work > 0) std::this_thread::sleep_for(kEvery);
    return a_second;
  }

  NullLogger logger;
  Metrics metrics;
  SystemClock clock;
  std::unique_ptr<accounts::Accounts> people;
  net::SystemRuntime runtime{logger};
  boost::asio::executor_work_guard<net::Executor> guard = boost::asio::make_work_guard(runtime.loop());
  api::WorkerPool pool{"passwords", api::kPasswordsAtOnce, api::kPasswordsWaiting, metrics,
                       accounts::lower_this_threads_priority};
  std::thread loop;
  Clock::time_point began;
  std::atomic<bool> is_over = false;
  std::atomic<int> at_work{0}, signed_in{0}, refused{0};
};

std::string figures(const std::vector<double>& sorted) {
  return fmt::format("{:.2f} / {:.2f} / {:.2f} ms", sorted[sorted.size() / 2], sorted[sorted.size() * 99 / 100],
                     sorted.back());
}

bool measure(const std::filesystem::path& folder) {
  Desk desk{folder};
  FrontDoor door{folder};
  (void)desk.feed();  // files grow to their working size
  const auto idle = desk.feed();
  door.begin();
  const auto busy = desk.feed();
  const double a_second = door.end();
  const auto after = desk.feed();
  desk.writer->stop();
  const double p99 = busy[busy.size() * 99 / 100];
  fmt::print("{} bars each, one every {} ms; {} processors\n", kBars, kEvery.count(),
             std::thread::hardware_concurrency());
  line("", "p50 / p99 / most");
  line("feed to output while nobody signs in", figures(idle));
  line(fmt::format("while {} sign in, again and again", kPeople), figures(busy),
       fmt::format("(held to: p99 < {} ms)", kHeldToMs));
  line("after that", figures(after));
  line("sign-ins a second (Argon2id with 48 MiB, two at a time)", fmt::format("{:.1f}", a_second));
  line("tries that found the queue of 32 full", fmt::format("{}", door.refused.load()));
  return p99 < kHeldToMs;
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("bench-logins-{}", ::getpid());
  std::filesystem::create_directories(folder);
  const bool holds = measure(folder);
  std::filesystem::remove_all(folder);
  return holds ? 0 : 1;
}
