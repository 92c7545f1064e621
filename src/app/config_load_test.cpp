#include "app/config_load.h"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config_keys.h"

namespace cw::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class ConfigLoad : public testing::Test {
 protected:
  ConfigLoad() {
    std::string name = testing::TempDir() + "cw-config-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    inputs_.data_dir = folder_;
  }
  ~ConfigLoad() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& text, const std::string& name = "candlewick.toml") {
    std::ofstream{folder_ / name, std::ios::binary} << text;
    return (folder_ / name).string();
  }

  /// The error of loading what the inputs say; its code is checked, since the exit code follows from it.
  std::string message(Errc code) {
    const auto loaded = load_config(inputs_);
    if (loaded) return "loaded";
    EXPECT_EQ(loaded.error().code, code) << loaded.error().message;
    return loaded.error().message;
  }

  /// The same of one TOML text; the name of the file in front is left out.
  std::string toml_message(const std::string& text, Errc code = Errc::bad_parameter) {
    const std::string path = write(text);
    const std::string said = message(code);
    EXPECT_THAT(said, StartsWith(path + ":"));
    return said.substr(std::min(said.size(), path.size() + 1));
  }

  std::filesystem::path folder_;
  ConfigInputs inputs_;
};

TEST_F(ConfigLoad, LayersOverrideEachOtherFromDefaultsToFlags) {
  const std::string path =
      write("[server]\nport = 1001\nrequest_burst = 1002\nmax_connections = 1003\n[log]\nlevel = \"warn\"\n");
  inputs_.environment = {{"CANDLEWICK_SERVER_PORT", "2001"}, {"CANDLEWICK_SERVER_REQUEST_BURST", "2002"}};
  inputs_.flags = {{"server.port", "3001", "--port"}};
  const auto config = load_config(inputs_);
  ASSERT_TRUE(config) << config.error().message;
  const auto has = [&](std::string_view key, std::int64_t value, const std::string& source) {
    EXPECT_EQ(config->integer(key), value);
    EXPECT_EQ(config->source(key).text, source);
  };
  has("server.port", 3001, "flag --port");
  has("server.request_burst", 2002, "env CANDLEWICK_SERVER_REQUEST_BURST");
  has("server.max_connections", 1003, path + ":4:19");
  has("server.drain_ms", 10'000, "default");
  EXPECT_EQ(config->text("log.level"), "warn");
}

TEST_F(ConfigLoad, TheLaterOfTwoFlagsWins) {
  inputs_.flags = {{"server.port", "1", "--port"}, {"server.port", "2", "--set"}};
  const auto config = load_config(inputs_);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->integer("server.port"), 2);
  EXPECT_EQ(config->source("server.port").text, "flag --set");
}

TEST_F(ConfigLoad, AFileThatWasAskedForStandsForTheFoldersOwn) {
  write("[server]\nport = 1\n");
  inputs_.file = write("[server]\nport = 2\n", "other.toml");
  const auto config = load_config(inputs_);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->integer("server.port"), 2);
}

TEST_F(ConfigLoad, WithoutAnyFileTheDefaultsStand) {
  const auto config = load_config(inputs_);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->integer("server.port"), 8080);
}

TEST_F(ConfigLoad, AnEmptyFileAndOneWithAByteOrderMarkAreGood) {
  write("");
  EXPECT_TRUE(load_config(inputs_));
  write("\xef\xbb\xbf[server]\r\nport = 7\r\n");
  const auto config = load_config(inputs_);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->integer("server.port"), 7);
}

TEST_F(ConfigLoad, AWrongNameIsPlacedWhereItStandsAndTheNearestIsNamed) {
  EXPECT_THAT(toml_message("[server]\n  prot = 1\n", Errc::unknown_key),
              AllOf(StartsWith("2:3: 'server.prot'"), HasSubstr("'server.port'")));
  EXPECT_THAT(toml_message("\n[servr]\n", Errc::unknown_key), AllOf(StartsWith("2:2: 'servr'"), HasSubstr("'server'")));
  EXPECT_THAT(toml_message("[server.limits]\nport = 1\n", Errc::unknown_key), HasSubstr("'server.limits'"));
}

TEST_F(ConfigLoad, WhatStandsNowhereIsLedToItsSectionOrToWhatThereIs) {
  EXPECT_THAT(
      toml_message("port = 8080\n", Errc::unknown_key),
      AllOf(StartsWith("1:1: 'port' is no setting (did you mean 'server.port'?)"), HasSubstr("below [server]")));
  EXPECT_THAT(toml_message("[store]\nretention_1m = 1\n", Errc::unknown_key), HasSubstr("'store.keep_1m_days'"));
  EXPECT_THAT(toml_message("[zzzz]\n", Errc::unknown_key), HasSubstr("the sections are server, accounts, realtime"));
  EXPECT_THAT(toml_message("[log]\nxxxxxxxxxxxxxxxx = 1\n", Errc::unknown_key), HasSubstr("[log] has level, file"));
  inputs_.environment = {{"CANDLEWICK_PORT", "1"}};
  write("");
  EXPECT_THAT(message(Errc::unknown_key), HasSubstr("'CANDLEWICK_SERVER_PORT'"));
}

