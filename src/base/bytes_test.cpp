#include "base/bytes.h"

#include <limits>

#include <gtest/gtest.h>

#include "base/crc32c.h"

namespace cw {
namespace {

TEST(Bytes, ReadsBackWhatItWrote) {
  std::string bytes;
  ByteWriter writer{bytes};
  writer.put(std::uint8_t{7});
  writer.put(std::int64_t{-5});
  writer.put(std::numeric_limits<double>::denorm_min());
  writer.put_flag(true);
  writer.put_text("binance");
  ByteReader reader{bytes};
  EXPECT_EQ(reader.get<std::uint8_t>(), 7);
  EXPECT_EQ(reader.get<std::int64_t>(), -5);
  EXPECT_EQ(reader.get<double>(), std::numeric_limits<double>::denorm_min());
  EXPECT_TRUE(reader.get_flag());
  EXPECT_EQ(reader.get_text(10), "binance");
  EXPECT_TRUE(reader.done());
}

TEST(Bytes, IsLittleEndian) {
  std::string bytes;
  ByteWriter{bytes}.put(std::uint32_t{0x01020304});
  EXPECT_EQ(bytes, "\x04\x03\x02\x01");
}

TEST(Bytes, AfterTheEndEverythingIsZeroAndFailed) {
  ByteReader reader{"\x01\x02\x03"};
  EXPECT_EQ(reader.get<std::uint32_t>(), 0u);
  EXPECT_EQ(reader.get<std::uint8_t>(), 0) << "not even what would fit";
  EXPECT_FALSE(reader.ok());
}

TEST(Bytes, RefusesFlagsAndLengthsThatCannotBe) {
  ByteReader flag{"\x02"};
  EXPECT_FALSE(flag.get_flag());
  EXPECT_FALSE(flag.ok());
  std::string bytes;
  ByteWriter{bytes}.put_text("binance");
  ByteReader too_long{bytes};
  EXPECT_EQ(too_long.get_text(6), "");
  EXPECT_FALSE(too_long.ok());
}

// RFC 3720, appendix B.4.
TEST(Crc32c, GivesTheTestValuesOfTheStandard) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  std::string rising;
  for (int i = 0; i < 32; ++i) rising += static_cast<char>(i);
  EXPECT_EQ(crc32c(rising), 0x46dd794eu);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c("6789", crc32c("12345")), 0xe3069283u);
}

}  // namespace
}  // namespace cw
