#include "lab/kept_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "backtest/report/thin.h"
#include "base/number.h"
#include "base/time.h"

namespace cw::lab {
namespace {

static_assert(std::endian::native == std::endian::little);

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Takes values off the front of bytes that are long enough.
class Taker {
 public:
  explicit Taker(std::string_view bytes) : bytes_(bytes) {}
  template <class T>
  void take(T& value) {
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
  }

 private:
  std::string_view bytes_;
};

constexpr std::size_t kEquityBytes = 24;
constexpr std::size_t kTradeBytes = 8 * 12 + 2 * 4 + 2;

}  // namespace

std::vector<EquityRow> equity_rows(const backtest::RunRows& rows, std::size_t most) {
  std::vector<double> drawdown(rows.equity.size());
  double peak = 0;
  for (std::size_t i = 0; i < drawdown.size(); ++i) {
    peak = std::max(peak, rows.equity[i]);
    drawdown[i] = peak > 0 ? 1 - rows.equity[i] / peak : 0;
  }
  std::vector<EquityRow> out;
  for (const std::size_t i : backtest::thinned(rows.equity, most))
    out.push_back({rows.open_time_ms[i], rows.equity[i], drawdown[i]});
  return out;
}

std::string equity_csv(std::span<const EquityRow> rows) {
  std::string out = "time,equity,drawdown\r\n";
  for (const EquityRow& row : rows)
    out += fmt::format("{},{},{}\r\n", format_time(from_ms(row.open_time_ms)), format_double(row.equity),
                       format_double(row.drawdown));
  return out;
}

std::string encode(const std::vector<EquityRow>& rows, std::size_t from, std::size_t count) {
  std::string out;
  out.reserve(count * kEquityBytes);
  for (std::size_t i = from; i < from + count; ++i) {
    put(out, rows[i].open_time_ms);
    put(out, rows[i].equity);
    put(out, rows[i].drawdown);
  }
  return out;
}

Result<std::vector<EquityRow>> decode_equity(std::string_view bytes) {
  if (bytes.size() % kEquityBytes != 0) return fail(Errc::corrupt, "the kept equity of a run is cut off");
  std::vector<EquityRow> out(bytes.size() / kEquityBytes);
  Taker taker(bytes);
  for (EquityRow& row : out) {
    taker.take(row.open_time_ms);
    taker.take(row.equity);
    taker.take(row.drawdown);
  }
  return out;
}

std::string encode(const std::vector<backtest::Trade>& trades, std::size_t from, std::size_t count) {
  std::string out;
  out.reserve(count * kTradeBytes);
  for (std::size_t i = from; i < from + count; ++i) {
    const auto& trade = trades[i];
    put(out, trade.id);
    put(out, trade.entry_time);
    put(out, trade.exit_time);
    for (const double value : {trade.entry_price, trade.exit_price, trade.quantity, trade.pnl, trade.pnl_pct,
                               trade.fees, trade.slippage, trade.mae, trade.mfe})
      put(out, value);
    put(out, trade.bars);
    put(out, trade.instrument);
    put(out, static_cast<std::uint8_t>(trade.side));
    put(out, static_cast<std::uint8_t>(trade.exit_reason));
  }
  return out;
}

Result<std::vector<backtest::Trade>> decode_trades(std::string_view bytes) {
  if (bytes.size() % kTradeBytes != 0) return fail(Errc::corrupt, "the kept trades of a run are cut off");
  std::vector<backtest::Trade> out(bytes.size() / kTradeBytes);
  Taker taker(bytes);
  for (auto& trade : out) {
    taker.take(trade.id);
    taker.take(trade.entry_time);
    taker.take(trade.exit_time);
    for (double* value : {&trade.entry_price, &trade.exit_price, &trade.quantity, &trade.pnl, &trade.pnl_pct,
                          &trade.fees, &trade.slippage, &trade.mae, &trade.mfe})
      taker.take(*value);
    taker.take(trade.bars);
    taker.take(trade.instrument);
    std::uint8_t side = 0;
    std::uint8_t reason = 0;
    taker.take(side);
    taker.take(reason);
    if (side > 1 || reason > static_cast<std::uint8_t>(trading::Reason::open))
      return fail(Errc::corrupt, "a kept trade has a side or a reason that there is not");
    trade.side = static_cast<backtest::TradeSide>(side);
    trade.exit_reason = static_cast<trading::Reason>(reason);
  }
  return out;
}

}  // namespace cw::lab
