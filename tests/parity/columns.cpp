// The table of functions over plain columns, for other languages: the parity tests and the benches load this library
// into the process that runs the oracle.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "expr/function.h"

namespace {

using namespace cw::expr;

const Function* find(const char* name, int overload) {
  const auto rows = overloads(name);
  return overload >= 0 && static_cast<std::size_t>(overload) < rows.size() ? &rows[static_cast<std::size_t>(overload)]
                                                                           : nullptr;
}

}  // namespace

extern "C" {

/// How many functions there are, and the name of each.
int cw_functions() { return static_cast<int>(functions().size()); }
const char* cw_function_name(int i) { return functions()[static_cast<std::size_t>(i)].name.data(); }

/// What the table says of a function's Pine counterpart; empty where there is none.
const char* cw_function_pine(int i) {
  const std::string_view pine = functions()[static_cast<std::size_t>(i)].pine;
  return pine.empty() ? "" : pine.data();
}

/// An operator for settings (texts may be null where the function has no text setting); null where there is no such
/// function. The caller checks the settings. `inputs`, `outputs` and `lookback` are filled in.
void* cw_make(const char* name, int overload, const double* settings, const char* const* texts, int count, int pine,
              int* inputs, int* outputs, int* lookback) {
  const Function* row = find(name, overload);
  if (row == nullptr) return nullptr;
  std::vector<double> numbers(settings, settings + count);
  std::vector<std::string> strings(static_cast<std::size_t>(count));
  for (int i = 0; texts != nullptr && i < count; ++i) {
    if (texts[i] != nullptr) strings[static_cast<std::size_t>(i)] = texts[i];
  }
  auto made = row->make(Settings(std::move(numbers), std::move(strings),
                                 pine != 0 ? cw::indicators::Seed::pine : cw::indicators::Seed::talib));
  *inputs = static_cast<int>(made->inputs());
  *outputs = static_cast<int>(made->outputs());
  *lookback = made->lookback();
  return made.release();
}

/// Runs it over the next rows.
void cw_run(void* made, const double* const* in, double* const* out, std::size_t rows) {
  static_cast<Operator*>(made)->run(in, out, rows);
}

void cw_free(void* made) { delete static_cast<Operator*>(made); }
}
