#include "exchange/binance/listing_check.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "base/nearest.h"

namespace cw::exchange::binance {
namespace {

ListingCheck compare(const std::vector<std::string>& symbols, const ExchangeInfo& info) {
  std::map<std::string_view, const market::Instrument*> by_name;
  std::vector<std::string> traded;
  for (const Listing& listing : info.listings) {
    by_name.emplace(listing.instrument.id.symbol, &listing.instrument);
    if (listing.trading) traded.push_back(listing.instrument.id.symbol);
  }
  ListingCheck check;
  for (const std::string& symbol : symbols) {
    if (const auto found = by_name.find(symbol); found != by_name.end()) {
      check.listed.push_back(*found->second);
    } else {
      check.unknown.push_back({symbol, nearest_names(symbol, traded)});
    }
  }
  return check;
}

}  // namespace

net::Task<Result<ListingCheck>> check_listings(RestClient& rest, std::string venue, std::vector<std::string> symbols) {
  const auto wanted = co_await rest.exchange_info(venue, symbols);
  if (!wanted && wanted.error().code != Errc::bad_parameter) co_return pass_on(wanted);
  if (wanted) {
    auto check = compare(symbols, *wanted);
    if (check.unknown.empty()) co_return check;
  }
  const auto all = co_await rest.exchange_info(venue, {});
  if (!all) co_return pass_on(all);
  co_return compare(symbols, *all);
}

}  // namespace cw::exchange::binance
