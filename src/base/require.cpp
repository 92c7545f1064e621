#include "base/require.h"

#include <cstdio>
#include <cstdlib>

namespace cw::detail {

void contract_broken(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "candlewick: contract broken: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace cw::detail
