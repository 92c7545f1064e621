#include "api/backtest_json.h"

#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "backtest/run_json.h"
#include "base/json_text.h"

namespace cw::api {
namespace {

using Json = nlohmann::json;

std::string time_text(const std::optional<Timestamp>& time) { return time ? fmt::to_string(to_ms(*time)) : "null"; }

/// The members of a request by name, those of `inputs` each by its own.
std::map<std::string, std::string> flat(const std::string& request) {
  std::map<std::string, std::string> out;
  const auto json = Json::parse(request, nullptr, false);
  if (!json.is_object()) return out;
  const auto shown = [](const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); };
  for (const auto& [name, value] : json.items()) {
    if (name == "name") continue;
    if (name != "inputs") {
      out[name] = shown(value);
      continue;
    }
    for (const auto& [input, given] : value.items()) out["inputs." + input] = shown(given);
  }
  return out;
}

}  // namespace

void append_backtest_item(std::string& out, const records::BacktestRow& row, double progress, bool practice) {
  out += R"("id":)";
  append_json_string(out, row.id);
  out += R"(,"name":)";
  append_json_string(out, row.name);
  const bool is_done = row.status == records::BacktestStatus::done;
  out += fmt::format(R"(,"status":"{}","progress":)", records::name(row.status));
  append_json_number(out, is_done ? 1 : progress);
  out += R"(,"strategy":)";
  append_json_string(out, row.strategy);
  out += fmt::format(R"(,"version":{},"symbol":)", row.version ? fmt::to_string(*row.version) : "null");
  append_json_string(out, backtest::symbols_text(row.instruments));
  out += R"(,"venue":)";
  append_json_string(out, backtest::venues_text(row.instruments));
  out += fmt::format(
      R"(,"practice":{},"timeframe":"{}","from":{},"to":{},"bars":{},"created_at":{},"finished_at":{},"live":{})",
      practice, market::name(row.timeframe), time_text(row.from), time_text(row.to), row.bars, to_ms(row.created_at),
      time_text(row.finished_at), row.live);
  out += fmt::format(R"(,"error":{},"summary":{})", row.error_json.empty() ? "null" : row.error_json,
                     row.summary_json.empty() ? "null" : row.summary_json);
}

void append_trade_list(std::string& out, std::span<const backtest::Trade> trades,
                       std::span<const market::InstrumentId> instruments) {
  for (std::size_t i = 0; i < trades.size(); ++i) {
    if (i > 0) out += ',';
    backtest::append_trade(out, trades[i], instruments);
  }
}

void append_equity_list(std::string& out, std::span<const lab::EquityRow> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += fmt::format(R"({}{{"time":{},"equity":)", i > 0 ? "," : "", rows[i].open_time_ms);
    append_json_number(out, rows[i].equity);
    out += R"(,"drawdown":)";
    append_json_number(out, rows[i].drawdown);
    out += '}';
  }
}

std::string comparison_json(const records::BacktestRow& row, bool practice, const std::string& result,
                            std::size_t points) {
  std::string out = "{";
  append_backtest_item(out, row, 1, practice);
  const auto json = Json::parse(result, nullptr, false);
  const bool is_sound = json.is_object() && json.contains("metrics") && json.contains("equity");
  out += R"(,"metrics":)" + (is_sound ? json.at("metrics").dump() : std::string{"{}"}) + R"(,"growth":[)";
  if (is_sound) {
    const auto& equity = json.at("equity");
    const double capital = json.value("initial_capital", 0.0);
    const std::size_t step = std::max<std::size_t>(1, (equity.size() + points - 1) / points);
    bool first = true;
    for (std::size_t i = 0; i < equity.size() && capital > 0; i += step) {
      // The last one always counts: it is what the run ended with.
      const auto& point = equity[i + step >= equity.size() ? equity.size() - 1 : i];
      out += fmt::format(R"({}{{"time":{},"growth":)", std::exchange(first, false) ? "" : ",",
                         point.at("time").get<std::int64_t>());
      append_json_number(out, point.at("equity").get<double>() / capital);
      out += '}';
    }
  }
  return out + "]}";
}

std::string differences_json(const std::vector<records::BacktestRow>& rows) {
  std::vector<std::map<std::string, std::string>> asked;
  std::set<std::string> fields;
  for (const auto& row : rows) {
    asked.push_back(flat(row.request_json));
    asked.back()["timeframe"] = market::name(row.timeframe);
    for (const auto& [field, value] : asked.back()) fields.insert(field);
  }
  std::string out = "[";
  for (const std::string& field : fields) {
    std::set<std::string> values;
    for (const auto& one : asked) values.insert(one.contains(field) ? one.at(field) : "");
    if (values.size() < 2) continue;
    out += out.back() == '}' ? R"(,{"field":)" : R"({"field":)";
    append_json_string(out, field);
    out += R"(,"values":[)";
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (i > 0) out += ',';
      append_json_string(out, asked[i].contains(field) ? asked[i].at(field) : "");
    }
    out += "]}";
  }
  return out + "]";
}

}  // namespace cw::api
