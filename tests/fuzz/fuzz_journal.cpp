// The journal's reader on any bytes: it stops where they are wrong and gives nothing that was not written.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/require.h"
#include "desk/desk.h"
#include "desk/event.h"
#include "records/journal_format.h"

namespace {

// What a snapshot gave goes on: each followed instrument takes its next bar.
void take_a_bar(cw::desk::Desk& desk) {
  using namespace cw;  // NOLINT: the whole of this file is about it
  std::vector<desk::Output> outputs;
  for (desk::InstrumentNumber number = 0; number < desk.instruments(); ++number) {
    if (!desk.is_followed(number)) continue;
    const auto last = desk.series(number).last_bar.value_or(from_ms(kEarliestMs));
    const market::Candle bar{std::max(last, from_ms(kEarliestMs)) + Millis{60'000}, 1, 1, 1, 1, 1};
    desk.on(desk::BarArrived{number, {market::BarEvent::Kind::closed, bar, {}, {}}}, outputs);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cw;  // NOLINT: the whole of this file is about it
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};

  const auto header = records::decode_header(bytes);
  if (header) CW_REQUIRE(records::encode_header(*header) == bytes.substr(0, records::kSegmentHeaderBytes));
  records::SegmentWalk walk{bytes, header ? header->first_offset : 0};
  desk::Desk desk;
  std::vector<desk::Output> outputs;
  while (const auto frame = walk.next()) {
    const auto event = desk::decode_event(frame->payload);
    if (!event) continue;
    std::string again;
    desk::encode(*event, again);
    CW_REQUIRE(again == frame->payload);
    outputs.clear();
    desk.on(*event, outputs);
  }
  CW_REQUIRE(walk.position() <= bytes.size() || bytes.size() < records::kSegmentHeaderBytes);
  static_cast<void>(walk.was_durable());

  // The checksums keep most inputs out of what lies behind them: those parts read the bytes as they are, too.
  if (const auto event = desk::decode_event(bytes)) {
    outputs.clear();
    desk.on(*event, outputs);
  }
  if (auto restored = desk::Desk::restore(bytes)) {
    CW_REQUIRE(restored->save() == bytes);
    take_a_bar(*restored);
  }
  return 0;
}
