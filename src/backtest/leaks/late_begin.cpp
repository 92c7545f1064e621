#include <algorithm>
#include <array>
#include <cmath>

#include "backtest/leaks/leak_search.h"

// What happens to a strategy's answers where its data begin later.
namespace cw::backtest {
namespace {

constexpr double kExact = 1e-9;      // relative, of functions that look back on a stated number of bars
constexpr double kForgotten = 1e-6;  // of those that remember all
constexpr double kTied = 1e-9;
constexpr std::size_t kLeastRoom = 2'000;     // bars in which what is remembered must be forgotten
constexpr std::size_t kRoomOfLookBacks = 20;  // Wilder's average forgets to 1e-6 in 14 lengths

/// The nodes that are run: the rules', then what their conditions compare.
struct Asked {
  std::vector<expr::NodeId> nodes;
  std::vector<std::vector<std::array<std::size_t, 2>>> compared;  // places in `nodes`, of each rule's column
};

Asked asked_of(const LeakSearch& search) {
  Asked asked{search.input.program.nodes, {}};
  const auto place = [&asked](expr::NodeId id) {
    const auto at = std::ranges::find(asked.nodes, id);
    if (at == asked.nodes.end()) asked.nodes.push_back(id);
    return static_cast<std::size_t>(std::ranges::find(asked.nodes, id) - asked.nodes.begin());
  };
  for (std::size_t column = 0; column < search.rules.size(); ++column) {
    auto& pairs = asked.compared.emplace_back();
    if (!search.rules[column].is_condition || asked.nodes.size() + 2 * kComparedMost > expr::Plan::kOutputsMost)
      continue;
    for (const auto& [left, right] : compared_under(search.input.graph, search.input.program.nodes[column]))
      pairs.push_back({place(left), place(right)});
  }
  return asked;
}

/// The next number that rules which count bars in tens, dozens or weeks do not divide: they would not see such a begin.
std::size_t with_no_small_factor(std::size_t bars) {
  const auto divides = [&bars](std::size_t factor) { return bars % factor == 0; };
  while (divides(2) || divides(3) || divides(5) || divides(7)) ++bars;
  return bars;
}

double size_of(const std::vector<double>& column) {
  double sum = 0;
  std::size_t n = 0;
  for (const double value : column) {
    if (!std::isfinite(value)) continue;
    sum += std::abs(value);
    ++n;
  }
  return n == 0 ? 0 : sum / static_cast<double>(n);
}

bool near(double a, double b, double tolerance, double scale) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::abs(a - b) <= tolerance * (std::max(std::abs(a), std::abs(b)) + scale);
}

/// One later begin beside the run as it was.
struct LateBegin {
  const LeakSearch& search;
  const Asked& asked;
  const Columns& whole;  // of the run as it was
  const Columns& late;   // from `first` on
  std::size_t first;

  /// Whether both runs compare the same two numbers here, and these are equal but for rounding, which then decides.
  bool tied_at(std::size_t left, std::size_t right, std::size_t row) const {
    return row >= first && near(whole[left][row], whole[right][row], kTied, 0) &&
           near(whole[left][row], late[left][row - first], kForgotten, 0) &&
           near(whole[right][row], late[right][row - first], kForgotten, 0);
  }

  /// Whether anything that the rule compares is so at this bar or the one before.
  bool tied(std::size_t rule, std::size_t row) const {
    return std::ranges::any_of(asked.compared[rule], [this, row](const auto& pair) {
      return tied_at(pair[0], pair[1], row) || tied_at(pair[0], pair[1], row - 1);
    });
  }

  /// The last row from `from` on at which the rule answers otherwise; `from` - 1 where there is none.
  std::size_t last_difference(std::size_t rule, std::size_t from, double tolerance) const {
    const auto& column = whole[rule];
    const double scale = size_of(column);
    for (std::size_t row = column.size(); row-- > from;) {
      const double other = late[rule][row - first];
      const bool condition = search.rules[rule].is_condition;
      if (condition ? (column[row] > 0) == (other > 0) : near(column[row], other, tolerance, scale)) continue;
      if (!condition || !tied(rule, row)) return row;
    }
    return from - 1;
  }
};

}  // namespace

Result<void> LeakSearch::look_at_begin() {
  const std::size_t n = bars.size();
  const auto look_back = static_cast<std::size_t>(std::max(0, report.look_back));
  const std::size_t room = report.remembers ? 2 * std::max(kLeastRoom, kRoomOfLookBacks * look_back) : 1;
  if (look_back + 1 + room > n) return {};
  report.begin_told = true;
  const Asked asked = asked_of(*this);
  const auto whole = run(bars, n, asked.nodes);
  if (!whole) return pass_on(whole);
  // A third and two thirds of the way to the last begin that leaves the room.
  for (const std::size_t thirds : {std::size_t{1}, std::size_t{2}}) {
    const std::size_t about = 1 + (n - room - look_back - 1) * thirds / 3;
    const std::size_t first = std::min(with_no_small_factor(about), n - room - look_back);
    const std::size_t from = first + look_back;
    const auto rest = bars.subspan(first, n - first);
    const auto late = run(rest, rest.size(), asked.nodes);
    if (!late) return pass_on(late);
    const LateBegin beside{*this, asked, *whole, *late, first};
    for (std::size_t rule = 0; rule < rules.size(); ++rule) {
      const std::size_t last = beside.last_difference(rule, from, report.remembers ? kForgotten : kExact);
      const bool in_time = report.remembers ? last < from + (n - from) / 2 : last < from;
      if (in_time) {
        report.settles_after = std::max(report.settles_after, last + 1 - from);
      } else {
        note(LeakKind::begin, rule, last, (*late)[rule][last - first], bars.open_time_ms[first]);
      }
    }
  }
  return {};
}

}  // namespace cw::backtest