TEST_F(ConfigLoad, AnAddressHasASchemeOfItsKindAndAHost) {
  const auto refused = [&](const std::string& key, const std::string& value, const std::string& why) {
    inputs_.flags = {{key, value, "--set"}};
    EXPECT_THAT(message(Errc::bad_parameter), AllOf(StartsWith("flag --set: " + key), HasSubstr(why))) << value;
  };
  for (const char* text : {"nonsense", "foo", "", "https", "wss://host", "ftp://host"})
    refused("binance.rest_url", text, "begins with https:// or http://");
  for (const char* text : {"https://host", "http://x", ""}) refused("binance.ws_url", text, "wss:// or ws://");
  refused("binance.rest_url", "https://", "the host is missing");
  refused("binance.rest_url", "https://host:99999", "the port must be");
  refused("binance.rest_url", "https://ho st", "the host name");
  for (const char* good :
       {"https://api.binance.com", "HTTPS://api.binance.com", "http://[::1]:8090", "http://127.0.0.1:8090/base/"}) {
    inputs_.flags = {{"binance.rest_url", good, "--set"}};
    EXPECT_EQ(message(Errc::internal), "loaded") << good;
  }
  EXPECT_THAT(toml_message("[binance]\nws_url = \"http://x\"\n"), StartsWith("2:10: binance.ws_url"));
}

TEST_F(ConfigLoad, ASecretInAnAddressIsInNoError) {
  for (const char* key : {"binance.rest_url", "binance.ws_url"}) {
    for (const char* text : {"https://user:s3cret@host/", "wss://user:s3cret@host/", "https://host/?apiKey=s3cret",
                             "wss://host?s3cret", "user:s3cret@host", "https://host:s3cret@host"}) {
      inputs_.flags = {{key, text, "--set"}};
      EXPECT_THAT(message(Errc::bad_parameter), AllOf(HasSubstr("********"), testing::Not(HasSubstr("s3cret"))))
          << text;
    }
  }
}

TEST_F(ConfigLoad, VenuesAndSymbolsHaveTheirShape) {
  for (const char* venue : {"nowhere!", "a b", "Binance"}) {
    inputs_.flags = {{"market.default_venue", venue, "--set"}};
    EXPECT_THAT(message(Errc::bad_parameter), StartsWith("flag --set: market.default_venue takes")) << venue;
  }
  for (const char* symbol : {"A B", "a:b:c", ":"}) {
    inputs_.flags = {{"replay.symbol", symbol, "--replay"}};
    EXPECT_THAT(message(Errc::bad_parameter), StartsWith("flag --replay: replay.symbol takes")) << symbol;
  }
  inputs_.flags = {{"market.default_venue", "kraken", "--set"}, {"replay.symbol", "kraken:BTC-USD", "--set"}};
  EXPECT_EQ(message(Errc::internal), "loaded");
}

TEST_F(ConfigLoad, CertificatesThatCannotBeReadAreNamedByKeyAndPlace) {
  const auto check = [&](const std::string& file) {
    inputs_.flags = {{"binance.ca_file", file, "--set"}};
    const auto checked = check_start(*load_config(inputs_));
    if (checked) return std::string{"good"};
    EXPECT_EQ(checked.error().code, Errc::bad_parameter);
    return checked.error().message;
  };
  EXPECT_EQ(check(""), "good");
  EXPECT_THAT(check((folder_ / "none.pem").string()), StartsWith("flag --set: binance.ca_file cannot be used: "));
  EXPECT_THAT(check(write("no certificate", "bad.pem")), HasSubstr("bad.pem"));
}

TEST_F(ConfigLoad, AWrongValueIsPlacedWhereItStandsAndWhatTheKeyTakesIsSaid) {
  EXPECT_THAT(toml_message("[server]\nport = \"x\"\n"),
              StartsWith("2:8: server.port takes a whole number from 0 to 65535, not \"x\""));
  EXPECT_THAT(toml_message("[server]\nport = 65536\n"), StartsWith("2:8: server.port takes"));
  EXPECT_THAT(toml_message("[server]\nport = 1.5\n"), StartsWith("2:8: server.port takes"));
  EXPECT_THAT(toml_message("[server]\nport = 12:00:00\n"), AllOf(StartsWith("2:8: server.port"), HasSubstr("a time")));
  EXPECT_THAT(toml_message("[server]\nport = { a = 1 }\n"), AllOf(StartsWith("2:8: server.port"), HasSubstr("table")));
  EXPECT_THAT(toml_message("[market]\nfollow = [\"BTCUSDT\", 5]\n"),
              AllOf(StartsWith("2:22: market.follow"), HasSubstr("entry 2")));
  EXPECT_THAT(toml_message("[market]\nfollow = [\"BTCUSDT\", \"a b\"]\n"), HasSubstr("market.follow entry 2 ('a b')"));
  EXPECT_THAT(toml_message("[practice]\nspeed = nan\n"), StartsWith("2:9: practice.speed takes"));
}

