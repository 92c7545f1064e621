#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/json_text.h"

namespace cw::backtest {

/// A member behind others: `,"name":value`.
inline void append_text(std::string& out, std::string_view name, std::string_view value) {
  out += fmt::format(",\"{}\":", name);
  append_json_string(out, value);
}

inline void append_number(std::string& out, std::string_view name, double value) {
  out += fmt::format(",\"{}\":", name);
  append_json_number(out, value);
}

/// `,"name":[…]` of what `append` writes of each item.
template <class Items, class Append>
void append_list(std::string& out, std::string_view name, const Items& items, const Append& append) {
  out += fmt::format(",\"{}\":[", name);
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ',';
    first = false;
    append(item);
  }
  out += ']';
}

}  // namespace cw::backtest
