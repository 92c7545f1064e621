#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "strategy/built_in.h"
#include "strategy/testing.h"

// Documents of chance: printed and read again they are the same, and what a text is spoilt to is a document or a refusal.
namespace cw::strategy {
namespace {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}

  Document document() {
    Document made{.name = pick({"a", "ema-cross", "x.1", "null", "1h", "true"})};
    made.title = maybe([&] { return prose(3); });
    made.description = maybe([&] { return prose(40); });
    if (random_.chance(0.2)) made.description = "first\nsecond:  #third\n\nfourth";
    for (std::uint64_t i = random_.below(4); i > 0; --i) made.tags.push_back(prose(1));
    made.timeframe = market::kTimeframes[random_.below(market::kTimeframes.size())];
    made.seed = random_.chance(0.5) ? indicators::Seed::talib : indicators::Seed::pine;
    for (std::uint64_t i = random_.below(5); i > 0; --i) made.inputs.push_back(input(fmt::format("in{}", i)));
    for (std::uint64_t i = random_.below(5); i > 0; --i) made.let.push_back({head(i), expression()});
    for (std::uint64_t i = random_.below(3); i > 0; --i) made.require.push_back(expression());
    if (random_.chance(0.7)) made.long_side = side();
    if (!made.long_side || random_.chance(0.5)) made.short_side = side();
    made.sizing = sizing();
    made.pyramiding = amount(1 + static_cast<double>(random_.below(100)));
    return made;
  }

  std::string spoilt(std::string text) {
    for (std::uint64_t i = 1 + random_.below(4); i > 0 && !text.empty(); --i) {
      const std::size_t at = random_.below(text.size());
      switch (random_.below(4)) {
        case 0: text.erase(at, 1 + random_.below(8)); break;
        case 1:
          text.insert(at,
                      pick({":", "-", "\"", "'", "[", "{", "\n", "  ", "#", "&a ", "*a", "|", ">", "!!", "\t", "?"}));
          break;
        case 2: text[at] = static_cast<char>(random_.below(256)); break;
        default: text.insert(at, text.substr(random_.below(text.size()), random_.below(40)));
      }
    }
    return text;
  }

 private:
  std::string pick(std::vector<std::string> all) { return all[random_.below(all.size())]; }
  std::string maybe(const std::function<std::string()>& make) { return random_.chance(0.5) ? make() : std::string{}; }

  std::string prose(int words) {
    std::string out;
    for (int i = 0; i < words; ++i) {
      out +=
          pick({"word", "Rides", "a:", "#3", "'quoted'",     "\"x\"",    "- dash",      "[b]", "{c}", "\xc3\xa9", "\\",
                "  ",   "%",     "@",  "12", "true",         "~",        "null",        "*",   "&",   "!",        "|",
                ">",    ",",     "? ", "1.", "\xe2\x80\xa8", "\xc2\x85", "\xef\xbb\xbf"});
      if (random_.chance(0.9)) out += ' ';
    }
    return out;
  }

  std::string expression() {
    return pick({"close > open", "true", "1", "-1.5 < close[1]", "ta.ema(close, 12)", "a ? b : c", "x == \"a: #b\"",
                 "[1][0] > 2", "not (close >= 3) and open != 2 // why", "(close)", "f(a, b)[2] % 7", "\"x\" == 'y'"});
  }

  std::string head(std::uint64_t i) {
    return random_.chance(0.6)   ? fmt::format("name{}", i)
           : random_.chance(0.5) ? fmt::format("[a{}, b{}]", i, i)
                                 : fmt::format("f{}(x, y)", i);
  }

  double positive(double most) {
    return pick({"1", "0.5", "3.25"}) == "1" ? 1 : 1e-6 + most * random_.uniform() * 0.99;
  }

  Amount amount(double number) {
    if (random_.chance(0.2)) return {0, pick({"fast", "n", "true_", "loss2"})};
    return {number, {}};
  }

