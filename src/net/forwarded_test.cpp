#include "net/forwarded.h"

#include <gtest/gtest.h>

namespace cw::net {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

HttpFields fields_of(const Lines& lines) {
  HttpFields fields;
  for (const auto& [name, value] : lines) fields.add(name, value);
  return fields;
}

/// The hops as one text, `-` where there is no address, and the scheme behind them.
std::string shown(const ForwardedChain& chain) {
  std::string text;
  for (const auto& hop : chain.hops) text += (hop ? hop->text() : "-") + ' ';
  return text + chain.scheme;
}
std::string x_forwarded(const Lines& lines) { return shown(read_x_forwarded(fields_of(lines))); }
std::string forwarded(const Lines& lines) { return shown(read_forwarded(fields_of(lines))); }

TEST(XForwarded, IsAListOfAddressesFromTheClientOn) {
  EXPECT_EQ(x_forwarded({}), "");
  EXPECT_EQ(x_forwarded({{"X-Forwarded-For", ""}}), "");
  EXPECT_EQ(x_forwarded({{"X-Forwarded-For", "203.0.113.9"}}), "203.0.113.9 ");
  EXPECT_EQ(x_forwarded({{"x-forwarded-for", " 203.0.113.9 ,\t2001:DB8::1,10.0.0.1 "}}),
            "203.0.113.9 2001:db8::1 10.0.0.1 ");
  EXPECT_EQ(x_forwarded({{"X-Forwarded-For", "203.0.113.9:4711, [2001:db8::1]:80, [2001:db8::2]"}}),
            "203.0.113.9 2001:db8::1 2001:db8::2 ");
  EXPECT_EQ(x_forwarded({{"X-Forwarded-For", ",,203.0.113.9,,"}}), "203.0.113.9 ");
  EXPECT_EQ(x_forwarded({{"X-Forwarded-For", "::ffff:203.0.113.9"}}), "203.0.113.9 ");
}

TEST(XForwarded, FieldsOfOneNameAreOneList) {
  EXPECT_EQ(x_forwarded({{"X-Forwarded-For", "1.1.1.1"}, {"Host", "desk"}, {"X-Forwarded-For", "2.2.2.2, 3.3.3.3"}}),
            "1.1.1.1 2.2.2.2 3.3.3.3 ");
}

TEST(XForwarded, RubbishKeepsItsPlaceAndSwallowsNothing) {
  EXPECT_EQ(x_forwarded({{"X-Forwarded-For", "unknown, 203.0.113.9"}}), "- 203.0.113.9 ");
  EXPECT_EQ(x_forwarded({{"X-Forwarded-For", "203.0.113.9, unknown"}}), "203.0.113.9 - ");
  EXPECT_EQ(x_forwarded({{"X-Forwarded-For", "\"open, 203.0.113.9"}}), "- 203.0.113.9 ");
  EXPECT_EQ(x_forwarded({{"X-Forwarded-For", "for=1.1.1.1, [::1, [::1]x, 1.1.1.1:2:3, 1.1.1.1.1"}}), "- - - - - ");
}

TEST(XForwarded, TheLastSchemeCounts) {
  EXPECT_EQ(x_forwarded({{"X-Forwarded-Proto", "https"}}), "https");
  EXPECT_EQ(x_forwarded({{"X-Forwarded-Proto", "HTTPS, http"}}), "http");
  EXPECT_EQ(x_forwarded({{"X-Forwarded-Proto", "http"}, {"X-Forwarded-Proto", "https"}}), "https");
  EXPECT_EQ(x_forwarded({{"X-Forwarded-Proto", "https, javascript"}}), "");
}

// The examples of RFC 7239, sections 4, 6 and 7.
TEST(Forwarded, IsReadAsTheStandardWritesIt) {
  EXPECT_EQ(forwarded({{"Forwarded", "for=\"_gazonk\""}}), "- ");
  EXPECT_EQ(forwarded({{"Forwarded", "For=\"[2001:db8:cafe::17]:4711\""}}), "2001:db8:cafe::17 ");
  EXPECT_EQ(forwarded({{"Forwarded", "for=192.0.2.60;proto=http;by=203.0.113.43"}}), "192.0.2.60 http");
  EXPECT_EQ(forwarded({{"Forwarded", "for=192.0.2.43, for=198.51.100.17"}}), "192.0.2.43 198.51.100.17 ");
  EXPECT_EQ(forwarded({{"Forwarded", "for=192.0.2.43, for=\"[2001:db8:cafe::17]\", for=unknown"}}),
            "192.0.2.43 2001:db8:cafe::17 - ");
  EXPECT_EQ(forwarded({{"Forwarded", "for=_hidden, for=_SEVKISEK"}}), "- - ");
}

TEST(Forwarded, AnElementWithoutAnAddressIsAHopToo) {
  EXPECT_EQ(forwarded({{"Forwarded", "for=192.0.2.43;proto=https, by=10.0.0.1"}}), "192.0.2.43 - ");
  EXPECT_EQ(forwarded({{"Forwarded", "nonsense"}, {"Forwarded", "proto=https; for = 192.0.2.1"}}), "- 192.0.2.1 https");
  EXPECT_EQ(forwarded({{"Forwarded", "for=\"a;b,c\\\"\";proto=\"https\""}}), "- https");
}

TEST(Forwarded, AnOpenQuoteSpoilsItsFieldAndNoOther) {
  EXPECT_EQ(forwarded({{"Forwarded", "for=\"1.1.1.1, for=203.0.113.9"}}), "- ");
  EXPECT_EQ(forwarded({{"Forwarded", "for=\"1.1.1.1"}, {"Forwarded", "for=203.0.113.9"}}), "- 203.0.113.9 ");
}

TEST(IsForwarded, SeesEveryNameThatProxiesUse) {
  for (const auto* name : {"X-Forwarded-For", "x-forwarded-proto", "X-Forwarded-Host", "X-FORWARDED-ANYTHING",
                           "Forwarded", "via", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP"})
    EXPECT_TRUE(is_forwarded(fields_of({{"Host", "desk"}, {name, ""}}))) << name;
  for (const auto* name : {"X-Forwarded", "Forward", "Host", "X-Request-Id", "Forwarded-For"})
    EXPECT_FALSE(is_forwarded(fields_of({{name, "203.0.113.9"}}))) << name;
}

}  // namespace
}  // namespace cw::net
