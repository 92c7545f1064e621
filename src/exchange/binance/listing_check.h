#pragma once

#include <string>
#include <vector>

#include "exchange/binance/rest_client.h"
#include "market/instrument.h"

namespace cw::exchange::binance {

/// What the venue says of names that somebody wants to follow.
struct ListingCheck {
  struct Unknown {
    std::string symbol;
    std::vector<std::string> nearest;  // names that are traded there, the likeliest first; may be empty
  };
  std::vector<market::Instrument> listed;  // in the order of the names
  std::vector<Unknown> unknown;            // likewise
};

/// Asks the venue for all names at once. It answers a list that holds one bad name with an error for the whole
/// (HTTP 400, code -1121 or -1100): then its whole list tells which one it is, and what was meant.
/// Cost    one request, two where a name is unknown; weight 20 each
/// Errors  those of RestClient
/// Source  github.com/binance/binance-spot-api-docs, rest-api.md (exchange information), errors.md
net::Task<Result<ListingCheck>> check_listings(RestClient& rest, std::string venue, std::vector<std::string> symbols);

}  // namespace cw::exchange::binance
