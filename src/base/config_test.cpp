#include "base/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cw {
namespace {

const std::vector<ConfigKey> kKeys{
    {.name = "server.port", .fallback = std::int64_t{8080}, .help = "Where to listen.", .least = 0, .most = 65535},
    {.name = "server.host", .fallback = std::string{"127.0.0.1"}, .help = "Address."},
    {.name = "market.mode",
     .fallback = std::string{"auto"},
     .help = "Market.",
     .choices = {"auto", "live", "practice"}},
    {.name = "market.follow", .fallback = std::vector<std::string>{"BTCUSDT"}, .help = "Followed.", .items_most = 3},
    {.name = "practice.speed", .fallback = 1.0, .help = "Speed.", .least = 0.1, .most = 1000},
    {.name = "log.file", .fallback = true, .help = "Also to a file."},
    {.name = "venue.url", .fallback = std::string{"https://x"}, .help = "Address.", .schemes = {"https", "http"}},
    {.name = "mail.password", .fallback = std::string{}, .help = "Secret.", .secret = true},
};

TEST(Config, StartsAtItsDefaults) {
  const Config config{kKeys};
  EXPECT_EQ(config.integer("server.port"), 8080);
  EXPECT_EQ(config.source("server.port").text, "default");
  EXPECT_EQ(config.number("practice.speed"), 1.0);
  EXPECT_TRUE(config.boolean("log.file"));
}

TEST(Config, ALaterLayerWinsAndSaysWhereItCameFrom) {
  Config config{kKeys};
  ASSERT_TRUE(config.set("server.port", std::int64_t{9000}, {"candlewick.toml:3"}));
  ASSERT_TRUE(config.set_text("server.port", "9100", {"env CANDLEWICK_SERVER_PORT"}));
  EXPECT_EQ(config.integer("server.port"), 9100);
  EXPECT_EQ(config.source("server.port").text, "env CANDLEWICK_SERVER_PORT");
}

TEST(Config, NamesTheNearestKeyForOneThatDoesNotExist) {
  Config config{kKeys};
  const auto set = config.set("server.prot", std::int64_t{1}, {"candlewick.toml:7"});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, Errc::unknown_key);
  EXPECT_THAT(set.error().message,
              testing::StartsWith("candlewick.toml:7: 'server.prot' is no setting (did you mean 'server.port'"));
  EXPECT_EQ(set.error().suggestions.front(), "server.port");
}

TEST(Config, SaysWhatThereIsWhereNothingIsNear) {
  Config config{kKeys};
  EXPECT_EQ(config.set_text("port", "1", {"flag --set"}).error().message,
            "flag --set: 'port' is no setting (did you mean 'server.port'?)");
  EXPECT_EQ(config.set_text("server.xxxxxxxxxxxxxxxx", "1", {"flag --set"}).error().message,
            "flag --set: 'server.xxxxxxxxxxxxxxxx' is no setting; [server] has port, host");
  EXPECT_THAT(config.set_text("zzzz", "1", {"flag --set"}).error().message,
              testing::HasSubstr("; the sections are server, market, practice, log, venue, mail"));
}

TEST(Config, RefusesAnotherTypeAndNamesKeyPlaceAndWhatItTakes) {
  Config config{kKeys};
  const auto set = config.set("server.port", std::string{"abc"}, {"candlewick.toml:2"});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, Errc::bad_parameter);
  EXPECT_EQ(set.error().field, "server.port");
  EXPECT_EQ(set.error().message, "candlewick.toml:2: server.port takes a whole number from 0 to 65535, not \"abc\"");
}

TEST(Config, RefusesWhatIsOutOfRangeAndKeepsWhatItHad) {
  Config config{kKeys};
  EXPECT_FALSE(config.set_text("server.port", "65536", {"flag --port"}));
  EXPECT_FALSE(config.set_text("server.port", "-1", {"flag --port"}));
  EXPECT_FALSE(config.set_text("server.port", "80.5", {"flag --port"}));
  EXPECT_FALSE(config.set_text("practice.speed", "0", {"flag --speed"}));
  EXPECT_FALSE(config.set_text("log.file", "perhaps", {"env X"}));
  EXPECT_EQ(config.integer("server.port"), 8080);
}

