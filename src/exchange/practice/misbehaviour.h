#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/stream.h"

namespace cw::exchange::practice {

/// What the exchange does wrong on request, and how much of it. All zero: it behaves.
struct Misbehaviour {
  double drop = 0;       // times an hour that each connection is cut without a word
  double hole = 0;       // share of trade and closed-kline events that are left out
  double duplicate = 0;  // share of events that are sent twice
  double disorder = 0;   // share of events that are held back and sent after one to eight later ones
  double slow = 0;    // times an hour that each connection stalls for 2 to 40 s; REST answers then dawdle for up to 5 s
  double refuse = 0;  // "429": share of REST requests that begin 1 to 15 s of refusing that peer
  double garbage = 0;  // share of events before which nonsense is sent: broken JSON, broken frames
  double cut = 0;      // share of REST answers that end before their last byte, and the connection with them
  double outage = 0;   // times an hour of the exchange's time that it stands still for 2 to 20 minutes (OutageMarket)

  friend bool operator==(const Misbehaviour&, const Misbehaviour&) = default;
};

/// Reads a list such as `drop,hole=0.05,429`: what to do, each with how much, or without for the usual amount
/// (drop 6 an hour, hole 0.01, duplicate 0.02, disorder 0.02, slow 6 an hour, 429 0.05, garbage 0.005, cut 0.05,
/// outage 0.2 an hour). `none` or an empty text: nothing.
///
/// Errors  Errc::bad_parameter naming the word: an unknown kind (with the nearest), an amount that is no number or out
///         of range (shares 0..1, times an hour 0..3600, of outages 0..10), a kind named twice
Result<Misbehaviour> parse_misbehaviour(std::string_view text);

/// The list that reads back as the same; `none` for nothing.
std::string to_text(const Misbehaviour& misbehaviour);

/// Lets raw bytes slip in between the frames of a connection.
class Smuggler {
 public:
  /// Put before what is written next.
  void slip_in(std::string_view bytes) { pending_ += bytes; }
  std::string take() { return std::exchange(pending_, {}); }

 private:
  std::string pending_;
};

/// `stream` with a smuggler at its writing side.
net::StreamPtr with_smuggler(net::StreamPtr stream, std::shared_ptr<Smuggler> smuggler);

}  // namespace cw::exchange::practice
