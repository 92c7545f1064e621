#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "net/sim_runtime.h"
#include "net/stream.h"
#include "net/wakeup.h"

namespace cw::net {

/// Makes the two ends of an in-memory connection: (client's stream, server's stream) and the handle for faults.
struct SimPipe {
  StreamPtr client;
  StreamPtr server;
  SimLinkPtr link;
};
SimPipe make_sim_pipe(SimRuntime& runtime, std::uint64_t id);

}  // namespace cw::net
