#include "exchange/practice/factor_path.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "exchange/practice/hashed.h"

namespace cw::exchange::practice {
namespace {

enum Purpose : std::uint64_t {
  kAnchor = 10,
  kLength,
  kMood,
  kStretchMove,
  kDayMove,
  kJump,
  kJumpSize,
  kJumpMinute,
  kMinuteMove,
  kDayNoise,
  kMinuteNoise = 40
};

struct Mood {
  double chance;
  double direction;   // of the trend
  double volatility;  // times the ordinary one
  double wander;      // how far a stretch strays beside its trend, times what free steps would
};
constexpr std::array<Mood, 5> kMoods{{{0.24, 1, 1.0, 0.6},     // up
                                      {0.21, -1, 1.1, 0.6},    // down
                                      {0.26, 0, 0.8, 0.25},    // range
                                      {0.15, 0, 0.5, 0.8},     // quiet
                                      {0.14, 0, 1.75, 0.9}}};  // wild

struct Scale {
  double length;
  double weight;
};
constexpr std::array<Scale, 3> kDayScales{{{2, 0.25}, {8, 0.25}, {32, 0.2}}};                   // days
constexpr std::array<Scale, 4> kMinuteScales{{{10, 0.3}, {45, 0.3}, {180, 0.3}, {720, 0.25}}};  // minutes

std::array<double, kMinutesADay> make_busyness() {
  const auto hump = [](double hour, double at, double width) {
    double away = std::abs(hour - at);
    away = std::min(away, 24 - away) / width;
    return std::exp(-0.5 * away * away);
  };
  std::array<double, kMinutesADay> table{};
  for (int m = 0; m < kMinutesADay; ++m) {
    const double hour = m / 60.0;
    table[m] = 0.62 + 1.15 * hump(hour, 14.6, 2.2) + 0.45 * hump(hour, 8.2, 1.8) + 0.35 * hump(hour, 0.4, 1.2) +
               0.25 * hump(hour, 19.5, 2.0);
  }
  const double mean = std::accumulate(table.begin(), table.end(), 0.0) / kMinutesADay;
  for (double& value : table) value /= mean;
  return table;
}

}  // namespace

std::string_view name(Regime regime) {
  constexpr std::array<std::string_view, 5> kNames{"up", "down", "range", "quiet", "wild"};
  return kNames[static_cast<std::size_t>(regime)];
}

double busyness(int minute_of_day) {
  static const std::array<double, kMinutesADay> kTable = make_busyness();
  return kTable[static_cast<std::size_t>(minute_of_day)];
}

double busyness_of_day(std::int64_t day) {
  constexpr std::array<double, 7> kFromThursday{1.12, 1.08, 0.76, 0.8, 1.06, 1.1, 1.08};  // 1970-01-01 was one
  return kFromThursday[static_cast<std::size_t>(((day % 7) + 7) % 7)];
}

FactorPath::FactorPath(std::uint64_t key, FactorSettings settings) : key_(key), settings_(settings) {}

double FactorPath::anchor(std::int64_t index) const {
  return settings_.level_spread * to_bell(hashed(key_, kAnchor, index));
}

Regime FactorPath::pick_regime(std::int64_t block, int stretch) const {
  if (settings_.trend == 0) return Regime::range;
  double left = to_uniform(hashed(key_, kMood, block * kStretches + stretch));
  for (std::size_t i = 0; i + 1 < kMoods.size(); ++i) {
    left -= kMoods[i].chance;
    if (left < 0) return static_cast<Regime>(i);
  }
  return Regime::wild;
}

void FactorPath::make_days(std::int64_t index, Block& block, std::array<int, kStretches + 1>& cuts) const {
  std::array<int, kStretches + 1> ends{};
  for (int s = 0; s < kStretches; ++s) {
    ends[s + 1] = ends[s] + 8 + static_cast<int>(hashed(key_, kLength, index * kStretches + s) % 17);
  }
  for (int s = 0; s <= kStretches; ++s) cuts[s] = ends[s] * kBlockDays / ends[kStretches];

  for (int s = 0; s < kStretches; ++s) {
    const Regime regime = pick_regime(index, s);
    const double mood = settings_.trend == 0 ? 1 : kMoods[static_cast<std::size_t>(regime)].volatility;
    for (int i = cuts[s]; i < cuts[s + 1]; ++i) {
      const std::int64_t day = index * kBlockDays + i;
      double wander = 0;
      for (std::size_t k = 0; k < kDayScales.size(); ++k) {
        wander += kDayScales[k].weight *
                  smooth_noise(hashed(key_, kDayNoise + k), static_cast<double>(day), kDayScales[k].length);
      }
      const double chance = settings_.jump_chance * (regime == Regime::wild ? 3 : 1);
      const bool jumps = to_uniform(hashed(key_, kJump, day)) < chance;
      const double size = 2 * to_uniform(hashed(key_, kJumpSize, day)) - 1;  // sign and size in one
      block.regime[i] = regime;
      block.volatility[i] = settings_.daily_volatility * mood * std::exp(wander);
      block.jump[i] = jumps ? settings_.jump_size * (size + std::copysign(0.5, size)) : 0;
    }
  }
}

void FactorPath::make_block(std::int64_t index, Block& block) const {
  std::array<int, kStretches + 1> cuts{};
  make_days(index, block, cuts);

  // A stretch's own move, then what is missing to the next anchor, shared out by variance.
  std::array<double, kStretches> move{};
  std::array<double, kStretches> variance{};
  for (int s = 0; s < kStretches; ++s) {
    const Mood mood = settings_.trend == 0 ? Mood{1, 0, 1, 1} : kMoods[static_cast<std::size_t>(block.regime[cuts[s]])];
    double jumps = 0;
    for (int i = cuts[s]; i < cuts[s + 1]; ++i) {
      variance[s] += block.volatility[i] * block.volatility[i];
      jumps += block.jump[i];
    }
    move[s] = mood.direction * settings_.trend * (cuts[s + 1] - cuts[s]) + jumps +
              mood.wander * std::sqrt(variance[s]) * to_bell(hashed(key_, kStretchMove, index * kStretches + s));
  }
  const double from = anchor(index);
  const double missing = anchor(index + 1) - from - std::accumulate(move.begin(), move.end(), 0.0);
  const double all_variance = std::accumulate(variance.begin(), variance.end(), 0.0);

  double level = from;
  for (int s = 0; s < kStretches; ++s) {
    std::array<double, kBlockDays> step{};
    double sum = 0;
    for (int i = cuts[s]; i < cuts[s + 1]; ++i) {
      const double free = block.volatility[i] * to_bell(hashed(key_, kDayMove, index * kBlockDays + i)) + block.jump[i];
      step[i] = bend(free, settings_.daily_limit);
      sum += step[i];
    }
    const double left = move[s] + missing * variance[s] / all_variance - sum;
    for (int i = cuts[s]; i < cuts[s + 1]; ++i) {
      block.level[i] = level;
      level += step[i] + left * block.volatility[i] * block.volatility[i] / variance[s];
    }
  }
  block.level[0] = from;
  block.level[kBlockDays] = anchor(index + 1);  // not the sum: a border has one value, whichever side asks
}

const FactorPath::Block& FactorPath::block_of(std::int64_t day) {
  const std::int64_t index = day >= 0 ? day / kBlockDays : -((-day + kBlockDays - 1) / kBlockDays);
  for (const auto& [at, block] : blocks_) {
    if (at == index) return block;
  }
  if (blocks_.size() == kBlocksKept) blocks_.pop_front();
  blocks_.emplace_back(index, Block{});
  make_block(index, blocks_.back().second);
  return blocks_.back().second;
}

Regime FactorPath::regime(std::int64_t day) { return block_of(day).regime[static_cast<std::size_t>(day & 255)]; }
double FactorPath::level(std::int64_t day) { return block_of(day).level[static_cast<std::size_t>(day & 255)]; }
double FactorPath::day_volatility(std::int64_t day) {
  return block_of(day).volatility[static_cast<std::size_t>(day & 255)];
}

void FactorPath::fill(std::int64_t day, Day& out) {
  static_assert(kBlockDays == 256, "a day's place in its block is its low 8 bits");
  const double from = level(day);
  const double to = level(day + 1);
  const double volatility = day_volatility(day);
  const double jump = block_of(day).jump[static_cast<std::size_t>(day & 255)];
  const int jump_minute = static_cast<int>(hashed(key_, kJumpMinute, day) % kMinutesADay);
  // The day's volatility glides from the mean with the day before to the mean with the day after.
  const double glide_from = std::log(day_volatility(day - 1) / volatility) / 2;
  const double glide_to = std::log(day_volatility(day + 1) / volatility) / 2;

  std::array<std::uint64_t, kMinuteScales.size()> keys{};
  for (std::size_t k = 0; k < keys.size(); ++k) keys[k] = hashed(key_, kMinuteNoise + k);

  std::array<double, kMinutesADay> share{};
  double shares = 0;
  for (int m = 0; m < kMinutesADay; ++m) {
    const double along = (m + 0.5) / kMinutesADay;
    double wander = along < 0.5 ? glide_from * (1 - 2 * along) : glide_to * (2 * along - 1);
    const auto minute = static_cast<double>(day * kMinutesADay + m);
    for (std::size_t k = 0; k < keys.size(); ++k) {
      wander += kMinuteScales[k].weight * smooth_noise(keys[k], minute, kMinuteScales[k].length);
    }
    share[m] = busyness(m) * std::exp(2 * wander);
    shares += share[m];
  }

  double sum = 0;
  for (int m = 0; m < kMinutesADay; ++m) {
    share[m] /= shares;
    out.volatility[m] = volatility * std::sqrt(share[m]);
    double step = out.volatility[m] * to_bell(hashed(key_, kMinuteMove, day * kMinutesADay + m));
    if (m == jump_minute) step += jump;
    out.level[m + 1] = step;
    sum += step;
  }
  const double left = to - from - sum;
  out.level[0] = from;
  for (int m = 0; m < kMinutesADay; ++m) out.level[m + 1] += out.level[m] + left * share[m];
  out.level[kMinutesADay] = to;
}

}  // namespace cw::exchange::practice
