#include "app/config_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/config_load.h"
#include "app/serve/server_tls.h"
#include "net/self_signed.h"

namespace cw::app {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Settings = std::vector<std::pair<std::string, std::string>>;

Result<Config> load(const Settings& settings) {
  ConfigInputs inputs;
  inputs.data_dir = "/nonexistent";
  for (const auto& [key, value] : settings) inputs.flags.push_back({key, value, "--set"});
  return load_config(inputs);
}
std::string message(const Settings& settings) {
  const auto loaded = load(settings);
  if (loaded) return "loaded";
  EXPECT_EQ(loaded.error().code, Errc::bad_parameter) << loaded.error().message;
  return loaded.error().message;
}
std::string start_message(const Settings& settings) {
  const auto checked = check_start(load(settings).value());
  return checked ? "good" : checked.error().message;
}
api::DoorSettings door(const Settings& settings) { return door_settings(load(settings).value()); }

TEST(ServerHostSetting, IsALiteralAddressOrLocalhost) {
  for (const auto* good : {"127.0.0.1", "127.1.2.3", "::1", "localhost", "0.0.0.0", "::", "192.168.1.5", "2001:db8::1"})
    EXPECT_EQ(message({{"server.host", good}}), "loaded") << good;
  for (const auto* bad : {"", "example.org", "127.0.0.1:8080", "[::1]", "127.1", "0.0.0.0/0", "*", "fe80::1%eth0"})
    EXPECT_THAT(message({{"server.host", bad}}),
                AllOf(StartsWith("flag --set: server.host takes an address"), HasSubstr("0.0.0.0")))
        << bad;
}

TEST(TheBindRule, LoopbackMayBePlainAndNothingElse) {
  for (const auto* host : {"127.0.0.1", "localhost", "::1", "127.9.9.9", "::ffff:127.0.0.1"})
    EXPECT_EQ(start_message({{"server.host", host}}), "good") << host;
  for (const auto* host : {"0.0.0.0", "::", "192.168.1.5", "2001:db8::1"}) {
    EXPECT_EQ(message({{"server.host", host}}), "loaded") << "other commands may run";
    EXPECT_THAT(start_message({{"server.host", host}}),
                AllOf(StartsWith("flag --set: server.host '"), HasSubstr(host), HasSubstr("--tls-self-signed"),
                      HasSubstr("--tls-cert"), HasSubstr("server.trusted_proxies")));
    EXPECT_EQ(start_message({{"server.host", host}, {"server.tls_self_signed", "true"}}), "good") << host;
    EXPECT_EQ(start_message({{"server.host", host}, {"server.trusted_proxies", "10.0.0.2"}}), "good") << host;
  }
}

TEST(CertificateSettings, GoTogetherOrNotAtAll) {
  EXPECT_THAT(message({{"server.tls_cert", "a.pem"}}),
              AllOf(StartsWith("flag --set: server.tls_cert"), HasSubstr("server.tls_key")));
  EXPECT_THAT(message({{"server.tls_key", "a.key"}}),
              AllOf(StartsWith("flag --set: server.tls_key"), HasSubstr("server.tls_cert")));
  EXPECT_THAT(message({{"server.tls_cert", "a.pem"}, {"server.tls_key", "a.key"}, {"server.tls_self_signed", "true"}}),
              AllOf(StartsWith("flag --set: server.tls_self_signed"), HasSubstr("leave one")));
}

TEST(CertificateSettings, AreReadBeforeTheStartAndTheOneAtFaultIsNamed) {
  std::string name = testing::TempDir() + "cw-cert-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(name.data());
  ASSERT_TRUE(net::keep_self_signed(folder, {"a"}, SystemClock{}.now()));
  ASSERT_TRUE(net::keep_self_signed(folder / "other", {"b"}, SystemClock{}.now()));
  const auto check = [&](const std::string& certificate, const std::string& key) {
    return start_message({{"server.tls_cert", folder / certificate}, {"server.tls_key", folder / key}});
  };
  std::ofstream{folder / "rubbish"} << "rubbish";
  EXPECT_EQ(check("cert.pem", "key.pem"), "good");
  EXPECT_THAT(check("none.pem", "key.pem"), StartsWith("flag --set: server.tls_cert cannot be used: "));
  EXPECT_THAT(check("rubbish", "key.pem"), StartsWith("flag --set: server.tls_cert cannot be used: "));
  EXPECT_THAT(check("cert.pem", "none.pem"), StartsWith("flag --set: server.tls_key cannot be used: "));
  EXPECT_THAT(check("cert.pem", "rubbish"), StartsWith("flag --set: server.tls_key cannot be used: "));
  EXPECT_THAT(check("cert.pem", "other/key.pem"),
              AllOf(StartsWith("flag --set: server.tls_key"), HasSubstr("is not the key")));
  std::filesystem::remove_all(folder);
}

TEST(DoorSettingsOfTheConfiguration, AreCheckedEntryByEntry) {
  const auto refused = [](const std::string& key, const std::string& value, const std::string& why) {
    EXPECT_THAT(message({{key, value}}), AllOf(StartsWith("flag --set: " + key), HasSubstr(why))) << value;
  };
  refused("server.trusted_proxies", "10.0.0.2,proxy.lan", "entry 2 ('proxy.lan') is no address or network");
  refused("server.trusted_proxies", "10.0.0.1/8", "the network is 10.0.0.0/8");
  refused("server.trusted_proxies", "0.0.0.0/0", "the whole world");
  refused("server.trusted_proxies", "::/0", "the whole world");
  refused("server.hosts", "desk.lan,http://desk", "entry 2 ('http://desk') is no host name");
  for (const auto* bad : {"desk:8080", "*.example.org", "a b", "-desk"}) refused("server.hosts", bad, "entry 1");
  refused("server.allowed_origins", "*", "every page");
  for (const auto* bad : {"tools.example.org", "https://tools.example.org/app", "null", "wss://tools.example.org"})
    refused("server.allowed_origins", bad, "is no origin");
  for (const auto* bad :
       {"desk.example.org", "https://", "ftp://desk", "https://desk/candlewick", "https://desk?x=1", "wss://desk"})
    refused("server.public_url", bad, "takes");
}

TEST(DoorSettingsOfTheConfiguration, ShowNoSecret) {
  for (const auto& [key, value] : Settings{{"server.public_url", "https://user:s3cret@desk"},
                                           {"server.allowed_origins", "https://user:s3cret@desk"},
                                           {"server.metrics_token", "s3cret"},
                                           {"server.metrics_token", "s3cret with blanks in it"}}) {
    EXPECT_THAT(message({{key, value}}), AllOf(StartsWith("flag --set: " + key), Not(HasSubstr("s3cret"))));
  }
  const auto config = load({{"server.metrics_token", "0123456789abcdef"}}).value();
  EXPECT_EQ(Config::shown(config.entry("server.metrics_token")), "********");
}

TEST(DoorSettingsOfTheConfiguration, BecomeTheDoors) {
  const auto plain = door({});
  EXPECT_TRUE(plain.is_loopback && !plain.is_tls && plain.public_origin.empty() && plain.allowed_origins.empty());
  const auto open = door({{"server.host", "::"},
                          {"server.tls_self_signed", "true"},
                          {"server.public_url", "HTTPS://Desk.Example.org:443/"},
                          {"server.hosts", "Desk.LAN,2001:DB8::1,192.168.1.5"},
                          {"server.trusted_proxies", "10.0.0.0/8,::1"},
                          {"server.allowed_origins", "https://Tools.example:443,http://localhost:5173"}});
  EXPECT_TRUE(open.is_tls && !open.is_loopback);
  EXPECT_EQ(open.public_origin, "https://desk.example.org");
  EXPECT_THAT(open.hosts, testing::ElementsAre("desk.lan", "[2001:db8::1]", "192.168.1.5"));
  EXPECT_THAT(open.allowed_origins, testing::ElementsAre("https://tools.example", "http://localhost:5173"));
  ASSERT_EQ(open.trusted_proxies.size(), 2u);
  EXPECT_EQ(open.trusted_proxies[0].text(), "10.0.0.0/8");
  const auto rates =
      api_settings(load({{"server.write_request_burst", "7"}, {"server.auth_requests_per_second", "3"}}).value());
  EXPECT_EQ(rates.read.per_second, 50);
  EXPECT_EQ(rates.write.burst, 7);
  EXPECT_EQ(rates.auth.per_second, 3);
  EXPECT_EQ(rates.auth.burst, 60);
}

TEST(CertificateNames, AreEveryNameThatTheServerHas) {
  const auto names = certificate_names(load({{"server.host", "192.168.1.5"},
                                             {"server.public_url", "https://[2001:db8::1]:8443"},
                                             {"server.hosts", "desk.lan"}})
                                           .value());
  for (const auto* name : {"localhost", "127.0.0.1", "::1", "192.168.1.5", "2001:db8::1", "desk.lan"})
    EXPECT_THAT(names, Contains(name));
  EXPECT_THAT(certificate_names(load({{"server.host", "0.0.0.0"}}).value()), Not(Contains("0.0.0.0")));
}

}  // namespace
}  // namespace cw::app
