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
    case Errc::bad_expression: return "bad_expression";
    case Errc::cancelled: return "cancelled";
    case Errc::internal: return "internal";
    case Errc::weak_password: return "weak_password";
    case Errc::unauthorized: return "unauthorized";
    case Errc::invalid_token: return "invalid_token";
    case Errc::wrong_token_type: return "wrong_token_type";
    case Errc::token_not_yet_valid: return "token_not_yet_valid";
    case Errc::token_expired: return "token_expired";
    case Errc::session_ended: return "session_ended";
    case Errc::refresh_reused: return "refresh_reused";
    case Errc::invalid_credentials: return "invalid_credentials";
    case Errc::totp_required: return "totp_required";
    case Errc::invalid_totp: return "invalid_totp";
    case Errc::forbidden: return "forbidden";
    case Errc::insufficient_scope: return "insufficient_scope";
    case Errc::session_required: return "session_required";
    case Errc::registration_closed: return "registration_closed";
    case Errc::account_disabled: return "account_disabled";
    case Errc::email_taken: return "email_taken";
    case Errc::last_administrator: return "last_administrator";
    case Errc::link_expired: return "link_expired";
    case Errc::too_many_attempts: return "too_many_attempts";
  }
  return "internal";
}

Error with_place(Error error, std::string_view prefix) {
  error.message = fmt::format("{}: {}", prefix, error.message);
  return error;
}

}  // namespace cw
