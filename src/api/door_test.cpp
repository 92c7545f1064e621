#include "api/door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cw::api {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

std::vector<net::IpNetwork> networks(const std::vector<std::string>& texts) {
  std::vector<net::IpNetwork> all;
  for (const auto& text : texts) all.push_back(net::parse_ip_network(text).value());
  return all;
}

net::HttpRequest request(const std::string& peer, const Lines& lines, bool is_tls = false) {
  net::HttpRequest made;
  made.peer_address = peer;
  made.is_tls = is_tls;
  for (const auto& [name, value] : lines) made.fields.add(name, value);
  return made;
}

/// On a machine of its own behind a proxy at 10.0.0.2 (and a balancer in fd00::/8 before it).
DoorSettings behind_proxy() {
  return {.is_loopback = false,
          .trusted_proxies = networks({"10.0.0.0/29", "fd00::/8", "127.0.0.1"}),
          .public_origin = "https://desk.example.org",
          .hosts = {"desk.lan"},
          .allowed_origins = {"https://tools.example.net", "http://localhost:5173"}};
}
DoorSettings with_tls() { return {.is_tls = true, .is_loopback = false}; }

std::string client(const DoorSettings& settings, const std::string& peer, const Lines& lines) {
  return Door{settings}.visitor(request(peer, lines)).address;
}

TEST(PlainOrigin, HasOneForm) {
  EXPECT_EQ(plain_origin("HTTPS://Desk.Example.ORG:443"), "https://desk.example.org");
  EXPECT_EQ(plain_origin("http://desk:80/"), "http://desk");
  EXPECT_EQ(plain_origin("https://desk:80"), "https://desk:80");
  EXPECT_EQ(plain_origin("https://[::1]:8443"), "https://[::1]:8443");
  for (const auto* text :
       {"", "null", "*", "desk.example", "ftp://desk", "ws://desk", "https://", "https://desk/path", "https://desk?x",
        "https://desk#x", "https://user@desk", "https://desk:0", "https://a b", "https://desk, https://other"})
    EXPECT_EQ(plain_origin(text), std::nullopt) << text;
  EXPECT_EQ(host_of("https://desk.example:8443"), "desk.example");
  EXPECT_EQ(host_of("[2001:DB8::1]:80"), "[2001:db8::1]");
  EXPECT_EQ(host_of("Desk"), "desk");
  EXPECT_EQ(host_of(""), "");
}

TEST(Visitor, IsTheDirectPeerWhateverItWritesUnlessItIsATrustedProxy) {
  for (const auto* peer : {"203.0.113.9", "2001:db8::1", "127.0.0.1", "::1", "10.0.0.2"}) {
    EXPECT_EQ(client({}, peer, {{"X-Forwarded-For", "198.51.100.1"}, {"Forwarded", "for=198.51.100.1"}}), peer);
  }
  for (const auto* peer : {"203.0.113.9", "10.0.0.8", "::1", "fc00::1"}) {
    EXPECT_EQ(client(behind_proxy(), peer, {{"X-Forwarded-For", "198.51.100.1"}}), peer) << "outside every network";
  }
}

