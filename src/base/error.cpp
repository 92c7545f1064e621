#include "base/error.h"

#include <fmt/format.h>

namespace cw {

std::string_view code_name(Errc code) {
  switch (code) {
    case Errc::bad_input: return "bad_input";
    case Errc::bad_parameter: return "bad_parameter";
    case Errc::unknown_symbol: return "unknown_symbol";
    case Errc::unknown_timeframe: return "unknown_timeframe";
    case Errc::ambiguous_symbol: return "ambiguous_symbol";
    case Errc::unknown_key: return "unknown_key";
    case Errc::not_found: return "not_found";
    case Errc::conflict: return "conflict";
    case Errc::busy: return "busy";
    case Errc::limit_exceeded: return "limit_exceeded";
    case Errc::timed_out: return "timed_out";
    case Errc::disconnected: return "disconnected";
    case Errc::refused: return "refused";
    case Errc::rate_limited: return "rate_limited";
    case Errc::corrupt: return "corrupt";
    case Errc::disk_full: return "disk_full";
    case Errc::io_error: return "io_error";
    case Errc::unsupported: return "unsupported";
    case Errc::cancelled: return "cancelled";
    case Errc::internal: return "internal";
  }
  return "internal";
}

Error with_place(Error error, std::string_view prefix) {
  error.message = fmt::format("{}: {}", prefix, error.message);
  return error;
}

}  // namespace cw
