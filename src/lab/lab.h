#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "backtest/report/extras.h"
#include "backtest/sweep/sweep_json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/time.h"
#include "db/database.h"
#include "evaluation/signal_library.h"
#include "lab/job_queue.h"
#include "lab/run.h"
#include "lab/sweep_request.h"
#include "records/backtest_rows.h"

namespace cw::lab {

/// A change of a run or a sweep, for whoever listens.
struct LabEvent {
  std::string id{};
  records::BacktestKind kind = records::BacktestKind::run;
  std::string status{};  // a records::BacktestStatus, or "deleted"
  double progress = 0;   // 0 to 1
  std::uint64_t done = 0;
  std::uint64_t total = 0;               // cells of a sweep
  std::optional<std::int64_t> eta_ms{};  // none: not known
  std::string error_json{};
};

/// People's runs and sweeps on this machine: they wait their turn, run, are kept in `record.db`, and are gone on with after a
/// restart. Thread-safe; what touches the records blocks for as long as the disk takes, so no network thread calls it.
class Lab {
 public:
  static constexpr std::int64_t kRunsKeptMost = 500;  // of an account
  static constexpr std::int64_t kSweepsKeptMost = 100;
  static constexpr std::size_t kEquityPointsTold = 2'000;  // of a result; all that are kept are told in pages
  static constexpr std::size_t kTradesTold = 2'000;
  static constexpr Millis kTellEvery{250};

  struct Parts {
    db::Database& records;
    evaluation::StoreOf store_of;
    evaluation::SignalLibrary& signals;
    std::function<std::optional<market::Instrument>(const market::InstrumentId&)> find_instrument;  // any thread
    /// What a text means that names another symbol in a strategy; any thread.
    std::function<std::optional<market::InstrumentId>(std::string_view)> find_symbol{};
    Clock& clock;
    Logger& logger;
    Metrics& metrics;
    bool is_idle = true;  // jobs take only what nothing else wants of the processor
    std::string made_by;  // the program and its version, for reports
    std::function<void(const std::string& user_id, LabEvent event)> tell;  // any thread
    /// A run's strategy goes live, or (null) no longer is. Any thread.
    std::function<void(const records::BacktestRow&, std::shared_ptr<const PreparedRun>)> live{};
  };

  explicit Lab(Parts parts);
  /// Stops what runs; it is gone on with when the next one resumes.
  ~Lab();

  /// Takes up what an earlier process left unfinished.
  void resume();

  /// What a strategy's expressions may name, for prepare().
  expr::CompileOptions language() const;

  bool has_room(const std::string& user_id) const { return jobs_.has_room(user_id); }

  /// Keeps the run as queued and hands it to the job pool. `id` is new.
  /// Errors  those of JobQueue::add and of the records
  Result<records::BacktestRow> start(const std::string& user_id, const std::string& id, PreparedRun run);

  /// Keeps the sweep as queued and hands it to the job pool. Errors  as start()
  Result<records::BacktestRow> start_sweep(const std::string& user_id, const std::string& id, PreparedSweep sweep);

  /// Asks a sweep that waits or runs to stop: what it found until then stays. Errors  not_found; conflict: it does neither
  Result<void> stop_sweep(const std::string& user_id, const std::string& id);
  /// Lets one that was stopped go on where it was. Errors  not_found; conflict: it was not stopped; those of JobQueue::add
  Result<void> continue_sweep(const std::string& user_id, const std::string& id);

  /// What a sweep that runs has found until now: the JSON of sweep_json, some seconds old at most; empty: it does not run, or has only
  /// begun.
  std::string sweep_so_far(const std::string& id) const;
  /// The same of sweep_summary_json.
  std::string sweep_summary_so_far(const std::string& id) const;

  /// Whether it waits or runs.
  bool is_active(const std::string& id) const { return jobs_.has(id); }
  /// 0 to 1; of one that does not run 0.
  double progress(const std::string& id) const;

