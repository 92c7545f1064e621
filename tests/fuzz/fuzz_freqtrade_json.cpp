// freqtrade's JSON candle files: the input with the list's first bracket in front, so that nothing is spent on other
// formats.
#include <cstdint>
#include <string>

#include "candle_reading.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cw::fuzz::check_reading("[" + std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
