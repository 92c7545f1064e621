#include "net/ip_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cw::net {
namespace {

IpAddress address(std::string_view text) { return parse_ip_address(text).value(); }
IpNetwork network(std::string_view text) { return parse_ip_network(text).value(); }

TEST(IpAddress, IsReadAndWrittenInOneForm) {
  for (const auto& [given, written] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"192.0.2.7", "192.0.2.7"},
           {"0.0.0.0", "0.0.0.0"},
           {"::", "::"},
           {"::1", "::1"},
           {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
           {"fe80::0001", "fe80::1"},
           {"::ffff:192.0.2.7", "192.0.2.7"},  // mapped: RFC 4291, 2.5.5.2
           {"::FFFF:c000:207", "192.0.2.7"},
       }) {
    EXPECT_EQ(address(given).text(), written) << given;
  }
}

TEST(IpAddress, IsNotReadFromAnythingElse) {
  for (const std::string_view text : {"",
                                      " ",
                                      "localhost",
                                      "1.2.3",
                                      "1.2.3.4.5",
                                      "256.1.1.1",
                                      "01.2.3.4",
                                      "0x7f.0.0.1",
                                      "2130706433",
                                      "127.1",
                                      "1.2.3.4 ",
                                      " 1.2.3.4",
                                      "1.2.3.4:80",
                                      "[::1]",
                                      ":::",
                                      "::g",
                                      "fe80::1%eth0",
                                      "1.2.3.4/32",
                                      "::ffff:1.2.3.256",
                                      "1111:2222:3333:4444:5555:6666:7777:8888:9999",
                                      "-1.2.3.4"}) {
    EXPECT_FALSE(parse_ip_address(text)) << text;
  }
  EXPECT_FALSE(parse_ip_address(std::string_view("127.0.0.1\0", 10)));
  EXPECT_FALSE(parse_ip_address(std::string(1'000, '1')));
}

TEST(IpAddress, KnowsLoopbackHoweverItIsWritten) {
  for (const auto* text : {"127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1"})
    EXPECT_TRUE(address(text).is_loopback()) << text;
  for (const auto* text :
       {"128.0.0.1", "126.255.255.255", "::", "::2", "1::1", "::ffff:10.0.0.1", "0.0.0.1", "::127.0.0.1"})
    EXPECT_FALSE(address(text).is_loopback()) << text;
  for (const auto* text : {"0.0.0.0", "::", "::ffff:0.0.0.0"}) EXPECT_TRUE(address(text).is_unspecified()) << text;
  for (const auto* text : {"0.0.0.1", "::1"}) EXPECT_FALSE(address(text).is_unspecified()) << text;
}

TEST(IpNetwork, ContainsWhatSharesItsFirstBits) {
  struct Case {
    const char* network;
    const char* address;
    bool inside;
  };
  for (const auto& [text, one, inside] : std::initializer_list<Case>{
           {"10.0.0.0/8", "10.255.255.255", true},
           {"10.0.0.0/8", "11.0.0.0", false},
           {"10.0.0.0/8", "9.255.255.255", false},
           {"192.168.128.0/17", "192.168.128.0", true},
           {"192.168.128.0/17", "192.168.255.255", true},
           {"192.168.128.0/17", "192.168.127.255", false},
           {"127.0.0.1", "127.0.0.1", true},
           {"127.0.0.1", "127.0.0.2", false},
           {"0.0.0.0/0", "203.0.113.9", true},
           {"0.0.0.0/0", "2001:db8::1", false},
           {"::/0", "2001:db8::1", true},
           {"::/0", "203.0.113.9", false},
           {"::/0", "::ffff:203.0.113.9", false},
           {"fd00::/8", "fdff::1", true},
           {"fd00::/8", "fc00::1", false},
           {"2001:db8::/33", "2001:db8:7fff::1", true},
           {"2001:db8::/33", "2001:db8:8000::1", false},
           {"::1", "::1", true},
           {"::1", "127.0.0.1", false},
           {"10.0.0.0/8", "::ffff:10.1.2.3", true},
           {"::ffff:10.0.0.0/104", "10.1.2.3", true},
           {"::ffff:0:0/96", "10.1.2.3", true},
       }) {
    EXPECT_EQ(network(text).contains(address(one)), inside) << text << " and " << one;
  }
}

TEST(IpNetwork, IsWrittenWithItsPrefix) {
  EXPECT_EQ(network("10.0.0.0/8").text(), "10.0.0.0/8");
  EXPECT_EQ(network("::ffff:10.0.0.0/104").text(), "10.0.0.0/8");
  EXPECT_EQ(network("127.0.0.1").text(), "127.0.0.1/32");
  EXPECT_EQ(network("FD00::/8").text(), "fd00::/8");
  EXPECT_EQ(network_of(address("2001:db8:1:2:3:4:5:6"), 64).text(), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of(address("203.0.113.9"), 24).text(), "203.0.113.0/24");
}

TEST(IpNetwork, SaysWhatIsWrongWithAText) {
  const auto message = [](std::string_view text) {
    const auto parsed = parse_ip_network(text);
    return parsed ? "good" : parsed.error().message;
  };
  for (const auto* text : {"", "/8", "proxy.example", "10.0.0.0.0/8", "[::1]", "*"})
    EXPECT_THAT(message(text), testing::HasSubstr("write 192.0.2.7")) << text;
  for (const auto* text : {"10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/x", "10.0.0.0/ 8"})
    EXPECT_THAT(message(text), testing::HasSubstr("a number from 0 to 32")) << text;
  EXPECT_THAT(message("::/129"), testing::HasSubstr("a number from 0 to 128"));
  EXPECT_THAT(message("::ffff:10.0.0.0/64"), testing::HasSubstr("a number from 96 to 128"));
  EXPECT_THAT(message("10.0.0.1/8"), testing::HasSubstr("the network is 10.0.0.0/8"));
  EXPECT_THAT(message("fd00::1/8"), testing::HasSubstr("the network is fd00::/8"));
}

TEST(AddressOfPeer, LeavesPortBracketsZoneAndMappingOut) {
  EXPECT_EQ(address_of_peer("127.0.0.1:51234"), "127.0.0.1");
  EXPECT_EQ(address_of_peer("[::1]:80"), "::1");
  EXPECT_EQ(address_of_peer("[::ffff:203.0.113.9]:80"), "203.0.113.9");
  EXPECT_EQ(address_of_peer("[fe80::1%eth0]:80"), "fe80::1");
  EXPECT_EQ(address_of_peer("pipe:3"), "pipe");
  EXPECT_EQ(address_of_peer("unknown"), "unknown");
  EXPECT_EQ(address_of_peer(""), "");
  EXPECT_EQ(address_of_peer("["), "");
}

}  // namespace
}  // namespace cw::net