TEST(Visitor, IsTheRightMostAddressThatIsNoTrustedProxy) {
  struct Case {
    const char* forwarded_for;
    const char* client;
  };
  for (const auto& [chain, expected] : std::initializer_list<Case>{
           {"203.0.113.9", "203.0.113.9"},
           {"1.1.1.1, 203.0.113.9", "203.0.113.9"},                     // forged by the client
           {"127.0.0.1, 203.0.113.9", "203.0.113.9"},                   // forged to look local
           {"10.0.0.3, 203.0.113.9", "203.0.113.9"},                    // forged to look like a proxy
           {"203.0.113.9, 10.0.0.3", "203.0.113.9"},                    // two proxies of ours
           {"1.1.1.1, 203.0.113.9, fd00::7, 10.0.0.3", "203.0.113.9"},  // three
           {"203.0.113.9, ::ffff:10.0.0.3", "203.0.113.9"},             // one of them in IPv6's clothes
           {"2001:db8::9", "2001:db8::9"},
           {"[2001:db8::9]:4711", "2001:db8::9"},
           {"203.0.113.9:4711", "203.0.113.9"},
           {"10.0.0.4", "10.0.0.4"},  // a proxy's own request
           {"10.0.0.4, 10.0.0.3", "10.0.0.4"},
           {"203.0.113.9, unknown", "10.0.0.2"},  // nobody can be named: the last known proxy
           {"203.0.113.9, rubbish, 10.0.0.3", "10.0.0.3"},
           {"rubbish", "10.0.0.2"},
           {"", "10.0.0.2"},
           {",,,", "10.0.0.2"},
           {"\"203.0.113.9", "10.0.0.2"},
       }) {
    EXPECT_EQ(client(behind_proxy(), "10.0.0.2", {{"X-Forwarded-For", chain}}), expected) << chain;
  }
}

