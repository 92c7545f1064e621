#include "realtime/hub.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/random.h"
#include "base/require.h"

namespace cw::realtime {
namespace {

std::uint64_t bar_topic_id(BoardIndex instrument, market::Timeframe timeframe) {
  return (std::uint64_t{instrument} << 8) | static_cast<std::uint64_t>(timeframe);
}

constexpr std::string_view kStatusKey = "feed_status";

}  // namespace

struct Hub::Topic {
  std::string key;
  Channel channel{};
  std::string epoch;
  std::uint64_t offset = 0;
  std::vector<Subscriber*> listeners;
  // market_data
  BoardIndex instrument = 0;
  market::Timeframe timeframe{};
  bool forming_waits = false;
  // tickers
  std::vector<BoardIndex> instruments;  // in order; empty: all
  std::set<BoardIndex> tickers_wait;
  // feed_status
  bool status_waits = false;
};

Hub::Hub(MarketBoard& board, std::uint64_t epoch_seed, Metrics& metrics)
    : board_(board),
      epoch_state_(epoch_seed),
      published_(metrics.counter("candlewick_realtime_messages_published_total", "Messages published into topics")),
      delivered_(metrics.counter("candlewick_realtime_deliveries_total", "Messages handed to a client's queue")) {}

Hub::~Hub() = default;

void Hub::publish_closed(BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar, bool gapped) {
  board_.set_closed(instrument, timeframe, bar);
  Topic* topic = bar_topic(instrument, timeframe);
  if (topic == nullptr) return;
  if (!board_.forming(instrument, timeframe)) topic->forming_waits = false;
  publish(*topic, bar_json(BarKind::closed, board_.instrument(instrument), timeframe, bar, gapped), Frame::Kind::lasting);
}

void Hub::publish_revised(BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar, bool gapped) {
  const auto& newest = board_.closed(instrument, timeframe);
  if (newest && newest->open_time == bar.open_time) board_.set_closed(instrument, timeframe, bar);
  Topic* topic = bar_topic(instrument, timeframe);
  if (topic == nullptr) return;
  publish(*topic, bar_json(BarKind::revised, board_.instrument(instrument), timeframe, bar, gapped),
          Frame::Kind::lasting);
}

void Hub::publish_forming(BoardIndex instrument, market::Timeframe timeframe, const market::FormingCandle& bar) {
  // A bar that is closed already stays closed, whatever arrives late.
  const auto& closed = board_.closed(instrument, timeframe);
  if (closed && bar.open_time <= closed->open_time) return;
  board_.set_forming(instrument, timeframe, bar);
  if (Topic* topic = bar_topic(instrument, timeframe)) topic->forming_waits = true;
}

void Hub::publish_ticker(BoardIndex instrument, const Ticker& ticker) {
  if (board_.ticker(instrument) == ticker) return;
  board_.set_ticker(instrument, ticker);
  for (Topic* topic : ticker_topics_) {
    const auto& wanted = topic->instruments;
    if (wanted.empty() || std::binary_search(wanted.begin(), wanted.end(), instrument)) {
      topic->tickers_wait.insert(instrument);
    }
  }
}

void Hub::publish_status(std::string json) {
  if (json == status_json_) return;
  status_json_ = std::move(json);
  if (const auto topic = topics_.find(std::string(kStatusKey)); topic != topics_.end()) {
    topic->second->status_waits = true;
  }
}

void Hub::tick() {
  for (auto& [key, topic] : topics_) flush(*topic);
}

void Hub::flush(Topic& topic) {
  if (std::exchange(topic.forming_waits, false)) {
    const auto& bar = board_.forming(topic.instrument, topic.timeframe);
    if (bar) {
      publish(topic,
              bar_json(BarKind::forming, board_.instrument(topic.instrument), topic.timeframe, shown_as_candle(*bar), false),
              Frame::Kind::provisional);
    }
  }
  for (const BoardIndex instrument : std::exchange(topic.tickers_wait, {})) {
    publish(topic, ticker_json(board_.instrument(instrument), board_.ticker(instrument)), Frame::Kind::provisional);
  }
  if (std::exchange(topic.status_waits, false)) publish(topic, status_json_, Frame::Kind::provisional);
}

void Hub::publish(Topic& topic, std::string_view data, Frame::Kind kind) {
  ++topic.offset;
  auto frame = std::make_shared<Frame>();
  frame->text = data_text(topic.channel, topic.key, topic.offset, data);
  frame->key = topic.key;
  frame->channel = topic.channel;
  frame->offset = topic.offset;
  frame->kind = kind;
  published_.add();
  delivered_.add(topic.listeners.size());
  for (Subscriber* listener : topic.listeners) {
    listener->outbox.push(frame);
    listener->wake();
  }
}

std::optional<Refusal> Hub::subscribe(Subscriber& who, const Subscribe& request, std::size_t open_keys_most) {
  std::string key(kStatusKey);
  Channel channel = Channel::feed_status;
  BoardIndex instrument = 0;
  market::Timeframe timeframe{};
  std::vector<BoardIndex> instruments;

  if (const auto* bars = std::get_if<MarketDataRequest>(&request.params)) {
    const auto found = board_.resolve(bars->symbol);
    if (!found) return refusal_of(request.id, found.error(), "symbol");
    channel = Channel::market_data;
    instrument = *found;
    timeframe = bars->timeframe;
    key = fmt::format("market_data:{}:{}", board_.instrument(instrument).id.text(), market::name(timeframe));
  } else if (const auto* tickers = std::get_if<TickersRequest>(&request.params)) {
    channel = Channel::tickers;
    for (const std::string& symbol : tickers->symbols) {
      const auto found = board_.resolve(symbol);
      if (!found) return refusal_of(request.id, found.error(), "symbols");
      instruments.push_back(*found);
    }
    std::sort(instruments.begin(), instruments.end());
    instruments.erase(std::unique(instruments.begin(), instruments.end()), instruments.end());
    key = "tickers:";
    for (const BoardIndex i : instruments) key += (key.back() == ':' ? "" : ",") + board_.instrument(i).id.text();
    if (instruments.empty()) key += '*';
  }

  auto& open_topics = open_[&who];
  const auto has_key = [&](const Topic* topic) { return topic->key == key; };
  const bool is_new = std::none_of(open_topics.begin(), open_topics.end(), has_key);
  if (is_new && open_topics.size() >= open_keys_most) {
    return Refusal{request.id, "too_many_subscriptions",
                   fmt::format("a connection may have {} open keys; unsubscribe one first", open_keys_most), false};
  }
  Topic& topic = open(key, channel);
  if (topic.listeners.empty()) {
    topic.instrument = instrument;
    topic.timeframe = timeframe;
    topic.instruments = std::move(instruments);
    if (channel == Channel::market_data) bar_topics_[bar_topic_id(instrument, timeframe)] = &topic;
    if (channel == Channel::tickers) ticker_topics_.push_back(&topic);
  }
  // What was kept back belongs before the snapshot's offset: it goes to those who listened before.
  flush(topic);
  who.outbox.push_reply(
      subscribed_text(request.id, channel, topic.key, topic.epoch, topic.offset, snapshot(topic)));
  if (is_new) {
    topic.listeners.push_back(&who);
    open_topics.push_back(&topic);
  }
  who.wake();
  return std::nullopt;
}

bool Hub::unsubscribe(Subscriber& who, const std::string& key) {
  const auto mine = open_.find(&who);
  if (mine == open_.end()) return false;
  const auto found =
      std::find_if(mine->second.begin(), mine->second.end(), [&](const Topic* topic) { return topic->key == key; });
  if (found == mine->second.end()) return false;
  Topic& topic = **found;
  mine->second.erase(found);
  std::erase(topic.listeners, &who);
  who.outbox.drop_key(key);
  close_if_unused(topic);
  return true;
}

void Hub::leave(Subscriber& who) {
  const auto mine = open_.find(&who);
  if (mine == open_.end()) return;
  const auto topics = std::move(mine->second);
  open_.erase(mine);
  for (Topic* topic : topics) {
    std::erase(topic->listeners, &who);
    close_if_unused(*topic);
  }
}

std::size_t Hub::keys_of(const Subscriber& who) const {
  const auto mine = open_.find(const_cast<Subscriber*>(&who));
  return mine == open_.end() ? 0 : mine->second.size();
}

Hub::Topic& Hub::open(std::string key, Channel channel) {
  auto& topic = topics_[key];
  if (!topic) {
    topic = std::make_unique<Topic>();
    topic->key = std::move(key);
    topic->channel = channel;
    // A topic that is opened anew counts from 0 again, so it is a new epoch: offsets of two lives never mix.
    epoch_state_ = mix64(epoch_state_);
    topic->epoch = fmt::format("{:08x}", epoch_state_ >> 32);
  }
  return *topic;
}

Hub::Topic* Hub::bar_topic(BoardIndex instrument, market::Timeframe timeframe) {
  const auto found = bar_topics_.find(bar_topic_id(instrument, timeframe));
  return found == bar_topics_.end() ? nullptr : found->second;
}

void Hub::close_if_unused(Topic& topic) {
  if (!topic.listeners.empty()) return;
  if (topic.channel == Channel::market_data) bar_topics_.erase(bar_topic_id(topic.instrument, topic.timeframe));
  if (topic.channel == Channel::tickers) std::erase(ticker_topics_, &topic);
  const std::string key = topic.key;
  topics_.erase(key);
}

std::string Hub::snapshot(const Topic& topic) const {
  switch (topic.channel) {
    case Channel::market_data:
      return bar_snapshot_json(board_.instrument(topic.instrument), topic.timeframe,
                               board_.closed(topic.instrument, topic.timeframe),
                               board_.forming(topic.instrument, topic.timeframe));
    case Channel::feed_status: return status_json_;
    case Channel::tickers: break;
  }
  std::string out = R"({"tickers":[)";
  const auto append = [&](BoardIndex i) {
    if (out.back() != '[') out += ',';
    out += ticker_json(board_.instrument(i), board_.ticker(i));
  };
  if (topic.instruments.empty()) {
    for (BoardIndex i = 0; i < board_.size(); ++i) append(i);
  } else {
    for (const BoardIndex i : topic.instruments) append(i);
  }
  return out + "]}";
}

}  // namespace cw::realtime
