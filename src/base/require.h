#pragma once

namespace cw::detail {
[[noreturn]] void contract_broken(const char* condition, const char* file, int line);
}

/// Guards a contract between our own functions, in every build: prints the condition and the place, then aborts.
/// Never for input from outside; that is a Result.
#define CW_REQUIRE(condition) \
  (static_cast<bool>(condition) ? void(0) : ::cw::detail::contract_broken(#condition, __FILE__, __LINE__))
