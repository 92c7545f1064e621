#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cw {

/// What kind of failure: a stable word for programs. The API's problem `code` is `code_name(errc)`, so a code is never
/// renamed; the comment says when it is used.
enum class Errc {
  bad_input,          // text, file or message that does not say what it should; the message names the place
  bad_parameter,      // a request or flag value outside what is allowed
  unknown_symbol,     // no such instrument; `Error::suggestions` holds the nearest ones
  unknown_timeframe,  // no such timeframe, or one that is refused by name
  ambiguous_symbol,   // a bare symbol that several venues have, none of them the default
  unknown_key,        // a config key that does not exist
  not_found,          // the thing asked for does not exist
  conflict,           // what is stored differs from what is given
  busy,               // somebody else holds it (the data folder, an import of the same series)
  limit_exceeded,     // over a stated bound (size, count, rate)
  timed_out,          // a wait ended without its answer
  disconnected,       // the other side, or the network, went away
  refused,            // the other side said no (connection, TLS, HTTP 4xx that is not a limit)
  rate_limited,       // the other side said: slower
  corrupt,            // stored data that fails its own checks
  disk_full,          // no room, or the market-data threshold is passed
  io_error,           // the operating system said no
  unsupported,        // well-formed and known, but not offered here
  cancelled,          // stopped by us on purpose
  internal,           // a defect of ours
};

/// The stable snake_case word of a code, e.g. "unknown_symbol".
std::string_view code_name(Errc code);

/// What went wrong: a stable code for programs, a sentence for people, the place where one exists.
struct Error {
  Errc code = Errc::internal;
  std::string message;  // "btc.csv line 500: 'abc' is not a price", written where the facts are known
  std::vector<std::string> suggestions{};  // nearest valid names, best first; empty where that makes no sense
  std::string field{};                     // the parameter, key or column at fault; empty where there is none
};

/// A value or an Error. A class, not an alias: std::expected of libstdc++ 12 is not [[nodiscard]].
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

/// Shorthand for `return fail(Errc::…, "sentence")` in a function that returns a Result.
inline std::unexpected<Error> fail(Errc code, std::string message) {
  return std::unexpected(Error{code, std::move(message), {}, {}});
}

/// Passes on the error of another result, whatever that result's value type.
template <class T>
std::unexpected<Error> pass_on(const Result<T>& failed) {
  return std::unexpected(failed.error());
}

/// The same error with `prefix` and ": " put before its message, to add the place when the caller knows it.
Error with_place(Error error, std::string_view prefix);

}  // namespace cw