TEST_F(ConfigLoad, BrokenTomlNamesLineAndColumn) {
  EXPECT_THAT(toml_message("[server\n"), StartsWith("1:8: "));
  EXPECT_THAT(toml_message("[server]\nport = 1\nport = 2\n"), AllOf(StartsWith("3:"), HasSubstr("port")));
  EXPECT_THAT(toml_message("[server]\nport = \n"), StartsWith("2:"));
  EXPECT_THAT(toml_message("[server]\nport = 99999999999999999999\n"), StartsWith("2:"));
  EXPECT_THAT(toml_message("[server]\nhost = \"\xff\xfe\"\n"), StartsWith("2:"));
  EXPECT_THAT(toml_message("server = 1\n"), AllOf(StartsWith("1:1: "), HasSubstr("[server]")));
}

TEST_F(ConfigLoad, AFileThatIsNotThereIsTheCallersFaultAndOneThatCannotBeReadIsNot) {
  inputs_.file = folder_ / "none.toml";
  EXPECT_THAT(message(Errc::bad_parameter), AllOf(HasSubstr("none.toml"), HasSubstr("--config")));
  inputs_.file = folder_;
  EXPECT_THAT(message(Errc::bad_parameter), HasSubstr("is a folder"));
  inputs_.file = write(std::string(1024 * 1024 + 1, '#'), "big.toml");
  EXPECT_THAT(message(Errc::bad_parameter), HasSubstr("1 MiB"));
  std::filesystem::create_symlink(folder_ / "loop.toml", folder_ / "loop.toml");
  inputs_.file = folder_ / "loop.toml";
  EXPECT_THAT(message(Errc::io_error), HasSubstr("cannot be read"));
}

TEST_F(ConfigLoad, TheFoldersOwnFileIsNotPassedOverWhenItCannotBeRead) {
  std::filesystem::create_symlink(folder_ / "candlewick.toml", folder_ / "candlewick.toml");
  EXPECT_THAT(message(Errc::io_error), HasSubstr("candlewick.toml cannot be read"));
}

TEST_F(ConfigLoad, AVariableThatSetsNothingNamesTheNearest) {
  inputs_.environment = {{"CANDLEWICK_SERVER_PROT", "1"}};
  EXPECT_THAT(message(Errc::unknown_key),
              AllOf(HasSubstr("CANDLEWICK_SERVER_PROT"), HasSubstr("CANDLEWICK_SERVER_PORT")));
  inputs_.environment = {{"CANDLEWICK_SERVER_PORT", "x"}};
  EXPECT_THAT(message(Errc::bad_parameter), StartsWith("env CANDLEWICK_SERVER_PORT: server.port takes"));
  inputs_.environment = {{"CANDLEWICK_CONFIG", "a"}, {"CANDLEWICK_DATA_DIR", "b"}};  // read before there is a Config
  EXPECT_EQ(message(Errc::internal), "loaded");
}

TEST_F(ConfigLoad, AFlagThatDoesNotFitIsNamedAsAFlag) {
  inputs_.flags = {{"server.prot", "1", "--set"}};
  EXPECT_THAT(message(Errc::unknown_key), AllOf(StartsWith("flag --set: "), HasSubstr("'server.port'")));
  inputs_.flags = {{"server.port", "", "--port"}};
  EXPECT_THAT(message(Errc::bad_parameter), StartsWith("flag --port: server.port takes"));
}

TEST(ApplyToml, ASecretIsNeitherShownNorRepeatedInAnError) {
  const std::vector<ConfigKey> keys{
      {.name = "log.password", .fallback = std::string{}, .help = "Secret.", .secret = true}};
  Config config{keys};
  ASSERT_TRUE(apply_toml(config, "[log]\npassword = \"hunter2\"\n", "c.toml"));
  EXPECT_EQ(config.text("log.password"), "hunter2");
  EXPECT_EQ(Config::shown(config.entry("log.password")), "********");
  EXPECT_EQ(config.source("log.password").text, "c.toml:2:12");
  const auto wrong = apply_toml(config, "[log]\npassword = 987654\n", "c.toml");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, testing::Not(HasSubstr("987654")));
}

TEST(ProductEnvironment, HoldsTheProductsVariablesAlone) {
  ASSERT_EQ(::setenv("CANDLEWICK_LOG_LEVEL", "debug", 1), 0);
  ASSERT_EQ(::setenv("CANDLEWICKED", "no", 1), 0);
  const auto found = product_environment();
  ::unsetenv("CANDLEWICK_LOG_LEVEL");
  ::unsetenv("CANDLEWICKED");
  EXPECT_THAT(found, testing::Contains(testing::Pair("CANDLEWICK_LOG_LEVEL", "debug")));
  EXPECT_THAT(found, testing::Each(testing::Key(StartsWith("CANDLEWICK_"))));
}

}  // namespace
}  // namespace cw::app
