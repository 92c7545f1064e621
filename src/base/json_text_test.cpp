#include "base/json_text.h"

#include <limits>

#include <gtest/gtest.h>

namespace cw {
namespace {

TEST(JsonString, EscapesWhatJsonMustEscape) {
  EXPECT_EQ(json_string("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
  EXPECT_EQ(json_string(""), "\"\"");
}

TEST(JsonString, KeepsWellFormedUtf8) { EXPECT_EQ(json_string("é €\xf0\x9f\x98\x80"), "\"é €\xf0\x9f\x98\x80\""); }

// Table 3-7 of the Unicode Standard: overlong forms, surrogates, above U+10FFFF, a cut sequence, a lone continuation.
TEST(JsonString, ReplacesEachByteThatIsNotUtf8) {
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(json_string("\xc0\xaf"), "\"" + r + r + "\"");
  EXPECT_EQ(json_string("\xed\xa0\x80"), "\"" + r + r + r + "\"");
  EXPECT_EQ(json_string("\xf4\x90\x80\x80"), "\"" + r + r + r + r + "\"");
  EXPECT_EQ(json_string("a\xe2\x82"), "\"a" + r + r + "\"");
  EXPECT_EQ(json_string("\x80z"), "\"" + r + "z\"");
}

TEST(JsonNumber, IsTheShortestThatReadsBackAndNullWhereJsonHasNone) {
  std::string out;
  append_json_number(out, 0.1);
  out += ' ';
  append_json_number(out, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(out, "0.1 null");
}

}  // namespace
}  // namespace cw
