// Candle files as CSV, packed or not: whatever they hold, rows that keep the reader's promises or an error.
#include <cstdint>

#include "candle_reading.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cw::fuzz::check_reading({reinterpret_cast<const char*>(data), size});
  return 0;
}
