#include "base/masked_url.h"

#include <gtest/gtest.h>

namespace cw {
namespace {

TEST(MaskedUrl, LeavesWhatHoldsNoSecretAsItIs) {
  for (const char* url :
       {"", "https://api.binance.com", "wss://stream.binance.com:9443/base", "nonsense", "http://[::1]:80/"})
    EXPECT_EQ(masked_url(url), url);
}

TEST(MaskedUrl, HidesUserAndPassword) {
  EXPECT_EQ(masked_url("https://user:s3cret@host/x"), "https://********@host/x");
  EXPECT_EQ(masked_url("https://user@host"), "https://********@host");
  EXPECT_EQ(masked_url("user:s3cret@host"), "********@host");
}

TEST(MaskedUrl, HidesAPasswordThatWasWrittenWithoutEscapes) {
  for (const char* url : {"https://user:s3@cret@host", "https://user:s3/cret@host", "https://user:s3?cret@host",
                          "https://user:s3#cret@host"})
    EXPECT_EQ(masked_url(url), "https://********@host");
}

TEST(MaskedUrl, HidesTheValuesOfTheQueryAndTheFragment) {
  EXPECT_EQ(masked_url("https://host/?apiKey=s3cret&b=c"), "https://host/?apiKey=********&b=********");
  EXPECT_EQ(masked_url("https://host?s3cret"), "https://host?********");
  EXPECT_EQ(masked_url("https://host/?a=b=c&&d#s3cret"), "https://host/?a=********&&********#********");
  EXPECT_EQ(masked_url("https://host/#token=s3cret?x"), "https://host/#********");
}

}  // namespace
}  // namespace cw
