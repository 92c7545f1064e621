#include "net/ws_frame.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace cw::net {
namespace {

using Event = WsParser::Event;

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

/// Parses `input` given in pieces of `piece` bytes; one line an event: `text hello`, `close 1000 bye`, `failed 1002 why`.
std::vector<std::string> story(WsParser::Side side, std::string_view input, std::size_t piece = 1,
                               std::size_t limit = 1'000) {
  WsParser parser(side, limit);
  std::vector<std::string> lines;
  while (!input.empty()) {
    auto part = input.substr(0, piece);
    input.remove_prefix(part.size());
    while (!part.empty()) {
      switch (parser.next(part)) {
        case Event::need_more: break;
        case Event::text: lines.push_back("text " + parser.message()); break;
        case Event::binary: lines.push_back("binary " + parser.message()); break;
        case Event::ping: lines.push_back("ping " + std::string(parser.control())); break;
        case Event::pong: lines.push_back("pong " + std::string(parser.control())); break;
        case Event::close: lines.push_back(fmt::format("close {} {}", parser.close_code(), parser.control())); break;
        case Event::failed: lines.push_back(fmt::format("failed {} {}", parser.close_code(), parser.failure())); break;
      }
    }
  }
  return lines;
}

using Lines = std::vector<std::string>;
constexpr auto kFromServer = WsParser::Side::server;
constexpr auto kFromClient = WsParser::Side::client;

// The examples of RFC 6455, section 5.7.
TEST(WsParser, ReadsTheExamplesOfTheStandard) {
  EXPECT_EQ(story(kFromServer, bytes({0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f})), Lines{"text Hello"});
  EXPECT_EQ(story(kFromClient, bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58})),
            Lines{"text Hello"});
  EXPECT_EQ(story(kFromServer, bytes({0x01, 0x03, 0x48, 0x65, 0x6c}) + bytes({0x80, 0x02, 0x6c, 0x6f})),
            Lines{"text Hello"});
  EXPECT_EQ(story(kFromServer, bytes({0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f})), Lines{"ping Hello"});
  EXPECT_EQ(story(kFromClient, bytes({0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58})),
            Lines{"pong Hello"});
  EXPECT_EQ(story(kFromServer, bytes({0x82, 0x7e, 0x01, 0x00}) + std::string(256, 'b')),
            Lines{"binary " + std::string(256, 'b')});
  EXPECT_EQ(story(kFromServer, bytes({0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0}) + std::string(65'536, 'b'), 1'000, 65'536),
            Lines{"binary " + std::string(65'536, 'b')});
}

TEST(WsParser, TakesControlFramesBetweenFragments) {
  const auto input = bytes({0x01, 0x01, 'a'}) + bytes({0x89, 0x01, 'p'}) + bytes({0x00, 0x00}) +
                     bytes({0x80, 0x01, 'b'}) + bytes({0x81, 0x00});
  EXPECT_EQ(story(kFromServer, input), (Lines{"ping p", "text ab", "text "}));
}

TEST(WsParser, RefusesWhatTheStandardForbids) {
  struct Case {
    std::string input;
    std::string end;
  };
  const Case cases[] = {
      {bytes({0xc1, 0x00}), "failed 1002 a reserved bit is set"},
      {bytes({0xa1, 0x00}), "failed 1002 a reserved bit is set"},
      {bytes({0x91, 0x00}), "failed 1002 a reserved bit is set"},
      {bytes({0x83, 0x00}), "failed 1002 unknown opcode"},
      {bytes({0x8b, 0x00}), "failed 1002 unknown opcode"},
      {bytes({0x81, 0x80, 0, 0, 0, 0}), "failed 1002 a server's frame is masked"},
      {bytes({0x80, 0x00}), "failed 1002 a continuation without a beginning"},
      {bytes({0x01, 0x00, 0x81, 0x00}), "failed 1002 a new message began inside a fragmented one"},
      {bytes({0x09, 0x00}), "failed 1002 a control frame is fragmented"},
      {bytes({0x89, 0x7e, 0x00, 0x7e}), "failed 1002 a control frame is longer than 125 bytes"},
      {bytes({0x81, 0x7e, 0x00, 0x7d}), "failed 1002 a length is not in its shortest form"},
      {bytes({0x81, 0x7f, 0, 0, 0, 0, 0, 0, 0xff, 0xff}), "failed 1002 a length is not in its shortest form"},
      {bytes({0x81, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0}), "failed 1002 a length has its highest bit set"},
      {bytes({0x81, 0x7e, 0x03, 0xe9}), "failed 1009 the message is too long"},
      {bytes({0x01, 0x7e, 0x03, 0xe8}) + std::string(1'000, 'a') + bytes({0x80, 0x01}),
       "failed 1009 the message is too long"},
      {bytes({0x81, 0x01, 0xff}), "failed 1007 a text message is not valid UTF-8"},
      {bytes({0x81, 0x01, 0xc3}), "failed 1007 a text message is not valid UTF-8"},
      {bytes({0x88, 0x01, 0x03}), "failed 1002 a close frame has half a code"},
      {bytes({0x88, 0x02, 0x03, 0xed}), "failed 1002 a close frame has a code that may not be sent"},  // 1005
      {bytes({0x88, 0x02, 0x0b, 0xb7}), "failed 1002 a close frame has a code that may not be sent"},  // 2999
      {bytes({0x88, 0x03, 0x03, 0xe8, 0xff}), "failed 1007 a close reason is not valid UTF-8"},
  };
  for (const auto& [input, end] : cases) {
    for (const std::size_t piece : {1u, 3u, 10'000u}) {
      EXPECT_EQ(story(kFromServer, input, piece), Lines{end}) << end << ", pieces of " << piece;
    }
  }
  EXPECT_EQ(story(kFromClient, bytes({0x81, 0x00})), Lines{"failed 1002 a client's frame is not masked"});
}

TEST(WsParser, FindsBrokenTextBeforeItsFrameIsComplete) {
  WsParser parser(kFromServer, 1'000);
  const auto head = bytes({0x81, 0x64, 'o', 'k', 0xff});  // 97 more bytes would follow
  std::string_view input = head;
  EXPECT_EQ(parser.next(input), Event::failed);
  EXPECT_EQ(parser.close_code(), 1007);
}

TEST(WsParser, AllowsACharacterToBeSplitOverFragments) {
  const auto input = bytes({0x01, 0x02, 0xe2, 0x82}) + bytes({0x80, 0x01, 0xac});
  EXPECT_EQ(story(kFromServer, input), Lines{"text €"});
}

TEST(WsParser, ReadsNothingAfterTheEnd) {
  const auto hello = bytes({0x81, 0x02, 'h', 'i'});
  EXPECT_EQ(story(kFromServer, bytes({0x88, 0x05, 0x03, 0xe9, 'b', 'y', 'e'}) + hello, 1'000), Lines{"close 1001 bye"});
  EXPECT_EQ(story(kFromServer, bytes({0x88, 0x00}) + hello), Lines{"close 1005 "});
  EXPECT_EQ(story(kFromServer, bytes({0x83, 0x00}) + hello), Lines{"failed 1002 unknown opcode"});
}

TEST(WsFrame, WhatIsBuiltIsReadBack) {
  Random random{11};
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(fmt::format("seed 11, round {}", round));
    std::string wire;
    Lines expected;
    for (int i = 0; i < 5; ++i) {
      std::string text(random.below(round % 3 == 0 ? 70'000 : 300), ' ');
      for (auto& c : text) c = static_cast<char>('a' + random.below(26));
      const WsMaskKey key{static_cast<std::uint8_t>(random.next()), static_cast<std::uint8_t>(random.next()),
                          static_cast<std::uint8_t>(random.next()), static_cast<std::uint8_t>(random.next())};
      const auto cut = random.below(text.size() + 1);
      append_ws_frame(wire, WsOpcode::binary, false, text.substr(0, cut), &key);
      append_ws_frame(wire, WsOpcode::ping, true, "p", &key);
      append_ws_frame(wire, WsOpcode::continuation, true, text.substr(cut), &key);
      expected.push_back("ping p");
      expected.push_back("binary " + text);
    }
    EXPECT_EQ(story(kFromClient, wire, 1 + random.below(5'000), 70'000), expected);
  }
}

TEST(WsMask, IsTheSameInPiecesAsInOne) {
  Random random{5};
  const WsMaskKey key{0x37, 0xfa, 0x21, 0x3d};
  std::string text(101, 'x');
  auto whole = text;
  apply_ws_mask(whole, key, 0);
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(whole[i], static_cast<char>('x' ^ key[i % 4]));
  for (std::size_t at = 0; at < text.size();) {
    const auto size = std::min(text.size() - at, 1 + random.below(13));
    apply_ws_mask(std::span(text).subspan(at, size), key, at);
    at += size;
  }
  EXPECT_EQ(text, whole);
}

TEST(WsClosePayload, CutsALongReasonAtACharacter) {
  EXPECT_EQ(ws_close_payload(1000, "bye"), bytes({0x03, 0xe8}) + "bye");
  const auto exact = std::string(123, 'a');
  EXPECT_EQ(ws_close_payload(1000, exact).substr(2), exact);
  EXPECT_EQ(ws_close_payload(1000, exact + "b").substr(2), exact);
  const auto split = std::string(122, 'a') + "€";
  EXPECT_EQ(ws_close_payload(1000, split).substr(2), std::string(122, 'a'));
  const auto fits = std::string(120, 'a') + "€";
  EXPECT_EQ(ws_close_payload(1000, fits + "€").substr(2), fits);
}

/// The slow reference: decodes each code point and checks it as RFC 3629 defines it.
bool is_utf8_reference(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : (lead >> 5) == 6 ? 2 : (lead >> 4) == 14 ? 3 : (lead >> 3) == 30 ? 4 : 0;
    if (size == 0 || i + size > text.size()) return false;
    std::uint32_t code = size == 1 ? lead : lead & (0xffU >> (size + 1));
    for (std::size_t k = 1; k < size; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next >> 6) != 2) return false;
      code = (code << 6) | (next & 0x3fU);
    }
    const std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
    i += size;
  }
  return true;
}

TEST(Utf8Check, AgreesWithTheSlowReferenceOnEverySequenceOfUpToThreeBytes) {
  std::string text(3, '\0');
  std::size_t different = 0;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      for (int c = 0; c < 256; c += (b < 0x80 || b > 0xbf) ? 51 : 1) {
        text[0] = static_cast<char>(a);
        text[1] = static_cast<char>(b);
        text[2] = static_cast<char>(c);
        different += is_utf8(text) != is_utf8_reference(text);
      }
    }
  }
  EXPECT_EQ(different, 0u);
}

TEST(Utf8Check, AgreesWithTheSlowReferenceOnRandomTextInPieces) {
  Random random{9};
  const std::string_view parts[] = {"a",
                                    "abcdefghijk",
                                    "\xc3\xa9",
                                    "\xe2\x82\xac",
                                    "\xf0\x9f\x9a\x80",
                                    "\xf4\x8f\xbf\xbf",
                                    "\xf4\x90\x80\x80",
                                    "\xed\xa0\x80",
                                    "\xc0\xaf",
                                    "\xe0\x80\xaf",
                                    "\x80",
                                    "\xf8"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t i = random.below(12); i > 0; --i) text += parts[random.below(random.chance(0.1) ? 12 : 6)];
    if (random.chance(0.2) && !text.empty()) text.pop_back();
    Utf8Check check;
    const auto cut = random.below(text.size() + 1);
    const bool valid = check.feed(text.substr(0, cut)) && check.feed(text.substr(cut)) && check.is_complete();
    ASSERT_EQ(valid, is_utf8_reference(text)) << "seed 9, round " << round;
  }
}

}  // namespace
}  // namespace cw::net
