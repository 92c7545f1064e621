#include "realtime/market_channels.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "realtime/market_json.h"

namespace cw::realtime {
namespace {

constexpr unsigned kTicksPerStatus = 4;

std::size_t slot(market::Timeframe timeframe) { return static_cast<std::size_t>(timeframe); }

}  // namespace

void MarketChannels::attach(Hub& hub) {
  hub_ = &hub;
  status_source_ = hub.add_source();
}

BoardIndex MarketChannels::put(market::Instrument instrument, bool followed) {
  const BoardIndex index = board_.put(std::move(instrument), followed);
  if (index == sources_.size()) {
    Sources& sources = sources_.emplace_back();
    for (SourceId& source : sources.bars) source = hub_->add_source();
    sources.ticker = hub_->add_source();
  }
  return index;
}

void MarketChannels::stored(BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar) {
  const auto& newest = board_.closed(instrument, timeframe);
  if (newest && bar.open_time <= newest->open_time) return;
  board_.set_closed(instrument, timeframe, bar);
  if (!board_.forming(instrument, timeframe)) sources_[instrument].forming_waits[slot(timeframe)] = false;
}

void MarketChannels::closed(BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar,
                            bool gapped) {
  board_.set_closed(instrument, timeframe, bar);
  Sources& sources = sources_[instrument];
  if (!board_.forming(instrument, timeframe)) sources.forming_waits[slot(timeframe)] = false;
  hub_->publish(sources.bars[slot(timeframe)], Delivery::durable, [&](std::string& out) {
    out += bar_json(BarKind::closed, board_.instrument(instrument), timeframe, bar, gapped);
  });
}

void MarketChannels::revised(BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar,
                             bool gapped) {
  const auto& newest = board_.closed(instrument, timeframe);
  if (newest && newest->open_time == bar.open_time) board_.set_closed(instrument, timeframe, bar);
  hub_->publish(sources_[instrument].bars[slot(timeframe)], Delivery::durable, [&](std::string& out) {
    out += bar_json(BarKind::revised, board_.instrument(instrument), timeframe, bar, gapped);
  });
}

void MarketChannels::forming(BoardIndex instrument, market::Timeframe timeframe, const market::FormingCandle& bar) {
  const auto& newest = board_.closed(instrument, timeframe);
  if (newest && bar.open_time <= newest->open_time) return;
  board_.set_forming(instrument, timeframe, bar);
  sources_[instrument].forming_waits[slot(timeframe)] = true;
}

void MarketChannels::ticker(BoardIndex instrument, const Ticker& ticker) {
  if (board_.ticker(instrument) == ticker) return;
  board_.set_ticker(instrument, ticker);
  sources_[instrument].ticker_waits = true;
}

void MarketChannels::tick() {
  for (BoardIndex i = 0; i < sources_.size(); ++i) {
    Sources& sources = sources_[i];
    for (const market::Timeframe timeframe : market::kTimeframes) {
      if (!std::exchange(sources.forming_waits[slot(timeframe)], false)) continue;
      hub_->publish(sources.bars[slot(timeframe)], Delivery::conflatable, [&](std::string& out) {
        out += bar_json(BarKind::forming, board_.instrument(i), timeframe,
                        shown_as_candle(*board_.forming(i, timeframe)), false);
      });
    }
    if (std::exchange(sources.ticker_waits, false)) {
      hub_->publish(sources.ticker, Delivery::conflatable,
                    [&](std::string& out) { out += ticker_json(board_.instrument(i), board_.ticker(i)); });
    }
  }
  if (++ticks_ % kTicksPerStatus == 0 && std::exchange(status_waits_, false)) {
    hub_->publish(status_source_, Delivery::conflatable, [&](std::string& out) { out += status_json_(); });
  }
}

Result<Topic> MarketChannels::open(const Subscribe& subscribe) {
  switch (subscribe.channel) {
    case Channel::market_data: return open_bars(subscribe);
    case Channel::tickers: return open_tickers(subscribe);
    case Channel::feed_status: break;
    case Channel::signals:
      if (signals_ == nullptr) return fail(Errc::unsupported, "there are no signals here");
      return signals_->open(subscribe);
    case Channel::backtests:
      if (backtests_ == nullptr) return fail(Errc::unsupported, "there are no backtests here");
      return backtests_->open(subscribe);
  }
  return Topic{Channel::feed_status, "feed_status", {status_source_}, status_json_()};
}

void MarketChannels::left(const std::string& key) {
  if (expressions_ != nullptr) expressions_->left(key);
  if (signals_ != nullptr) signals_->left(key);
}

Result<Topic> MarketChannels::open_bars(const Subscribe& subscribe) {
  const auto timeframe = market::parse_timeframe(subscribe.timeframe);
  if (!timeframe) {
    Error error = timeframe.error();
    error.field = "timeframe";
    return std::unexpected(std::move(error));
  }
  const auto found = board_.resolve(subscribe.symbol);
  if (!found) {
    Error error = found.error();
    error.field = "symbol";
    return std::unexpected(std::move(error));
  }
  if (subscribe.expr) {
    if (expressions_ == nullptr) return fail(Errc::unsupported, "expressions are not evaluated here");
    return expressions_->open(*found, *timeframe, subscribe);
  }
  const market::Instrument& instrument = board_.instrument(*found);
  return Topic{
      Channel::market_data,
      fmt::format("market_data:{}:{}", instrument.id.text(), market::name(*timeframe)),
      {sources_[*found].bars[slot(*timeframe)]},
      bar_snapshot_json(instrument, *timeframe, board_.closed(*found, *timeframe), board_.forming(*found, *timeframe))};
}

Result<Topic> MarketChannels::open_tickers(const Subscribe& subscribe) {
  std::vector<BoardIndex> wanted;
  if (subscribe.symbols) {
    for (const std::string& symbol : *subscribe.symbols) {
      const auto found = board_.resolve(symbol);
      if (!found) {
        Error error = found.error();
        error.field = "symbols";
        return std::unexpected(std::move(error));
      }
      wanted.push_back(*found);
    }
  } else {
    for (BoardIndex i = 0; i < sources_.size(); ++i) {
      if (board_.is_followed(i)) wanted.push_back(i);
    }
  }
  std::ranges::sort(wanted);
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  Topic topic{Channel::tickers, "tickers:", {}, R"({"tickers":[)"};
  for (const BoardIndex i : wanted) {
    if (!topic.sources.empty()) {
      topic.key += ',';
      topic.snapshot_json += ',';
    }
    topic.key += board_.instrument(i).id.text();
    topic.sources.push_back(sources_[i].ticker);
    topic.snapshot_json += ticker_json(board_.instrument(i), board_.ticker(i));
  }
  topic.snapshot_json += "]}";
  return topic;
}

}  // namespace cw::realtime
