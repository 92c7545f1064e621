#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "backtest/sweep/leaks.h"
#include "backtest/sweep/state_json.h"
#include "backtest/sweep/sweep_json.h"
#include "base/json_text.h"
#include "lab/kept_leaks.h"
#include "lab/lab.h"
#include "lab/sweep_bars.h"
#include "lab/tried.h"

// Sweeps: their cells are kept as they come, so that one that was stopped, by its owner or by the server's end, goes on.
namespace cw::lab {
namespace {

using records::BacktestPart;
using records::BacktestRow;
using records::BacktestStatus;

// A sweep may take minutes, a run that waits behind it a second: it gives way where somebody waits, but never before it has
// done a turn's worth, of which taking up its bars and cells again is at most a fifth.
constexpr Millis kTurn{2'000};
constexpr int kTurnShare = 4;
// It looks whether somebody waits after each step, and whether it is to be shown.
constexpr Millis kStep{500};
constexpr std::size_t kCellsFirst = 16;
constexpr std::size_t kCellsMost = 1'024;
constexpr Millis kShowEvery{1'000};
constexpr int kShowShare = 10;  // the JSON of a large sweep takes at most a tenth of its time

/// How many cells take a step, by how long so many took; no leap, for cells differ.
std::size_t cells_of_step(std::size_t cells, Millis took) {
  const auto fitting = cells * static_cast<std::size_t>(kStep.count()) /
                       static_cast<std::size_t>(std::max<std::int64_t>(took.count(), 1));
  return std::clamp(fitting, std::max<std::size_t>(cells / 4, 1), std::min(cells * 4, kCellsMost));
}

}  // namespace

/// A sweep under way.
struct Lab::SweepWork {
  const std::string& user_id;
  BacktestRow& row;
  const PreparedSweep& asked;
  backtest::SweepPlan plan;
  backtest::SweepFacts facts;
  std::vector<market::CandleColumns> bars{};   // of each instrument
  std::vector<market::CandleColumns> lower{};  // inside them, where the magnifier walks them
  backtest::SweepData data{};
  backtest::SweepShape shape{};
  std::optional<backtest::Sweep> sweep{};
  records::TriedStrategy tried{};
  std::int64_t pieces = 0;  // of cells that are kept
  Timestamp taken_up_at{};
  Timestamp began_at{};
  std::uint64_t done_before = 0;  // in an earlier sitting, or turn
  Timestamp shown_at{};
  Millis show_took{0};
};

Result<void> Lab::hand_in(const std::string& user_id, const std::string& id, PreparedSweep sweep) {
  auto shared = std::make_shared<const PreparedSweep>(std::move(sweep));
  return jobs_.add(user_id, id, [this, user_id, id, shared](const JobControl& control) {
    return attend(user_id, id, control, [&](BacktestRow& kept) { return work_sweep(user_id, kept, *shared, control); });
  });
}

Result<BacktestRow> Lab::start_sweep(const std::string& user_id, const std::string& id, PreparedSweep sweep) {
  BacktestRow row;
  row.id = id;
  row.user_id = user_id;
  row.kind = records::BacktestKind::sweep;
  row.created_at = parts_.clock.now();
  row.name = sweep.ask.run.name;
  row.strategy = sweep.plan.document.name;
  row.version = sweep.ask.run.version;
  for (const auto& instrument : sweep.instruments) row.instruments.push_back(instrument.id);
  row.timeframe = sweep.timeframe;
  row.from = sweep.ask.run.from;
  row.to = sweep.ask.run.to;
  row.request_json = to_json(sweep.ask);
  if (auto kept = keep_new(row, kSweepsKeptMost); !kept) return pass_on(kept);
  const auto added = hand_in(user_id, id, std::move(sweep));
  if (!added) {
    (void)parts_.records.write([&](db::Connection& connection) { return records::delete_backtest(connection, id); });
    return pass_on(added);
  }
  tell(row, 0);
  return row;
}

Result<void> Lab::take_up_sweep(const BacktestRow& row) {
  const auto instruments = instruments_of(row);
  if (!instruments) return pass_on(instruments);
  auto ask = parse_sweep_request(row.request_json);
  if (!ask) return pass_on(ask);
  auto document = read_document(ask->run.document);
  if (!document) return std::unexpected(document.error().error);
  auto prepared = prepare_sweep(std::move(*ask), std::move(*document), *instruments);
  if (!prepared) return std::unexpected(prepared.error().error);
  return hand_in(row.user_id, row.id, std::move(*prepared));
}

Result<void> Lab::stop_sweep(const std::string& user_id, const std::string& id) {
  const auto row = find(user_id, id);
  if (!row) return pass_on(row);
  if (!jobs_.stop(id)) return fail(Errc::conflict, "The sweep neither waits nor runs.");
  return {};
}

Result<void> Lab::continue_sweep(const std::string& user_id, const std::string& id) {
  auto row = find(user_id, id);
  if (!row) return pass_on(row);
  if (row->status != BacktestStatus::stopped || jobs_.has(id))
    return fail(Errc::conflict,
                fmt::format("The sweep is {}: only one that was stopped goes on.", records::name(row->status)));
  if (const auto there = instruments_of(*row); !there) return fail(Errc::conflict, there.error().message);
  row->status = BacktestStatus::queued;
  row->finished_at.reset();
  row->error_json.clear();
  const auto kept =
      parts_.records.write([&](db::Connection& connection) { return records::update_backtest(connection, *row); });
  if (!kept) return pass_on(kept);
  if (auto taken = take_up_sweep(*row); !taken) {
    row->status = BacktestStatus::stopped;
    (void)parts_.records.write([&](db::Connection& connection) { return records::update_backtest(connection, *row); });
    return taken;
  }
  tell(*row, 0);
  return {};
}

std::string Lab::sweep_so_far(const std::string& id) const {
  const std::scoped_lock lock{mutex_};
  const auto found = standing_.find(id);
  return found == standing_.end() ? std::string{} : found->second.so_far;
}

std::string Lab::sweep_summary_so_far(const std::string& id) const {
  const std::scoped_lock lock{mutex_};
  const auto found = standing_.find(id);
  return found == standing_.end() ? std::string{} : found->second.summary;
}

Result<Turn> Lab::work_sweep(const std::string& user_id, BacktestRow& row, const PreparedSweep& asked,
                             const JobControl& control) {
  SweepWork work{.user_id = user_id, .row = row, .asked = asked, .plan = asked.plan, .facts = {}};
  work.taken_up_at = parts_.clock.now();
  if (auto taken = take_up_bars(work, control); !taken) return pass_on(taken);
  if (auto restored = restore_cells(work); !restored) return pass_on(restored);
  if (auto sound = check_for_leaks(work, control); !sound) return pass_on(sound);
  const auto done = sweep_cells(work, control);
  if (done && *done == Turn::again) {
    if (auto kept = keep_sweep(work, {}, BacktestStatus::running); !kept) return pass_on(kept);
    return Turn::again;
  }
  const auto report = done ? backtest::report_of(*work.sweep, work.data, [&control] { return !control.is_stopped(); })
                           : Result<backtest::SweepReport>{pass_on(done)};
  if (!report && report.error().code != Errc::cancelled) return pass_on(report);
  const auto status = report ? BacktestStatus::done : ending_ ? BacktestStatus::queued : BacktestStatus::stopped;
  if (auto kept = keep_sweep(work, report.value_or(backtest::SweepReport{}), status); !kept) return pass_on(kept);
  if (!report) return pass_on(report);
  return Turn::over;
}

/// What the cells run over, and the sweep of them, of which nothing is done yet.
Result<void> Lab::take_up_bars(SweepWork& work, const JobControl& control) {
  const PreparedSweep& asked = work.asked;
  work.facts = {.id = work.row.id,
                .status = "running",
                .instruments = work.row.instruments,
                .timeframe = asked.timeframe,
                .commission = asked.ask.run.commission,
                .slippage = asked.ask.run.slippage,
                .funding = asked.ask.run.funding};
  work.tried = tried_by(work.user_id, asked.plan.document);
  const auto end = asked.ask.run.to.value_or(from_ms(kLatestMs));
  std::vector<RunMarket> markets;
  for (const auto& id : work.row.instruments) {
    auto& market =
        markets.emplace_back(stored_market(parts_.store_of(id), id, asked.timeframe, asked.plan.settings.from, end));
    market.named = [this, id, &control](const expr::Graph& graph) {
      return parts_.signals.series(id, graph, [&control] { return control.is_stopped(); });
    };
  }
  auto bars = read_sweep_bars(markets, RunLimits{}.bars, [&control](double) { return !control.is_stopped(); });
  if (!bars) return pass_on(bars);
  work.bars = std::move(*bars);
  if (asked.ask.run.intrabar == trading::Intrabar::magnifier) {
    auto lower = read_sweep_lower(asked.instruments, markets, work.bars, RunLimits{}.bars,
                                  [&control](double) { return !control.is_stopped(); });
    if (!lower) return pass_on(lower);
    work.lower = std::move(*lower);
  }
  auto data =
      sweep_data(asked.instruments, work.bars, work.lower, asked.plan.settings.from, asked.timeframe, language());
  if (!data) return pass_on(data);
  work.data = std::move(*data);
  work.facts.warnings = sweep_warnings(asked.ask.run, asked.plan.settings.from, work.data);
  const auto others = others_until(end);
  for (std::size_t i = 0; i < markets.size(); ++i) {
    work.data.parts[i].series = markets[i].named;
    work.data.parts[i].others = [others, &control](expr::Plan& plan) {
      return others->give(plan, [&control] { return control.is_stopped(); });
    };
  }
  const std::size_t count = work.data.bar_count();
  if (static_cast<double>(count) * static_cast<double>(work.plan.trials) > static_cast<double>(kSweepWorkMost))
    return std::unexpected(Error{Errc::limit_exceeded,
                                 fmt::format("Bars times cells are at most {}; here they are {} times {}.",
                                             kSweepWorkMost, count, work.plan.trials),
                                 {},
                                 "axes"});
  const auto earlier = parts_.records.read(
      [&](db::Connection& connection) { return records::trials_of(connection, work.tried, work.row.id); });
  if (!earlier) return pass_on(earlier);
  work.plan.earlier_trials = static_cast<std::uint64_t>(*earlier);
  auto shape = backtest::shape_of(work.plan, work.data);
  if (!shape) return pass_on(shape);
  work.shape = std::move(*shape);
  work.sweep.emplace(work.plan, work.shape);
  return {};
}

/// Takes up the cells that an earlier sitting or turn has kept.
Result<void> Lab::restore_cells(SweepWork& work) {
  const auto pieces = parts_.records.read([&](db::Connection& connection) {
    return records::count_backtest_parts(connection, work.row.id, BacktestPart::cells);
  });
  if (!pieces) return pass_on(pieces);
  work.pieces = *pieces;
  std::vector<backtest::CellResult> finished;
  for (std::int64_t i = 0; i < work.pieces; ++i) {
    auto lines = parts_.records.read([&](db::Connection& connection) {
      return records::backtest_part(connection, work.row.id, BacktestPart::cells, i);
    });
    if (!lines) return pass_on(lines);
    for (std::string_view rest = *lines; !rest.empty();) {
      const auto end = std::min(rest.find('\n'), rest.size());
      auto result = backtest::read_result_line(rest.substr(0, end));
      if (!result) return pass_on(result);
      finished.push_back(std::move(*result));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return work.sweep->restore(std::move(finished));
}

/// Once, when the sweep begins: in later turns and sittings what it looked at is known to have passed.
Result<void> Lab::check_for_leaks(SweepWork& work, const JobControl& control) {
  const Timestamp began_at = parts_.clock.now();
  const auto look = [this](const backtest::LeakInput& input) { return look_once(parts_.records, input); };
  const auto sound =
      backtest::check_sweep_leaks(work.plan, work.data, look, [&control] { return control.is_stopped(); });
  work.taken_up_at += parts_.clock.now() - began_at;  // it is made once, so no turn is the longer for it
  if (!sound && sound.error().code == Errc::bad_input) return std::unexpected(leak_error(sound.error().message));
  return sound;
}

/// Runs the cells that are missing, until somebody waits and this turn is long enough.
Result<Turn> Lab::sweep_cells(SweepWork& work, const JobControl& control) {
  work.began_at = parts_.clock.now();
  work.done_before = work.sweep->progress().done;
  const Millis turn = std::max(kTurn, (work.began_at - work.taken_up_at) * kTurnShare);
  const auto go_on = [&control] { return !control.is_stopped(); };
  Timestamp step_at = work.began_at;
  for (std::size_t cells = kCellsFirst; !work.sweep->is_done();) {
    const auto trials = work.sweep->next(cells);
    if (trials.empty()) return fail(Errc::internal, "a sweep that is not done has nothing more to run");
    auto results = backtest::run_cells(work.plan, work.shape, work.data, trials, go_on);
    if (!results) return pass_on(results);
    const bool is_whole = results->size() == trials.size();
    work.sweep->give_back(std::span{trials}.subspan(results->size()));
    if (auto kept = keep_cells(work, std::move(*results)); !kept) return pass_on(kept);
    if (!is_whole || control.is_stopped()) return fail(Errc::cancelled, "The sweep was stopped.");
    const Timestamp now = parts_.clock.now();
    cells = cells_of_step(trials.size(), now - std::exchange(step_at, now));
    const bool gives_way = !work.sweep->is_done() && control.is_waited_for() && now - work.began_at >= turn;
    show_sweep(work, gives_way);
    if (gives_way) return Turn::again;
  }
  show_sweep(work, true);
  return Turn::over;
}

Result<void> Lab::keep_cells(SweepWork& work, std::vector<backtest::CellResult> results) {
  if (results.empty()) return {};
  std::string lines;
  for (const auto& result : results) lines += backtest::result_line(result) + '\n';
  work.sweep->take(std::move(results));
  const auto tried = static_cast<std::int64_t>(work.sweep->progress().tried);
  return parts_.records.write([&](db::Connection& connection) -> Result<void> {
    const auto there = records::find_backtest(connection, work.user_id, work.row.id);
    if (!there) return pass_on(there);
    if (!*there) return fail(Errc::not_found, "The sweep was deleted.");
    if (auto put = records::put_backtest_part(connection, work.row.id, BacktestPart::cells, work.pieces, lines); !put)
      return put;
    ++work.pieces;
    if (tried == 0) return {};
    return records::count_trials(connection, work.tried, work.row.id, tried);
  });
}

/// What is found so far, for those who look; as often as its size allows.
void Lab::show_sweep(SweepWork& work, bool at_once) {
  const auto progress = work.sweep->progress();
  const Timestamp now = parts_.clock.now();
  LabEvent event{.id = work.row.id, .kind = records::BacktestKind::sweep, .status = "running"};
  event.done = progress.done;
  event.total = progress.total;
  event.progress = progress.total == 0 ? 0 : static_cast<double>(progress.done) / static_cast<double>(progress.total);
  const auto ran = progress.done - work.done_before;
  if (ran > 0)
    event.eta_ms = (now - work.began_at).count() * static_cast<std::int64_t>(progress.total - progress.done) /
                   static_cast<std::int64_t>(ran);
  const bool is_due = at_once || now - work.shown_at >= std::max(kShowEvery, work.show_took * kShowShare);
  std::string so_far;
  std::string summary;
  if (is_due) {
    so_far = backtest::sweep_json(work.facts, *work.sweep, work.data, {});
    summary = backtest::sweep_summary_json(*work.sweep);
    work.shown_at = parts_.clock.now();
    work.show_took = work.shown_at - now;
  }
  {
    const std::scoped_lock lock{mutex_};
    auto& standing = standing_[work.row.id];
    standing.share = event.progress;
    if (is_due) {
      standing.so_far.swap(so_far);  // the old one, which may be large, is let go of without the lock
      standing.summary.swap(summary);
    }
    if (!is_due && now - standing.told_at < kTellEvery) return;
    standing.told_at = now;
  }
  if (parts_.tell) parts_.tell(work.user_id, std::move(event));
}

Result<void> Lab::keep_sweep(SweepWork& work, const backtest::SweepReport& report, BacktestStatus status) {
  BacktestRow& row = work.row;
  work.facts.status = records::name(status);
  row.status = status;
  if (status == BacktestStatus::done || status == BacktestStatus::stopped) row.finished_at = parts_.clock.now();
  row.bars = static_cast<std::int64_t>(work.data.times().size() - work.shape.first);
  row.summary_json = backtest::sweep_summary_json(*work.sweep);
  const std::string told = backtest::sweep_json(work.facts, *work.sweep, work.data, report);
  return parts_.records.write([&](db::Connection& connection) -> Result<void> {
    const auto before = records::find_backtest(connection, row.user_id, row.id);
    if (!before) return pass_on(before);
    if (!*before) return fail(Errc::not_found, "The sweep was deleted.");
    row.name = (*before)->name;
    if (auto done = records::update_backtest(connection, row); !done) return done;
    return records::put_backtest_part(connection, row.id, BacktestPart::result, 0, told);
  });
}

}  // namespace cw::lab
