#include "base/printable.h"

#include <gtest/gtest.h>

namespace cw {
namespace {

TEST(Printable, LeavesLettersOfEveryScriptAsTheyAre) {
  for (const char* text : {"", "BTCUSDT", "ÜSDT", "比特币USDT", "₿", "🕯"}) EXPECT_EQ(printable(text), text);
}

TEST(Printable, EscapesWhatATerminalObeysAndWhatIsNoUtf8) {
  EXPECT_EQ(printable("a\nb\tc\x1b[2Jd\x7f"), "a\\nb\\tc\\x1b[2Jd\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J"),
            "\\xc2\\x9b2J");  // the one-character CSI of C1
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(printable(std::string_view{"a\0b", 3}), "a\\x00b");
}

TEST(Printable, CutsBetweenLettersAndSaysSo) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdefg", 6), "abcdef...");
  EXPECT_EQ(printable("abcdeü", 6), "abcde...");
}

}  // namespace
}  // namespace cw
