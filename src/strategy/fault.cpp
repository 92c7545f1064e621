#include "strategy/fault.h"

#include <fmt/format.h>

namespace cw::strategy {

std::string Fault::text() const {
  std::string out;
  if (line > 0) {
    const bool shows_column = field.empty() && column > 0;
    out = shows_column ? fmt::format("line {}, column {}: ", line, column) : fmt::format("line {}: ", line);
  }
  if (!field.empty()) out += field + ": ";
  return out + message;
}

Error error_of(const Faults& faults) {
  const Fault& first = faults.front();
  Error error{first.code, {}, first.suggestions, first.field};
  for (const Fault& fault : faults) error.message += (error.message.empty() ? "" : "\n") + fault.text();
  return error;
}

}  // namespace cw::strategy
