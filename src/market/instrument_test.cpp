#include "market/instrument.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cw::market {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Instrument instrument(std::string venue, std::string symbol) {
  Instrument made;
  made.id = {std::move(venue), std::move(symbol)};
  return made;
}

InstrumentBook book() {
  InstrumentBook made{"binance"};
  made.put(instrument("kraken", "BTC-USD"));
  made.put(instrument("coinbase", "BTC-USD"));
  made.put(instrument("binance", "BTCUSDT"));
  made.put(instrument("binanceus", "BTCUSDT"));
  made.put(instrument("binance", "ETHUSDT"));
  made.put(instrument("kraken", "ETH-USDC"));
  return made;
}

std::string resolved(const InstrumentBook& from, std::string_view text) {
  const auto found = from.resolve(text);
  return found ? found->id.text() : std::string{code_name(found.error().code)};
}

TEST(VenueSymbol, IsWrittenAsTheVenueWritesIt) {
  EXPECT_EQ(venue_symbol("binance", {"BTC", "USDT"}), "BTCUSDT");
  EXPECT_EQ(venue_symbol("Binance", {"btc", "usdt"}), "BTCUSDT");
  EXPECT_EQ(venue_symbol("coinbase", {"BTC", "USD"}), "BTC-USD");
  EXPECT_EQ(venue_symbol("kraken", {"BTC", "USDC"}), "BTC-USDC");
  EXPECT_EQ(venue_symbol("elsewhere", {"BTC", "EUR"}), "BTC-EUR");
}

TEST(InstrumentId, ForgivesLetterCaseAndNothingElse) {
  EXPECT_EQ(parse_instrument_id("Binance:btcusdt").value(), (InstrumentId{"binance", "BTCUSDT"}));
  EXPECT_EQ(parse_instrument_id("coinbase:BTC-USD").value().text(), "coinbase:BTC-USD");
  for (const char* text : {"BTCUSDT", ":BTCUSDT", "binance:", "binance:BTC/USDT", "bin ance:BTC", "binance:BTC\n",
                           "a:b:c", "binance:ABCDEFGHIJKLMNOPQRSTUVWXYZABCDE", "abcdefghijklmnopqrstu:BTC", ""}) {
    const auto id = parse_instrument_id(text);
    ASSERT_FALSE(id) << text;
    EXPECT_EQ(id.error().code, Errc::bad_input);
  }
}

TEST(InstrumentId, AnErrorShowsTheTextWithoutWhatDisturbsATerminal) {
  const auto id = parse_instrument_id("\x1b[31mred");
  ASSERT_FALSE(id);
  EXPECT_THAT(id.error().message, HasSubstr("'\\x1b[31mred'"));
}

TEST(SplitSymbol, SplitsAtTheMarkOrBeforeTheLongestKnownQuote) {
  const auto parts = [](std::string_view text) {
    const auto split = split_symbol(text);
    return split ? split->base + " " + split->quote : "error";
  };
  EXPECT_EQ(parts("BTC-USDT"), "BTC USDT");
  EXPECT_EQ(parts("btc_usdt"), "BTC USDT");
  EXPECT_EQ(parts("BTC/EUR"), "BTC EUR");
  EXPECT_EQ(parts("BTCUSDT"), "BTC USDT");
  EXPECT_EQ(parts("BTCFDUSD"), "BTC FDUSD");
  EXPECT_EQ(parts("1000SATSUSDT"), "1000SATS USDT");
  EXPECT_EQ(parts("XRPETH"), "XRP ETH");
  EXPECT_EQ(parts("ABC-XYZ"), "ABC XYZ") << "with a mark the quote need not be known";
  for (const char* text : {"USDT", "ABCXYZ", "", "-USDT", "BTC-", "BTC--USDT", "BTC-US DT", "BTC-USD-PERP"}) {
    EXPECT_EQ(parts(text), "error") << text;
  }
}

TEST(InstrumentBook, TakesABareSymbolThatOneVenueHas) {
  EXPECT_EQ(resolved(book(), "ETHUSDT"), "binance:ETHUSDT");
  EXPECT_EQ(resolved(book(), "ethusdc"), "kraken:ETH-USDC");
  EXPECT_EQ(resolved(book(), "eth/usdc"), "kraken:ETH-USDC");
}

