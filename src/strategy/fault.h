#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <vector>

#include "base/error.h"

namespace cw::strategy {

/// One thing that is wrong with a strategy, and where.
struct Fault {
  Errc code = Errc::bad_input;             // bad_input, limit_exceeded, bad_expression, unsupported
  std::string field{};                     // "long.entry", "inputs.fast.min"; empty: the document itself
  std::string message{};                   // a sentence; of an expression its own place in it and the line, with carets
  std::size_t line = 0;                    // from 1, in the text that was read; 0: not known
  std::size_t column = 0;                  // from 1, in characters; 0: somewhere in the line
  std::size_t length = 0;                  // characters at fault; 0: not known
  std::vector<std::string> suggestions{};  // nearest right spellings, best first

  /// "line 12: long.entry: 1:4: there is no 'ta.emaa' …"
  std::string text() const;
};

/// At least one, in the order of the document; at most kFaultsMost.
using Faults = std::vector<Fault>;
inline constexpr std::size_t kFaultsMost = 16;

template <class T>
using Checked = std::expected<T, Faults>;

/// The faults as one error: the code, field and suggestions of the first, and the text of each, one a line.
Error error_of(const Faults& faults);

}  // namespace cw::strategy
