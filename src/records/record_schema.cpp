#include "records/record_schema.h"

namespace cw::records {
namespace {

// A released step is never changed: what comes later is another one after it.
constexpr db::Migration kSteps[] = {
    {"signals", R"sql(
CREATE TABLE component_documents (
  digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
  document TEXT NOT NULL
) STRICT;

CREATE TABLE signal_runs (
  id INTEGER NOT NULL PRIMARY KEY,
  venue TEXT NOT NULL,
  symbol TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  components BLOB NOT NULL REFERENCES component_documents(digest),
  round_trip_cost REAL NOT NULL,
  first_bars TEXT NOT NULL
) STRICT;
CREATE INDEX signal_runs_by_symbol ON signal_runs(venue, symbol, id);

CREATE TABLE signals (
  venue TEXT NOT NULL,
  symbol TEXT NOT NULL,
  timeframe INTEGER NOT NULL,
  bar_time INTEGER NOT NULL,
  run INTEGER NOT NULL REFERENCES signal_runs(id),
  emitted_at INTEGER NOT NULL,
  score REAL NOT NULL,
  confidence REAL NOT NULL,
  trending INTEGER NOT NULL CHECK (trending IN (0, 1)),
  price REAL NOT NULL,
  tradingview REAL,
  probability_1h REAL,
  probability_4h REAL,
  probability_1d REAL,
  inputs BLOB NOT NULL CHECK (length(inputs) = 16),
  PRIMARY KEY (venue, symbol, timeframe, bar_time)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER signals_stay BEFORE UPDATE ON signals
BEGIN SELECT RAISE(ABORT, 'a signal is never changed'); END;

CREATE TABLE outcomes (
  venue TEXT NOT NULL,
  symbol TEXT NOT NULL,
  timeframe INTEGER NOT NULL,
  bar_time INTEGER NOT NULL,
  horizon INTEGER NOT NULL,
  change REAL,
  PRIMARY KEY (venue, symbol, timeframe, bar_time, horizon),
  FOREIGN KEY (venue, symbol, timeframe, bar_time) REFERENCES signals(venue, symbol, timeframe, bar_time)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER outcomes_stay BEFORE UPDATE ON outcomes
BEGIN SELECT RAISE(ABORT, 'an outcome is never changed'); END;
)sql"},
    {"what a model said", R"sql(
ALTER TABLE signal_runs ADD COLUMN model_weight REAL NOT NULL DEFAULT 0.3;
ALTER TABLE signals ADD COLUMN probability_up REAL CHECK (probability_up BETWEEN 0 AND 1);
ALTER TABLE signals ADD COLUMN model_id TEXT CHECK ((model_id IS NULL) = (probability_up IS NULL));
)sql"},
    {"old signals go", R"sql(
CREATE TABLE signal_prunings (
  venue TEXT NOT NULL,
  symbol TEXT NOT NULL,
  timeframe INTEGER NOT NULL,
  kept_from INTEGER NOT NULL,
  with_model INTEGER NOT NULL CHECK (with_model IN (0, 1)),
  PRIMARY KEY (venue, symbol, timeframe)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER prunings_stay BEFORE DELETE ON signal_prunings
BEGIN SELECT RAISE(ABORT, 'what was pruned stays said'); END;
CREATE TRIGGER prunings_go_on BEFORE UPDATE ON signal_prunings
WHEN NEW.venue <> OLD.venue OR NEW.symbol <> OLD.symbol OR NEW.timeframe <> OLD.timeframe OR NEW.kept_from < OLD.kept_from
  OR NEW.with_model < OLD.with_model
BEGIN SELECT RAISE(ABORT, 'what was pruned stays said'); END;

CREATE TRIGGER signals_stay_kept BEFORE DELETE ON signals
WHEN OLD.bar_time >= coalesce((SELECT kept_from FROM signal_prunings p WHERE p.venue = OLD.venue AND p.symbol = OLD.symbol
  AND p.timeframe = OLD.timeframe), OLD.bar_time)
BEGIN SELECT RAISE(ABORT, 'a signal that is not too old is not deleted'); END;
CREATE TRIGGER outcomes_stay_kept BEFORE DELETE ON outcomes
WHEN OLD.bar_time >= coalesce((SELECT kept_from FROM signal_prunings p WHERE p.venue = OLD.venue AND p.symbol = OLD.symbol
  AND p.timeframe = OLD.timeframe), OLD.bar_time)
BEGIN SELECT RAISE(ABORT, 'an outcome that is not too old is not deleted'); END;
)sql"},
    {"backtests", R"sql(
CREATE TABLE backtests (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL,
  kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'stopped')),
  strategy TEXT NOT NULL,
  version INTEGER,
  venue TEXT NOT NULL,
  symbol TEXT NOT NULL,
  timeframe TEXT NOT NULL,
  from_time INTEGER,
  to_time INTEGER,
  bars INTEGER NOT NULL,
  live INTEGER NOT NULL CHECK (live IN (0, 1)),
  request TEXT NOT NULL,
  error TEXT NOT NULL,
  summary TEXT NOT NULL
) STRICT;
CREATE INDEX backtests_by_user ON backtests(user_id, kind, created_at, id);
CREATE INDEX backtests_unfinished ON backtests(created_at) WHERE status IN ('queued', 'running');
CREATE INDEX backtests_live ON backtests(created_at) WHERE live = 1;

CREATE TABLE backtest_parts (
  backtest TEXT NOT NULL REFERENCES backtests(id) ON DELETE CASCADE,
  part INTEGER NOT NULL,
  number INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (backtest, part, number)
) STRICT;

CREATE TABLE strategy_trials (
  user_id TEXT NOT NULL,
  strategy TEXT NOT NULL,
  source TEXT NOT NULL,
  trials INTEGER NOT NULL CHECK (trials >= 1),
  PRIMARY KEY (user_id, strategy, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE tried_names (
  user_id TEXT NOT NULL,
  name TEXT NOT NULL CHECK (name != ''),
  strategy TEXT NOT NULL,
  PRIMARY KEY (user_id, name, strategy)
) STRICT, WITHOUT ROWID;
CREATE INDEX tried_names_by_strategy ON tried_names(user_id, strategy);

CREATE TABLE leak_checks (
  program TEXT NOT NULL,
  version INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  PRIMARY KEY (program, version)
) STRICT, WITHOUT ROWID;
)sql"},
};

}  // namespace

std::span<const db::Migration> record_schema() { return kSteps; }

}  // namespace cw::records