  static constexpr std::int64_t kLiveMost = 20;  // of an account
  /// Lets the strategy of a run that is done run on the desk, or ends that.
  /// Errors  not_found; conflict: it is not done, or kLiveMost are live already
  Result<void> set_live(const std::string& user_id, const std::string& id, bool live);

  /// Errors  not_found
  Result<void> rename(const std::string& user_id, const std::string& id, const std::string& name);

  /// Stops it where it is active, and forgets it. Errors  not_found
  Result<void> remove(const std::string& user_id, const std::string& id);

 private:
  Result<void> hand_in(const std::string& user_id, const std::string& id, PreparedRun run);
  Result<void> hand_in(const std::string& user_id, const std::string& id, PreparedSweep sweep);
  Result<Turn> work(const std::string& user_id, records::BacktestRow& row, const PreparedRun& run,
                    const JobControl& control);
  RunMarket market_of(const PreparedRun& run, const market::InstrumentId& id, const JobControl& control) const;
  std::shared_ptr<OtherSymbols> others_until(std::optional<Timestamp> end) const;
  Result<backtest::RunExtras> extras_of(const std::string& user_id, const PreparedRun& run,
                                        std::span<const RunMarket> markets, FinishedRun& finished,
                                        const std::function<bool()>& cancelled);
  Result<std::optional<backtest::LeakReport>> leaks_of(const PreparedRun& run, const FinishedRun& finished,
                                                       const std::function<bool()>& cancelled);
  Result<backtest::LeakReport> leaks_of_part(const PreparedRun& run, const FinishedRun& finished, std::size_t part,
                                             const std::function<bool()>& cancelled);
  Result<void> keep(records::BacktestRow& row, const PreparedRun& run, const FinishedRun& finished,
                    const backtest::RunExtras& extras);
  void take_up(const records::BacktestRow& row);
  void go_live(const records::BacktestRow& row);
  Result<std::vector<market::Instrument>> instruments_of(const records::BacktestRow& row) const;
  Result<PreparedRun> prepared_of(const records::BacktestRow& row) const;
  Result<void> take_up_run(const records::BacktestRow& row);
  Result<void> take_up_sweep(const records::BacktestRow& row);
  Result<void> keep_new(const records::BacktestRow& row, std::int64_t kept_most);
  Result<records::BacktestRow> find(const std::string& user_id, const std::string& id) const;
  /// Marks a row as running and does the work on it, whatever kind it is; ends it in the records as it ended. Work that gives way
  /// leaves it running, with what is told of it.
  Turn attend(const std::string& user_id, const std::string& id, const JobControl& control,
              const std::function<Result<Turn>(records::BacktestRow&)>& work);
  struct SweepWork;
  Result<Turn> work_sweep(const std::string& user_id, records::BacktestRow& row, const PreparedSweep& sweep,
                          const JobControl& control);
  Result<void> take_up_bars(SweepWork& work, const JobControl& control);
  Result<void> restore_cells(SweepWork& work);
  Result<void> check_for_leaks(SweepWork& work, const JobControl& control);
  Result<Turn> sweep_cells(SweepWork& work, const JobControl& control);
  Result<void> keep_cells(SweepWork& work, std::vector<backtest::CellResult> results);
  void show_sweep(SweepWork& work, bool at_once);
  Result<void> keep_sweep(SweepWork& work, const backtest::SweepReport& report, records::BacktestStatus status);
  void fail_kept(records::BacktestRow row, const Error& error);
  void tell(const records::BacktestRow& row, double progress);
  bool say_progress(const records::BacktestRow& row, double share, const JobControl& control);

  Parts parts_;
  std::atomic<bool> ending_{false};
  mutable std::mutex mutex_;
  struct Standing {
    double share = 0;
    Timestamp told_at{};
    std::string so_far{};   // of a sweep: its JSON
    std::string summary{};  // likewise, in short
  };
  std::map<std::string, Standing> standing_;  // of what runs, or gave way
  JobQueue jobs_;                             // last: its threads use the rest
};

/// `{"code":…,"message":…,"field":…}`
std::string error_json(const Error& error);

}  // namespace cw::lab
