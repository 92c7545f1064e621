// The frame parser on any bytes: the same events whatever the pieces, messages within the bound and valid, no read past
// the end; and what the builder makes is read back.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/require.h"
#include "net/ws_frame.h"

namespace {

using cw::net::WsParser;

constexpr std::size_t kLimit = 4'096;

std::vector<std::string> events(WsParser::Side side, std::string_view input, std::size_t piece) {
  WsParser parser(side, kLimit);
  std::vector<std::string> all;
  while (!input.empty()) {
    auto part = input.substr(0, piece);
    input.remove_prefix(part.size());
    while (!part.empty()) {
      const auto event = parser.next(part);
      switch (event) {
        case WsParser::Event::need_more: CW_REQUIRE(part.empty()); break;
        case WsParser::Event::text: CW_REQUIRE(cw::net::is_utf8(parser.message())); [[fallthrough]];
        case WsParser::Event::binary:
          CW_REQUIRE(parser.message().size() <= kLimit);
          all.push_back("m" + parser.message());
          break;
        case WsParser::Event::close:
        case WsParser::Event::failed:
          all.push_back(std::to_string(parser.close_code()) + std::string(parser.failure()));
          break;
        default: CW_REQUIRE(parser.control().size() <= 125); all.push_back("c" + std::string(parser.control()));
      }
    }
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const auto side : {WsParser::Side::client, WsParser::Side::server}) {
    const auto whole = events(side, input, input.size() + 1);
    CW_REQUIRE(events(side, input, 1) == whole);
    CW_REQUIRE(events(side, input, 7) == whole);
  }
  const auto payload = input.substr(0, kLimit);
  const cw::net::WsMaskKey key{static_cast<std::uint8_t>(size), 0x5a, 0, 0xff};
  std::string wire;
  cw::net::append_ws_frame(wire, cw::net::WsOpcode::binary, true, payload, &key);
  CW_REQUIRE(events(WsParser::Side::client, wire, 5) == std::vector{"m" + std::string(payload)});
  return 0;
}
