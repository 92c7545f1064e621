#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/stream.h"

namespace cw::exchange::practice {

/// Which answers end before their last byte. Holds at most one entry for each open connection.
class AnswerCutter {
 public:
  /// What is written to `peer` next ends after `share` of its bytes (at least 0, below 1), and the connection with it.
  void cut_next(std::string peer, double share) { due_.insert_or_assign(std::move(peer), share); }
  /// The share, once; none where the peer is to get everything.
  std::optional<double> take(std::string_view peer);

 private:
  std::map<std::string, double, std::less<>> due_;
};

/// `listener` with a cutter at the writing side of its streams.
std::unique_ptr<net::Listener> with_cutter(std::unique_ptr<net::Listener> listener,
                                           std::shared_ptr<AnswerCutter> cutter);

}  // namespace cw::exchange::practice