TEST(Config, AChoiceThatIsNoneNamesTheNearest) {
  Config config{kKeys};
  const auto set = config.set_text("market.mode", "practise", {"flag --market"});
  ASSERT_FALSE(set);
  EXPECT_EQ(
      set.error().message,
      "flag --market: market.mode takes one of auto, live, practice, not \"practise\" (did you mean 'practice'?)");
}

TEST(Config, ReadsListsFromTextAtCommas) {
  Config config{kKeys};
  ASSERT_TRUE(config.set_text("market.follow", " BTCUSDT, ETHUSDT ,,", {"env X"}));
  EXPECT_THAT(config.list("market.follow"), testing::ElementsAre("BTCUSDT", "ETHUSDT"));
  EXPECT_FALSE(config.set_text("market.follow", "A,B,C,D", {"env X"}));
}

TEST(Config, ReadsListsFromTextAsTomlWritesThem) {
  Config config{kKeys};
  for (const char* text : {R"(["A","B"])", R"( [ 'A' , "B", ] )"}) {
    ASSERT_TRUE(config.set_text("market.follow", R"(["Z"])", {"env X"}));
    ASSERT_TRUE(config.set_text("market.follow", text, {"env X"})) << text;
    EXPECT_THAT(config.list("market.follow"), testing::ElementsAre("A", "B")) << text;
  }
  ASSERT_TRUE(config.set_text("market.follow", "[]", {"env X"}));
  EXPECT_THAT(config.list("market.follow"), testing::IsEmpty());
  for (const char* text : {"[", "[A,B]", R"(["A" "B"])", R"(["A")", R"(["A)", R"(["A"]x)", R"([,])", R"(["A",,])"})
    EXPECT_FALSE(config.set_text("market.follow", text, {"env X"})) << text;
}

TEST(Config, MasksWhatAnAddressKeepsSecret) {
  Config config{kKeys};
  ASSERT_TRUE(config.set_text("venue.url", "https://user:s3cret@host/?apiKey=s3cret", {"env X"}));
  EXPECT_EQ(config.text("venue.url"), "https://user:s3cret@host/?apiKey=s3cret");
  EXPECT_EQ(Config::shown(config.entry("venue.url")), "\"https://********@host/?apiKey=********\"");
}

TEST(Config, TakesAWholeNumberWhereANumberIsWanted) {
  Config config{kKeys};
  ASSERT_TRUE(config.set("practice.speed", std::int64_t{60}, {"f:1"}));
  EXPECT_EQ(config.number("practice.speed"), 60.0);
}

TEST(Config, MasksSecretsInWhatItShowsAndInErrors) {
  Config config{kKeys};
  EXPECT_EQ(Config::shown(config.entries().back()), "\"\"");
  ASSERT_TRUE(config.set_text("mail.password", "hunter2", {"env X"}));
  EXPECT_EQ(Config::shown(config.entries().back()), "********");
  const auto wrong = config.set("mail.password", std::int64_t{987654}, {"f:1"});
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, testing::Not(testing::HasSubstr("987654")));
}

TEST(ConfigValue, IsWrittenAsTomlReadsIt) {
  EXPECT_EQ(to_toml(std::string{"a\"b\\c\n"}), R"("a\"b\\c\u000a")");
  EXPECT_EQ(to_toml(std::int64_t{-5}), "-5");
  EXPECT_EQ(to_toml(60.0), "60.0");
  EXPECT_EQ(to_toml(0.25), "0.25");
  EXPECT_EQ(to_toml(true), "true");
  EXPECT_EQ(to_toml(std::vector<std::string>{"a", "b"}), R"(["a", "b"])");
}

TEST(EnvironmentName, IsThePrefixedKeyInCapitals) {
  EXPECT_EQ(environment_name("server.web_dir"), "CANDLEWICK_SERVER_WEB_DIR");
}

}  // namespace
}  // namespace cw