TEST(InstrumentBook, PrefersTheDefaultVenueElseListsThemAll) {
  EXPECT_EQ(resolved(book(), "BTC-USDT"), "binance:BTCUSDT");
  const auto found = book().resolve("BTCUSD");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::ambiguous_symbol);
  EXPECT_THAT(found.error().suggestions, ElementsAre("coinbase:BTC-USD", "kraken:BTC-USD"));
  EXPECT_EQ(resolved(book(), "KRAKEN:btcusd"), "kraken:BTC-USD");
}

TEST(InstrumentBook, TheExactSpellingWinsAtAVenueThatHasBoth) {
  InstrumentBook both{"kraken"};
  both.put(instrument("kraken", "BTC-USD"));
  both.put(instrument("kraken", "BTCUSD"));
  EXPECT_EQ(resolved(both, "btcusd"), "kraken:BTCUSD");
  EXPECT_EQ(resolved(both, "BTC-USD"), "kraken:BTC-USD");
  EXPECT_EQ(resolved(both, "BTC/USD"), "ambiguous_symbol");
}

TEST(InstrumentBook, NamesTheNearestForWhatItDoesNotKnow) {
  const auto symbol = book().resolve("ETHUSTD");
  ASSERT_FALSE(symbol);
  EXPECT_EQ(symbol.error().code, Errc::unknown_symbol);
  EXPECT_EQ(symbol.error().suggestions.at(0), "ETHUSDT");
  const auto at_venue = book().resolve("kraken:ETHUSDT");
  ASSERT_FALSE(at_venue);
  EXPECT_EQ(at_venue.error().suggestions.at(0), "ETH-USDC");
  const auto venue = book().resolve("binanse:BTCUSDT");
  ASSERT_FALSE(venue);
  EXPECT_THAT(venue.error().suggestions, Contains("binance:BTCUSDT"));
  for (const char* text : {"", ":", "binance:", "-"}) EXPECT_EQ(resolved(book(), text), "unknown_symbol") << text;
}

TEST(InstrumentBook, NamesWhatACoinOrAPartOfASymbolMeans) {
  const auto near = [](std::string_view text) { return book().resolve(text).error().suggestions; };
  EXPECT_THAT(near("bitcoin"), ::testing::ElementsAre("BTC-USD", "BTCUSDT"));
  EXPECT_THAT(near("btc"), ::testing::ElementsAre("BTC-USD", "BTCUSDT"));
  EXPECT_THAT(near("kraken:Ethereum"), ::testing::ElementsAre("ETH-USDC"));
  EXPECT_EQ(near("usdc").front(), "ETH-USDC");
}

TEST(InstrumentBook, SaysWhereTheListIsWhereNothingIsNear) {
  const auto symbol = book().resolve("XXXXXXXXXXXX");
  ASSERT_FALSE(symbol);
  EXPECT_THAT(symbol.error().suggestions, ::testing::IsEmpty());
  EXPECT_THAT(symbol.error().message, HasSubstr("'candlewick candles list'"));
  EXPECT_THAT(symbol.error().message, HasSubstr("/api/market/symbols"));
}

TEST(InstrumentBook, ShowsLettersOfEveryScript) {
  EXPECT_THAT(book().resolve("比特币USDT").error().message, HasSubstr("'比特币USDT'"));
}

TEST(Names, OfVenuesAndSymbolsAreToldFromOtherTexts) {
  for (const char* text : {"binance", "venue2"}) EXPECT_TRUE(is_venue_name(text)) << text;
  for (const char* text : {"", "nowhere!", "Binance", "a b", "abcdefghijklmnopqrstu"})
    EXPECT_FALSE(is_venue_name(text)) << text;
  for (const char* text : {"BTCUSDT", "btc/usdt", "Kraken:BTC-USD", "BTC"}) EXPECT_TRUE(is_symbol_like(text)) << text;
  for (const char* text : {"", "A B", "a:b:c", ":BTC", "kraken:", "-", "BTCUSDT\n"})
    EXPECT_FALSE(is_symbol_like(text)) << text;
}

TEST(InstrumentBook, PutReplacesWhatIsKnownAndKeepsTheOrderOfIds) {
  auto changed = instrument("binance", "ETHUSDT");
  changed.tick_size = "0.01";
  auto all = book();
  all.put(changed);
  EXPECT_EQ(all.all().size(), 6u);
  EXPECT_EQ(all.find({"binance", "ETHUSDT"})->tick_size, "0.01");
  EXPECT_EQ(all.find({"binance", "BNBUSDT"}), nullptr);
  EXPECT_TRUE(std::ranges::is_sorted(all.all(), {}, &Instrument::id));
}

}  // namespace
}  // namespace cw::market