TEST(Visitor, SeveralFieldsAreOneChain) {
  EXPECT_EQ(client(behind_proxy(), "10.0.0.2", {{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-For", "203.0.113.9"}}),
            "203.0.113.9");
}

TEST(Visitor, IsNamedByTheStandardsFieldToo) {
  EXPECT_EQ(client(behind_proxy(), "10.0.0.2", {{"Forwarded", "for=1.1.1.1, for=\"[2001:db8::9]:80\";proto=https"}}),
            "2001:db8::9");
  EXPECT_EQ(client(behind_proxy(), "10.0.0.2", {{"Forwarded", "for=1.1.1.1, for=_hidden"}}), "10.0.0.2");
  EXPECT_EQ(client(behind_proxy(), "10.0.0.2", {{"Forwarded", "for=\"1.1.1.1, for=203.0.113.9"}}), "10.0.0.2");
}

// A proxy writes one of the two and hands on whatever the client put into the other.
TEST(Visitor, IsNobodyNewWhereTheTwoFieldsDisagree) {
  EXPECT_EQ(client(behind_proxy(), "10.0.0.2", {{"X-Forwarded-For", "203.0.113.9"}, {"Forwarded", "for=203.0.113.9"}}),
            "203.0.113.9");
  EXPECT_EQ(client(behind_proxy(), "10.0.0.2", {{"X-Forwarded-For", "203.0.113.9"}, {"Forwarded", "for=1.1.1.1"}}),
            "10.0.0.2");
  EXPECT_EQ(client(behind_proxy(), "10.0.0.2", {{"X-Forwarded-For", "203.0.113.9"}, {"Forwarded", "rubbish"}}),
            "10.0.0.2");
}

TEST(Visitor, IsSecureByItsConnectionOrByATrustedProxysWord) {
  const Door door{behind_proxy()};
  const auto secure = [&](const std::string& peer, const Lines& lines, bool is_tls = false) {
    return door.visitor(request(peer, lines, is_tls)).is_secure;
  };
  EXPECT_FALSE(secure("203.0.113.9", {}));
  EXPECT_TRUE(secure("203.0.113.9", {}, true));
  EXPECT_FALSE(secure("203.0.113.9", {{"X-Forwarded-Proto", "https"}}));
  EXPECT_TRUE(secure("203.0.113.9", {{"X-Forwarded-Proto", "http"}}, true));
  EXPECT_TRUE(secure("10.0.0.2", {{"X-Forwarded-Proto", "https"}}));
  EXPECT_TRUE(secure("10.0.0.2", {{"X-Forwarded-Proto", "HTTPS"}}));
  EXPECT_TRUE(secure("10.0.0.2", {{"Forwarded", "for=203.0.113.9;proto=https"}}));
  EXPECT_FALSE(secure("10.0.0.2", {{"X-Forwarded-Proto", "http"}}, true));
  EXPECT_FALSE(secure("10.0.0.2", {{"X-Forwarded-Proto", "https, http"}}));
  EXPECT_FALSE(secure("10.0.0.2", {{"X-Forwarded-Proto", "gopher"}}));
}

TEST(Visitor, IsLocalOnlyByItselfFromThisMachineUnderItsName) {
  const auto local = [](const DoorSettings& settings, const std::string& peer, const Lines& lines) {
    return Door{settings}.visitor(request(peer, lines)).is_local;
  };
  for (const auto* host : {"127.0.0.1:8080", "localhost", "[::1]:8080"}) {
    EXPECT_TRUE(local({}, "127.0.0.1", {{"Host", host}})) << host;
    EXPECT_TRUE(local({}, "::1", {{"Host", host}})) << host;
    EXPECT_FALSE(local({}, "10.0.0.9", {{"Host", host}})) << host;
  }
  EXPECT_FALSE(local({}, "pipe", {{"Host", "localhost"}}));
  EXPECT_FALSE(local({}, "127.0.0.1", {{"Host", "desk.example.org"}})) << "a proxy that says nothing but the name";
  EXPECT_FALSE(local({}, "127.0.0.1", {}));
  for (const auto& settings : {DoorSettings{}, behind_proxy()}) {
    for (const auto* field : {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Via",
                              "X-Real-IP", "CF-Connecting-IP"}) {
      EXPECT_FALSE(local(settings, "127.0.0.1", {{"Host", "127.0.0.1"}, {field, "127.0.0.1"}})) << field;
      EXPECT_FALSE(local(settings, "127.0.0.1", {{"Host", "127.0.0.1"}, {field, ""}})) << field;
    }
  }
}

TEST(Visitor, IsCountedByWhatOneHouseholdHas) {
  const Door door{behind_proxy()};
  const auto network = [&](const std::string& peer, const Lines& lines) {
    return door.visitor(request(peer, lines)).network;
  };
  EXPECT_EQ(network("203.0.113.9", {}), "203.0.113.9");
  EXPECT_EQ(network("2001:db8:1:2:3:4:5:6", {}), "2001:db8:1:2::/64");
  EXPECT_EQ(network("2001:db8:1:2:ffff::", {}), "2001:db8:1:2::/64");
  EXPECT_EQ(network("10.0.0.2", {{"X-Forwarded-For", "2001:db8:1:3::1"}}), "2001:db8:1:3::/64");
  EXPECT_EQ(network("pipe", {}), "pipe");
}

TEST(Visitor, KnowsOursAsItsBrowserWritesIt) {
  const Door door{behind_proxy()};
  const auto origin = [&](const std::string& host, const Lines& more, bool is_tls = false) {
    Lines lines{{"Host", host}};
    lines.insert(lines.end(), more.begin(), more.end());
    return door.visitor(request("10.0.0.2", lines, is_tls)).origin;
  };
  EXPECT_EQ(origin("Desk.Example.org", {{"X-Forwarded-Proto", "https"}}), "https://desk.example.org");
  EXPECT_EQ(origin("desk.example.org:443", {{"X-Forwarded-Proto", "https"}}), "https://desk.example.org");
  EXPECT_EQ(origin("desk.example.org:8443", {}, true), "https://desk.example.org:8443");
  EXPECT_EQ(origin("127.0.0.1:8080", {}), "http://127.0.0.1:8080");
  EXPECT_EQ(origin("127.0.0.1:80", {}), "http://127.0.0.1");
}

std::string refusal(const DoorSettings& settings, const net::HttpRequest& asked) {
  const auto problem = Door{settings}.refuse(asked);
  return problem ? problem->code : "";
}

TEST(Refusal, PlainHttpFromOtherMachinesNeedsATrustedProxy) {
  const Lines host{{"Host", "desk.example.org"}};
  for (const auto* peer : {"203.0.113.9", "192.168.1.5", "10.0.0.8", "pipe", ""})
    EXPECT_EQ(refusal(behind_proxy(), request(peer, host)), "tls_required") << peer;
  for (const auto* peer : {"127.0.0.1", "::1", "10.0.0.2", "fd12::1"})
    EXPECT_EQ(refusal(behind_proxy(), request(peer, host)), "") << peer;
  EXPECT_EQ(
      refusal(behind_proxy(), request("203.0.113.9", {{"Host", "desk.example.org"}, {"X-Forwarded-For", "10.0.0.2"}})),
      "tls_required");
  const auto said = Door{behind_proxy()}.refuse(request("203.0.113.9", host));
  EXPECT_THAT(said->detail, testing::HasSubstr("https://desk.example.org"));
  EXPECT_EQ(refusal(with_tls(), request("203.0.113.9", {{"Host", "192.168.1.2:8080"}}, true)), "");
}

TEST(Refusal, NamesAreLoopbacksOnlyOnAPlainServerOfThisMachine) {
  for (const auto* host : {"localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"})
    EXPECT_EQ(refusal({}, request("127.0.0.1", {{"Host", host}})), "") << host;
  for (const auto* host : {"evil.example", "192.168.1.5", "[2001:db8::1]", "localhost.evil.example",
                           "127.0.0.1.evil.example", "", "desk", "[::1", "localhost.", ":8080"})
    EXPECT_EQ(refusal({}, request("127.0.0.1", {{"Host", host}})), "forbidden_host") << host;
  EXPECT_EQ(refusal({}, request("127.0.0.1", {})), "forbidden_host");
  const auto said = Door{{}}.refuse(request("127.0.0.1", {{"Host", "desk.lan"}}));
  EXPECT_THAT(said->detail, testing::AllOf(testing::HasSubstr("'desk.lan'"), testing::HasSubstr("server.hosts")));
}

TEST(Refusal, OtherwiseLiteralAddressesThePublicNameAndListedOnesAreOurs) {
  for (const auto* host : {"localhost", "192.168.1.5:8080", "[2001:db8::1]:8080", "desk.example.org",
                           "DESK.example.org:444", "desk.lan:8080"})
    EXPECT_EQ(refusal(behind_proxy(), request("10.0.0.2", {{"Host", host}})), "") << host;
  for (const auto* host : {"evil.example", "example.org", "a.desk.example.org", "desk.example.org.evil.example", "desk",
                           "192.168.1", "192.168.1.5.evil.example", "[::g]", "2001:db8::1"})
    EXPECT_EQ(refusal(behind_proxy(), request("10.0.0.2", {{"Host", host}})), "forbidden_host") << host;
  const DoorSettings named{.public_origin = "https://desk.example.org", .hosts = {"desk.lan"}};
  EXPECT_EQ(refusal(named, request("127.0.0.1", {{"Host", "desk.example.org"}})), "");
  EXPECT_EQ(refusal(named, request("127.0.0.1", {{"Host", "desk.lan"}})), "");
  EXPECT_EQ(refusal(named, request("127.0.0.1", {{"Host", "192.168.1.5"}})), "forbidden_host");
}

/// What the door says of a request from a proxy's visitor at https://desk.example.org with these fields.
struct Page {
  explicit Page(const Lines& more, const DoorSettings& settings = behind_proxy()) : door(settings) {
    Lines lines{{"Host", "desk.example.org"}, {"X-Forwarded-For", "203.0.113.9"}, {"X-Forwarded-Proto", "https"}};
    lines.insert(lines.end(), more.begin(), more.end());
    asked = request("10.0.0.2", lines);
    visitor = door.visitor(asked);
  }
  Door door;
  net::HttpRequest asked;
  Visitor visitor;
  bool own() const { return door.is_own_origin(asked, visitor); }
  bool listed() const { return door.is_listed_origin(asked); }
  bool allowed() const { return door.is_allowed_origin(asked, visitor); }
  bool cross() const { return door.is_cross_site(asked, visitor); }
};

TEST(Refusal, OfTwoAuthorizationsNeitherCounts) {
  EXPECT_EQ(refusal({}, request("127.0.0.1", {{"Host", "localhost"}, {"Authorization", "Bearer a"}})), "");
  EXPECT_EQ(refusal({}, request("127.0.0.1",
                                {{"Host", "localhost"}, {"Authorization", "Bearer a"}, {"authorization", "Bearer b"}})),
            "bad_request");
}

TEST(Origin, IsOwnListedOrForeign) {
  struct Case {
    const char* origin;
    bool own, listed;
  };
  for (const auto& [origin, own, listed] : std::initializer_list<Case>{
           {"https://desk.example.org", true, false},
           {"https://DESK.example.org:443", true, false},
           {"https://tools.example.net", false, true},
           {"http://localhost:5173", false, true},
           {"http://desk.example.org", false, false},  // the same name without TLS is somebody else
           {"https://desk.example.org:8443", false, false},
           {"https://tools.example.net:8443", false, false},
           {"http://tools.example.net", false, false},
           {"https://tools.example.net.evil.example", false, false},
           {"https://evil.example", false, false},
           {"null", false, false},
           {"", false, false},
       }) {
    const Page page{{{"Origin", origin}}};
    EXPECT_EQ(page.own(), own) << origin;
    EXPECT_EQ(page.listed(), listed) << origin;
    EXPECT_EQ(page.allowed(), own || listed) << origin;
    EXPECT_EQ(page.cross(), !own) << origin;
    const Page passed_on{{{"Origin", origin}, {"Sec-Fetch-Site", "same-origin"}}};
    EXPECT_EQ(passed_on.cross(), !(own || listed)) << origin;
  }
}

TEST(Origin, NoneIsAProgramAndTwoAreForeign) {
  const Page program{{}};
  EXPECT_FALSE(program.own());
  EXPECT_TRUE(program.allowed());
  EXPECT_FALSE(program.cross());
  const Page twice{{{"Origin", "https://desk.example.org"}, {"Origin", "https://evil.example"}}};
  EXPECT_FALSE(twice.allowed());
  EXPECT_TRUE(twice.cross());
}

// The proxy hands on its own idea of our name (127.0.0.1:8080): the public address is ours all the same.
TEST(Origin, ThePublicAddressIsOwnByWhateverNameAProxyAsks) {
  const Door door{behind_proxy()};
  const auto asked = request("10.0.0.2", {{"Host", "127.0.0.1:8080"}, {"Origin", "https://desk.example.org"}});
  EXPECT_TRUE(door.is_own_origin(asked, door.visitor(asked)));
}

TEST(CrossSite, IsWhatTheBrowserSaysToo) {
  for (const auto* site : {"cross-site", "same-site", "CROSS-SITE", "something-new", ""})
    EXPECT_TRUE((Page{{{"Sec-Fetch-Site", site}}}.cross())) << site;
  for (const auto* site : {"same-origin", "none"}) EXPECT_FALSE((Page{{{"Sec-Fetch-Site", site}}}.cross())) << site;
  EXPECT_TRUE((Page{{{"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://evil.example"}}}.cross()));
  EXPECT_TRUE((Page{{{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "cross-site"}}}.cross()));
  EXPECT_TRUE((Page{{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://tools.example.net"}}}.cross()))
      << "a listed origin may use a token, never a cookie";
  const Page evil{{{"Origin", "https://evil.example"}}};
  EXPECT_EQ(evil.door.refuse_cross_site(evil.asked, evil.visitor)->code, "cross_site");
  const Page own{{{"Origin", "https://desk.example.org"}}};
  EXPECT_FALSE(own.door.refuse_cross_site(own.asked, own.visitor));
}

}  // namespace
}  // namespace cw::api
