#include "exchange/practice/history.h"

#include <algorithm>

namespace cw::exchange::practice {
namespace {

Timestamp close_of(Timestamp open_time, market::Timeframe timeframe) { return open_time + duration(timeframe); }

Timestamp align_up(Timestamp t, market::Timeframe timeframe) {
  const Timestamp open = open_of(timeframe, t);
  return open == t ? open : close_of(open, timeframe);
}

}  // namespace

History::Query::Query(History& history, const Question& question)
    : history_(history),
      question_(question),
      first_(history.source_.first(question.instrument)),
      backwards_(!question.from) {
  const market::Timeframe timeframe = question_.timeframe;
  if (const auto end = history_.source_.end()) question_.now = std::min(question_.now, *end);
  const Timestamp newest = open_of(timeframe, std::min(question_.now, question_.to.value_or(question_.now)));
  const Timestamp oldest = open_of(timeframe, first_);
  if (question_.limit == 0 || newest < oldest) {
    done_ = true;
  } else if (backwards_) {
    const auto span = duration(timeframe) * static_cast<std::int64_t>(question_.limit - 1);
    open_window(std::max(oldest, newest - span), newest);
  } else {
    const Timestamp from = align_up(std::max(*question_.from, oldest), timeframe);
    done_ = from > newest;
    open_window(from, newest);
  }
}

void History::Query::open_window(Timestamp from, Timestamp to) {
  window_from_ = from;
  window_to_ = to;
  day_ = day_of(std::max(from, first_));
}

void History::Query::flush() {
  if (current_ && !current_->is_empty()) bars_.push_back(*current_);
  current_.reset();
}

// A daily bar that is known already needs no minutes.
bool History::Query::take_whole_day() {
  if (question_.timeframe != market::Timeframe::d1 || start_of_day(day_) + kDay > question_.now) return false;
  const auto known = history_.whole_days_.find({question_.instrument, day_});
  if (known == history_.whole_days_.end()) return false;
  flush();
  if (!known->second.is_empty()) bars_.push_back(known->second);
  return true;
}

Result<bool> History::Query::take_minutes() {
  const Result<DayBarsPtr> minutes = history_.source_.day(question_.instrument, day_);
  if (!minutes) return pass_on(minutes);
  // A day that is not over may yet turn out otherwise: the exchange can still stand still in it.
  if (start_of_day(day_) + kDay <= question_.now) history_.remember_day(question_.instrument, day_, **minutes);
  const Timestamp end = close_of(window_to_, question_.timeframe);
  for (const Bar& minute : **minutes) {
    const Timestamp at = minute.candle.open_time;
    if (at < window_from_) continue;
    if (at >= end || at > question_.now) return true;
    const Timestamp open = open_of(question_.timeframe, at);
    if (!current_ || current_->candle.open_time != open) {
      flush();
      if (!backwards_ && bars_.size() >= question_.limit) return true;
      current_ = Bar::empty_at(open);
    }
    if (at + kMinute <= question_.now) {
      current_->add(minute);
    } else {
      const auto forming = history_.minute(question_.instrument, at, question_.now);
      if (!forming) return pass_on(forming);
      if (*forming) current_->add(**forming);
    }
  }
  return false;
}

// A window of the past that held gaps gave fewer bars than were asked for: go on before it.
bool History::Query::end_window() {
  flush();
  if (!backwards_) return true;
  newer_.insert(newer_.begin(), bars_.begin(), bars_.end());
  bars_.clear();
  const Timestamp oldest = open_of(question_.timeframe, first_);
  if (newer_.size() >= question_.limit || window_from_ <= oldest) {
    const std::size_t surplus = newer_.size() - std::min(newer_.size(), question_.limit);
    bars_.assign(newer_.begin() + static_cast<std::ptrdiff_t>(surplus), newer_.end());
    return true;
  }
  const Timestamp to = window_from_ - duration(question_.timeframe);
  const auto span = duration(question_.timeframe) * static_cast<std::int64_t>(question_.limit - newer_.size() - 1);
  open_window(std::max(oldest, to - span), to);
  return false;
}

Result<bool> History::Query::step() {
  if (done_) return true;
  bool window_done = false;
  if (!take_whole_day()) {
    const Result<bool> over = take_minutes();
    if (!over) return over;
    window_done = *over;
  }
  if (!backwards_ && question_.timeframe == market::Timeframe::d1 && bars_.size() >= question_.limit)
    window_done = true;
  ++day_;
  const Timestamp next = start_of_day(day_);
  if (next > question_.now || next >= close_of(window_to_, question_.timeframe)) window_done = true;
  if (window_done) done_ = end_window();
  if (done_ && bars_.size() > question_.limit) bars_.resize(question_.limit);
  return done_;
}

Result<std::vector<Bar>> History::ask(const Question& question) {
  Query query(*this, question);
  for (;;) {
    const Result<bool> done = query.step();
    if (!done) return pass_on(done);
    if (*done) return query.take();
  }
}

Result<std::optional<Bar>> History::minute(std::size_t instrument, Timestamp minute, Timestamp now) {
  if (minute > now) return std::nullopt;
  const Result<DayBarsPtr> bars = source_.day(instrument, day_of(minute));
  if (!bars) return pass_on(bars);
  const auto at = std::ranges::lower_bound(**bars, minute, {}, [](const Bar& bar) { return bar.candle.open_time; });
  if (at == (*bars)->end() || at->candle.open_time != minute) return std::nullopt;
  if (minute + kMinute <= now) return *at;

  std::vector<market::Trade> trades;
  if (auto made = source_.trades(instrument, minute, trades); !made) return pass_on(made);
  Bar bar = Bar::empty_at(minute);
  for (const market::Trade& trade : trades) {
    if (trade.time > now) break;
    bar.add(trade);
  }
  if (bar.is_empty()) return std::nullopt;
  return bar;
}

void History::remember_day(std::size_t instrument, std::int64_t day, const DayBars& minutes) {
  if (whole_days_.contains({instrument, day})) return;
  if (whole_days_.size() >= kDayBarsKept) whole_days_.clear();
  Bar whole = Bar::empty_at(start_of_day(day));
  for (const Bar& minute : minutes) whole.add(minute);
  whole_days_.emplace(Key{instrument, day}, whole);
}

}  // namespace cw::exchange::practice
