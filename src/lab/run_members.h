#pragma once

#include <string>

#include "lab/run_request.h"

// What requests of runs and of sweeps have in common.
namespace cw::lab {

class JsonMembers;

void read_run_members(JsonMembers& members, RunRequest& request);
/// `"symbol":"BTCUSDT",…`
void append_run_members(std::string& out, const RunRequest& request);

}  // namespace cw::lab
