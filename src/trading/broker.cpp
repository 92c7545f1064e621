#include "trading/broker.h"

#include <cmath>

#include <fmt/format.h>

#include "base/require.h"
#include "trading/book.h"

namespace cw::trading {
namespace {

constexpr std::size_t kFillsUsual = 64;

std::unexpected<Error> wrong(std::string field, std::string_view sentence) {
  auto message = fmt::format("{}: {}", field, sentence);
  return std::unexpected(Error{Errc::bad_parameter, std::move(message), {}, std::move(field)});
}

/// A market order that closes all that is held.
OrderRequest exit_request(const Book& book, Reason reason) {
  OrderRequest exit;
  exit.side = book.is_long() ? Side::sell : Side::buy;
  exit.reduce_only = true;
  exit.reason = reason;
  return exit;
}

}  // namespace

Result<void> validate(const AccountSettings& settings) {
  if (settings.capital <= Money{} || settings.capital > kCapitalMost)
    return wrong("capital",
                 fmt::format("{} must be above 0 and at most {}", settings.capital.text(), kCapitalMost.text()));
  if (!(settings.fills.participation >= 0 && settings.fills.participation <= 1))
    return wrong("fills.participation", "a share of the volume is 0 to 1");
  if (auto checked = validate(settings.limits); !checked) return checked;
  return validate(settings.protections);
}

Broker::Broker(const AccountSettings& settings, LowerBars lower_bars)
    : settings_(settings),
      lower_bars_(std::move(lower_bars)),
      ledger_(settings.capital),
      watch_(settings.protections, settings.capital.value()) {
  fills_.reserve(kFillsUsual);
}

Broker::~Broker() = default;
Broker::Broker(Broker&&) noexcept = default;
Broker& Broker::operator=(Broker&&) noexcept = default;

std::size_t Broker::add(const InstrumentRules& rules, const Sizing& sizing) {
  Book book;
  book.index = static_cast<std::uint32_t>(ledger_.add(rules));
  book.rules = rules;
  book.sizing = sizing;
  books_.push_back(std::move(book));
  watch_.add();
  return books_.size() - 1;
}

std::uint64_t Broker::rest(Book& book, const OrderRequest& request) {
  Resting& order = book.orders.emplace_back();
  order.id = ++order_numbers_;
  order.request = request;
  order.type = request.type;
  order.side = request.side;
  order.lots = request.quantity;
  order.limit = book.rules.price(request.limit);
  order.stop = book.rules.price(request.stop);
  order.bars_left = request.good_for_bars;
  if (request.type == OrderType::trailing_stop) {
    order.extreme = book.mark;
    order.stop = trailed_stop(book, order);
  }
  return order.id;
}

Result<std::uint64_t> Broker::submit(std::size_t instrument, const OrderRequest& order) {
  CW_REQUIRE(instrument < books_.size());
  Book& book = books_[instrument];
  if (auto checked = validate(order, book.rules); !checked) return pass_on(checked);
  if (book.orders.size() >= kOrdersMost)
    return fail(Errc::limit_exceeded, fmt::format("{} orders wait already", kOrdersMost));
  const bool now = order.type == OrderType::market && settings_.fills.time == FillTime::close;
  if (now && std::isnan(book.mark)) return wrong("type", "there is no close yet to fill a market order at");
  const auto id = rest(book, order);
  if (now) {
    book.at_close = true;
    execute(book, book.orders.size() - 1, book.mark);
  }
  return id;
}

bool Broker::cancel(std::uint64_t order) {
  for (auto& book : books_) {
    if (std::erase_if(book.orders, [&](const Resting& one) { return one.id == order; }) > 0) return true;
  }
  return false;
}

bool Broker::cancel_all(std::size_t instrument) {
  CW_REQUIRE(instrument < books_.size());
  Book& book = books_[instrument];
  const bool any = !book.orders.empty();
  book.orders.clear();
  book.brackets.clear();
  return any;
}

Broker::Exits Broker::exits(std::size_t instrument) const {
  const Book& book = books_[instrument];
  Exits exits;
  const auto nearer = [&book](const std::optional<double>& known, double price) {
    return !known || std::abs(price - book.mark) < std::abs(*known - book.mark);
  };
  for (const Resting& order : book.orders) {
    if (order.bracket == 0) continue;
    const bool is_target = order.type == OrderType::limit;
    const double price = is_target ? order.limit : order.stop;
    auto& exit = is_target ? exits.target : exits.stop;
    if (!std::isnan(price) && nearer(exit, price)) exit = price;
  }
  return exits;
}

std::size_t Broker::waiting(std::size_t instrument) const { return books_[instrument].orders.size(); }

void Broker::pay_funding(Book& book, const market::Candle& bar) {
  const Funding& funding = settings_.costs.funding;
  if (!book.held.none()) {
    const auto count = funding.settlements(book.bar.open_time, bar.open_time);
    const auto price = book.rules.nearest_ticks(bar.open);
    const auto value = price ? book.rules.value(*price, book.held) : std::nullopt;
    for (std::int64_t i = 0; i < count; ++i) {
      const bool paid = value && ledger_.pay_funding(funding.payment(*value));
      if (!paid) refuse(Refusal::not_countable);
    }
  }
}

/// Only a short or what was bought with borrowed money can use the account up.
bool Broker::may_be_liquidated(const Book& book) const {
  return book.held.count < 0 || (book.held.count > 0 && ledger_.cash() < Money{});
}

void Broker::on_bar(std::size_t instrument, const market::Candle& bar) {
  CW_REQUIRE(instrument < books_.size());
  Book& book = books_[instrument];
  open_bar(book, bar);
  walk_bar(book);
  close_bar(book);
}

void Broker::on_bars(std::span<const BarOf> bars) {
  const auto each = [&](const auto& does) {
    for (const BarOf& one : bars) does(books_[one.instrument], one.bar);
  };
  // Whether an instrument may open is asked before anything happens to any of them.
  const auto look = [&] {
    each([](Book& book, const auto&) {
      book.opens = std::ranges::any_of(book.orders, [](const Resting& order) { return !order.request.reduce_only; });
    });
  };
  // What others are worth is known as far as the moment is: at the opens, and only at the end at the closes.
  each([](Book& book, const market::Candle& bar) { book.mark = bar.open; });
  look();
  for (const bool may_open : {false, true}) {
    each([&](Book& book, const market::Candle& bar) {
      if (book.opens == may_open) open_bar(book, bar);
    });
  }
  look();
  for (const bool may_open : {true, false}) {
    each([&](Book& book, const auto&) {
      if (book.opens == may_open) walk_bar(book);
    });
  }
  each([](Book& book, const market::Candle& bar) { book.mark = bar.close; });
  each([&](Book& book, const auto&) { close_bar(book); });
}

/// What comes with a bar's open.
void Broker::open_bar(Book& book, const market::Candle& bar) {
  if (settings_.costs.funding.any()) pay_funding(book, bar);
  ++book.bar_number;
  book.bar = bar;
  book.inside = false;
  book.at_close = false;
  if (settings_.fills.participation > 0)
    book.volume_left = book.rules.lots_within(settings_.fills.participation * bar.volume);
  book.quiet = (book.orders.empty() && !may_be_liquidated(book)) || is_quiet(book, bar);
  if (!book.quiet) fill_at_open(book, bar);
}

/// What happens inside it.
void Broker::walk_bar(Book& book) {
  const market::Candle bar = book.bar;
  // Other instruments may have used the account up since this one's open.
  if (!book.quiet || (may_be_liquidated(book) && !is_quiet(book, bar))) fill_inside(book, bar, false);
}

/// It is over.
void Broker::close_bar(Book& book) {
  const market::Candle& bar = book.bar;
  book.mark = bar.close;
  book.at_close = true;
  if (settings_.costs.slippage.needs_range()) book.range.add(bar.high, bar.low, bar.close);
  watch_.on_bar(book.index);
  if (!book.orders.empty() || !book.brackets.empty()) end_bar(book);
}

void Broker::end_bar(Book& book) {
  for (auto& order : book.orders) {
    order.rested = order.type == OrderType::limit;
    order.at_close_only = false;
  }
  const auto expired =
      std::erase_if(book.orders, [](Resting& order) { return order.bars_left > 0 && --order.bars_left == 0; });
  counts_.expired += expired;
  run_time_stops(book);
}

void Broker::run_time_stops(Book& book) {
  constexpr int kDue = -1;
  for (auto& bracket : book.brackets) {
    if (bracket.bars_left > 0 && --bracket.bars_left == 0) bracket.bars_left = kDue;
  }
  // One at a time: executing one may end the position, and with it every bracket.
  for (;;) {
    const auto due = std::ranges::find(book.brackets, kDue, &OpenBracket::bars_left);
    if (due == book.brackets.end()) return;
    due->bars_left = 0;
    rest(book, exit_request(book, Reason::time_stop));
    book.orders.back().bracket = due->number;
    book.orders.back().entry = due->entry;
    if (settings_.fills.time == FillTime::close) execute(book, book.orders.size() - 1, book.mark);
  }
}

void Broker::on_instant(Timestamp closed_at) {
  if (watch_.watches_equity() && watch_.on_equity(closed_at, equity())) rest_protective_exits();
}

/// A halt of the account has begun.
void Broker::rest_protective_exits() {
  if (!settings_.protections.close_positions) return;
  for (auto& book : books_) {
    if (book.held.none()) continue;
    rest(book, exit_request(book, Reason::protection));
  }
}

void Broker::close_all(std::size_t instrument, Reason reason) {
  cancel_all(instrument);
  Book& book = books_[instrument];
  if (book.held.none()) return;
  rest(book, exit_request(book, reason));
  book.at_close = true;
  book.volume_left = book.held.size();  // the data is over: there is no later bar for a rest
  execute(book, book.orders.size() - 1, book.mark);
}

double Broker::equity_at(const Book& book, double price) const {
  double sum = ledger_.cash().value();
  for (const auto& one : books_) {
    if (!one.held.none()) sum += one.rules.quantity(one.held) * (one.index == book.index ? price : one.mark);
  }
  return sum;
}

double Broker::equity() const {
  double sum = ledger_.cash().value();
  for (const auto& book : books_) {
    if (!book.held.none()) sum += book.rules.quantity(book.held) * book.mark;
  }
  return sum;
}

}  // namespace cw::trading