  Input input(std::string name) {
    Input made{.name = std::move(name), .kind = kInputKinds[random_.below(kInputKinds.size())]};
    made.title = maybe([&] { return prose(2); });
    switch (made.kind) {
      case InputKind::Int:
        made.default_value = static_cast<double>(random_.below(1'000)) - 500;
        made.max = 500;
        break;
      case InputKind::Float:
        made.default_value = random_.uniform() * 1e6;
        made.min = -1e-7;
        made.step = positive(9);
        break;
      case InputKind::Bool: made.default_value = random_.chance(0.5) ? 1.0 : 0.0; break;
      case InputKind::Choice:
        made.options = {"12", "true", "a b", "null", "c:d", "-"};
        made.default_value = made.options[random_.below(made.options.size())];
        break;
      case InputKind::Source: made.default_value = pick({"close", "hl2"}); break;
      case InputKind::Timeframe: made.default_value = pick({"1h", "1d"}); break;
    }
    return made;
  }

  Distance distance(const std::vector<DistanceKind>& kinds) {
    Distance made{.kind = kinds[random_.below(kinds.size())]};
    if (made.kind == DistanceKind::Expression) {
      made.expr = expression();
    } else {
      made.value = amount(positive(99));
    }
    if (made.kind == DistanceKind::Atr) made.length = amount(1 + static_cast<double>(random_.below(5'000)));
    return made;
  }

  Side side() {
    using enum DistanceKind;
    Side made{.entry = expression(), .exit = maybe([&] { return expression(); })};
    if (random_.chance(0.3))
      made.order =
          EntryOrder{random_.chance(0.5) ? EntryOrder::Kind::Limit : EntryOrder::Kind::Stop, expression(), amount(3)};
    made.stop = distance({Percent, Atr, DistanceKind::Amount, Expression});
    const std::uint64_t targets = random_.below(kTargetsMost + 1);
    for (std::uint64_t i = 0; i < targets; ++i) {
      made.targets.push_back({distance({Percent, Atr, DistanceKind::Amount, Risk, Expression}), {}});
      if (i + 1 < targets || random_.chance(0.3)) made.targets.back().share = amount(20);
    }
    if (random_.chance(0.3)) made.trailing_stop = distance({Percent, Atr, DistanceKind::Amount});
    if (random_.chance(0.3)) made.time_stop = amount(12);
    return made;
  }

  Sizing sizing() {
    Sizing made{.kind = static_cast<SizingKind>(random_.below(5)), .value = amount(positive(0.9))};
    const bool is_kelly = made.kind == SizingKind::Kelly;
    if (is_kelly || made.kind == SizingKind::VolatilityTarget) made.length = amount(30);
    if (made.kind != SizingKind::PercentOfEquity && made.kind != SizingKind::Fixed)
      made.max_percent = amount(positive(900));
    return made;
  }

  Random random_;
};

TEST(RoundTrip, ADocumentOfChanceIsTheSameAfterItWasPrinted) {
  for (std::uint64_t seed = 0; seed < 700; ++seed) {
    const Document document = Chance{seed}.document();
    for (const std::string& text : {to_yaml(document), to_json(document)}) {
      const auto again = parse_document(text);
      ASSERT_TRUE(again) << "seed " << seed << "\n" << error_of(again.error()).message << "\n" << text;
      ASSERT_EQ(*again, document) << "seed " << seed << "\n" << text << "\nagain\n" << to_yaml(*again);
    }
  }
}

TEST(RoundTrip, ASpoiltTextIsADocumentThatPrintsOrARefusalThatSaysWhere) {
  const auto all = built_ins();
  int good = 0;
  for (std::uint64_t seed = 0; seed < 1'400; ++seed) {
    Chance chance{seed};
    const Document& document = all[seed % all.size()].document;
    const std::string text = chance.spoilt(seed % 2 == 0 ? to_yaml(document) : to_json(document));
    const auto read = parse_document(text);
    if (!read) {
      ASSERT_FALSE(read.error().empty());
      ASSERT_LE(read.error().size(), kFaultsMost);
      const auto lines = 1 + static_cast<std::size_t>(std::ranges::count(text, '\n'));
      for (const Fault& fault : read.error()) {
        ASSERT_FALSE(fault.message.empty()) << "seed " << seed;
        ASSERT_LE(fault.line, lines) << "seed " << seed;
      }
      continue;
    }
    ++good;
    ASSERT_EQ(testing::parsed(to_yaml(*read)), *read) << "seed " << seed;
    ASSERT_EQ(testing::parsed(to_json(*read)), *read) << "seed " << seed;
    expr::Graph graph{market::Timeframe::h1};
    const auto program = compile(*read, {}, {}, graph);
    if (!program) ASSERT_FALSE(program.error().empty()) << "seed " << seed;
  }
  EXPECT_GT(good, 100) << "the spoiling leaves too little whole";
}

}  // namespace
}  // namespace cw::strategy
