#include "records/backtest_rows.h"

#include <gtest/gtest.h>

#include "db/testing.h"
#include "records/record_schema.h"

namespace cw::records {
namespace {

struct Backtests : testing::Test {
  Backtests() { EXPECT_TRUE(db::migrate(*connection, record_schema())); }
  static BacktestRow row(const std::string& id, int minute, const std::string& user = "u_ada") {
    BacktestRow made;
    made.id = id;
    made.user_id = user;
    made.created_at = from_ms(1'700'000'000'000 + minute * std::int64_t{60'000});
    made.strategy = "ema-cross";
    made.instruments = {{"binance", "BTCUSDT"}};
    made.timeframe = market::Timeframe::h1;
    made.request_json = R"({"symbol":"BTCUSDT"})";
    return made;
  }
  void add(const BacktestRow& made) { ASSERT_TRUE(add_backtest(*connection, made)); }
  std::vector<std::string> ids(const BacktestQuery& query) {
    std::vector<std::string> out;
    for (const auto& one : list_backtests(*connection, query).value()) out.push_back(one.id);
    return out;
  }
  db::testing::TemporaryFolder folder;
  std::unique_ptr<db::Connection> connection = db::Connection::open(folder / "record.db").value();
};

TEST_F(Backtests, AreReadAsTheyWereWrittenByTheirOwnerAlone) {
  BacktestRow made = row("b_1", 1);
  made.version = 3;
  made.from = from_ms(5);
  add(made);
  EXPECT_EQ(find_backtest(*connection, "u_ada", "b_1").value(), made);
  EXPECT_EQ(find_backtest(*connection, "u_bob", "b_1").value(), std::nullopt);
  made.status = BacktestStatus::done;
  made.finished_at = from_ms(9);
  made.name = "slow";
  made.bars = 700;
  made.live = true;
  made.summary_json = "{}";
  ASSERT_TRUE(update_backtest(*connection, made));
  EXPECT_EQ(find_backtest(*connection, "u_ada", "b_1").value(), made);
  EXPECT_EQ(update_backtest(*connection, row("b_2", 1)).error().code, Errc::not_found);
}

TEST_F(Backtests, AreListedNewestFirstInPages) {
  for (int i = 1; i <= 5; ++i) add(row("b_" + std::to_string(i), i / 2));  // two of the same minute
  add(row("b_9", 9, "u_bob"));
  BacktestQuery query{.user_id = "u_ada", .limit = 2};
  EXPECT_EQ(ids(query), (std::vector<std::string>{"b_5", "b_4"}));
  query.after = "b_4";
  EXPECT_EQ(ids(query), (std::vector<std::string>{"b_3", "b_2"}));
  query.after = "b_2";
  EXPECT_EQ(ids(query), (std::vector<std::string>{"b_1"}));
}

TEST_F(Backtests, AreFoundByWords) {
  add(row("b_1", 1));
  BacktestRow named = row("b_2", 2);
  named.name = "100%_Sure";
  add(named);
  EXPECT_EQ(ids({.user_id = "u_ada", .search = "btc EMA"}).size(), 2u);
  EXPECT_EQ(ids({.user_id = "u_ada", .search = "btc sure"}), (std::vector<std::string>{"b_2"}));
  EXPECT_EQ(ids({.user_id = "u_ada", .search = "0%_s"}), (std::vector<std::string>{"b_2"}));
  EXPECT_TRUE(ids({.user_id = "u_ada", .search = "0%s"}).empty()) << "the signs of a pattern are only signs";
}

TEST_F(Backtests, ThatAreUnfinishedAreGoneOnWithOldestFirst) {
  add(row("b_1", 2));
  add(row("b_2", 1, "u_bob"));
  BacktestRow done = row("b_3", 0);
  done.status = BacktestStatus::done;
  add(done);
  const auto unfinished = unfinished_backtests(*connection).value();
  ASSERT_EQ(unfinished.size(), 2u);
  EXPECT_EQ(unfinished[0].id, "b_2");
  EXPECT_EQ(unfinished[1].id, "b_1");
}

TEST_F(Backtests, OnlyTheOldUnnamedFinishedOnesAreSurplus) {
  for (int i = 1; i <= 6; ++i) {
    BacktestRow made = row("b_" + std::to_string(i), i);
    made.status = i == 2 ? BacktestStatus::running : BacktestStatus::done;
    made.name = i == 1 ? "kept" : "";
    made.live = i == 3;
    add(made);
  }
  EXPECT_EQ(surplus_backtests(*connection, "u_ada", BacktestKind::run, 4).value(),
            (std::vector<std::string>{"b_4", "b_5"}));
  EXPECT_TRUE(surplus_backtests(*connection, "u_ada", BacktestKind::run, 6).value().empty());
}

TEST_F(Backtests, PartsGoWithTheirRow) {
  add(row("b_1", 1));
  const std::string bytes("a\0b", 3);
  ASSERT_TRUE(put_backtest_part(*connection, "b_1", BacktestPart::trades, 0, bytes));
  ASSERT_TRUE(put_backtest_part(*connection, "b_1", BacktestPart::trades, 1, "x"));
  ASSERT_TRUE(put_backtest_part(*connection, "b_1", BacktestPart::trades, 1, "y"));
  EXPECT_EQ(backtest_part(*connection, "b_1", BacktestPart::trades, 0).value(), bytes);
  EXPECT_EQ(backtest_part(*connection, "b_1", BacktestPart::trades, 1).value(), "y");
  EXPECT_EQ(backtest_part(*connection, "b_1", BacktestPart::equity, 0).value(), "");
  EXPECT_EQ(count_backtest_parts(*connection, "b_1", BacktestPart::trades).value(), 2);
  ASSERT_TRUE(delete_backtest(*connection, "b_1"));
  EXPECT_EQ(count_backtest_parts(*connection, "b_1", BacktestPart::trades).value(), 0);
  EXPECT_EQ(delete_backtest(*connection, "b_1").error().code, Errc::not_found);
}

TEST_F(Backtests, TrialsAreCountedOnceEach) {
  const TriedStrategy one{"u_ada", "s", ""};
  ASSERT_TRUE(count_trials(*connection, one, "program", 1));
  ASSERT_TRUE(count_trials(*connection, one, "program", 1));
  ASSERT_TRUE(count_trials(*connection, one, "sweep", 500));
  ASSERT_TRUE(count_trials(*connection, one, "sweep", 200));
  ASSERT_TRUE(count_trials(*connection, {"u_ada", "other", ""}, "program", 1));
  EXPECT_EQ(trials_of(*connection, one).value(), 501);
  EXPECT_EQ(trials_of(*connection, one, "sweep").value(), 1) << "what the sweep itself tried is not before it";
  EXPECT_EQ(trials_of(*connection, one, "another").value(), 501);
  EXPECT_EQ(trials_of(*connection, {"u_bob", "s", ""}).value(), 0);
}

TEST_F(Backtests, TrialsStayWhereAStrategyIsChangedAndWhereItIsRenamed) {
  const auto count = [this](const TriedStrategy& strategy, std::int64_t trials) {
    ASSERT_TRUE(count_trials(*connection, strategy, "of " + strategy.fingerprint, trials));
  };
  count({"u_ada", "first", "mine"}, 10);
  count({"u_ada", "second", "mine"}, 1);  // another text
  EXPECT_EQ(trials_of(*connection, {"u_ada", "third", "mine"}).value(), 11);
  EXPECT_EQ(trials_of(*connection, {"u_ada", "second", "yours"}).value(), 11) << "another name";
  count({"u_ada", "second", "yours"}, 1);
  count({"u_ada", "third", "yours"}, 100);
  for (const auto* name : {"mine", "yours", "theirs", ""})
    EXPECT_EQ(trials_of(*connection, {"u_ada", "third", name}).value(), 111) << name;
  EXPECT_EQ(trials_of(*connection, {"u_ada", "fourth", "mine"}).value(), 111);
  EXPECT_EQ(trials_of(*connection, {"u_ada", "fourth", "theirs"}).value(), 0);
  EXPECT_EQ(trials_of(*connection, {"u_bob", "third", "mine"}).value(), 0);
  // Without a name nothing is alike but what does the same.
  count({"u_ada", "shipped", ""}, 7);
  EXPECT_EQ(trials_of(*connection, {"u_ada", "shipped", ""}).value(), 7);
  EXPECT_EQ(trials_of(*connection, {"u_ada", "other", ""}).value(), 0);
}

TEST_F(Backtests, LeakChecksAreKeptByProgramAndVersion) {
  ASSERT_TRUE(keep_leak_check(*connection, "p", 1, R"({"passed":true})"));
  EXPECT_EQ(find_leak_check(*connection, "p", 1).value(), R"({"passed":true})");
  EXPECT_EQ(find_leak_check(*connection, "p", 2).value(), std::nullopt);
}

}  // namespace
}  // namespace cw::records
