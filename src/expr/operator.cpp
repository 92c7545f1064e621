#include "expr/operator.h"

namespace cw::expr {

void Operator::run_beside(std::span<Operator* const> others, std::span<const double* const* const> in,
                          std::span<double* const* const> out, std::size_t rows) {
  run(in[0], out[0], rows);
  for (std::size_t i = 0; i < others.size(); ++i) others[i]->run(in[i + 1], out[i + 1], rows);
}

}  // namespace cw::expr
