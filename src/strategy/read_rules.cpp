#include <array>

#include <fmt/format.h>

#include "strategy/ranges.h"
#include "strategy/read_document.h"

namespace cw::strategy {
namespace {

constexpr std::array kDistances{DistanceKind::Percent, DistanceKind::Atr, DistanceKind::Amount, DistanceKind::Risk,
                                DistanceKind::Expression};
constexpr std::array kSizings{SizingKind::PercentOfEquity, SizingKind::Fixed, SizingKind::RiskPercent,
                              SizingKind::VolatilityTarget, SizingKind::Kelly};

enum class Role : unsigned char { Stop, Target, TrailingStop };

bool fits(DistanceKind kind, Role role) {
  if (kind == DistanceKind::Risk) return role == Role::Target;
  return kind != DistanceKind::Expression || role != Role::TrailingStop;
}

/// The one of `kinds` whose name is a member of the object; a fault where there is none, or more than one.
template <class Kind>
std::optional<Kind> one_of(Object& object, const std::vector<Kind>& kinds) {
  std::vector<std::string> names;
  std::optional<Kind> found;
  bool is_single = true;
  for (const Kind kind : kinds) {
    names.emplace_back(name(kind));
    if (object.find(name(kind)) == nullptr) continue;
    is_single = is_single && !found;
    found = kind;
  }
  if (found && is_single) return found;
  object.reading().refuse(object.tree().place, object.field(),
                          fmt::format("takes {} of {}", found ? "only one" : "one", fmt::join(names, ", ")));
  return std::nullopt;
}

std::optional<Distance> read_distance(Reading& reading, const Tree& tree, const std::string& field, Role role,
                                      std::optional<Amount>* share = nullptr) {
  std::vector<DistanceKind> kinds;
  std::vector<std::string> known{"length"};
  for (const DistanceKind kind : kDistances) {
    if (!fits(kind, role)) continue;
    kinds.push_back(kind);
    known.emplace_back(name(kind));
  }
  if (share != nullptr) known.emplace_back("share");
  Object object(reading, tree, field, std::move(known));
  if (tree.kind != Tree::Kind::Map) return std::nullopt;
  if (share != nullptr) *share = object.amount("share", kShare);
  const auto kind = one_of(object, kinds);
  if (!kind) return std::nullopt;
  Distance distance{.kind = *kind};
  if (*kind == DistanceKind::Expression) {
    distance.expr = object.expression("expression").value_or("");
  } else {
    distance.value = object.amount(name(*kind), range_of(*kind, role == Role::Target)).value_or(Amount{});
  }
  if (object.find("length") != nullptr && *kind != DistanceKind::Atr) object.refuse("length", "is of 'atr' alone");
  if (const auto length = object.amount("length", kAtrLength)) distance.length = *length;
  return distance;
}

std::vector<Target> read_targets(Reading& reading, const Tree& tree, const std::string& field) {
  std::vector<Target> targets;
  const auto read_one = [&](const Tree& one, const std::string& at) {
    Target target;
    const auto distance = read_distance(reading, one, at, Role::Target, &target.share);
    if (!distance) return;
    target.distance = *distance;
    targets.push_back(std::move(target));
  };
  if (tree.kind != Tree::Kind::List) {
    read_one(tree, field);
    return targets;
  }
  reading.note(field, tree.place);
  if (tree.members.empty()) reading.refuse(tree.place, field, "is empty");
  if (tree.members.size() > kTargetsMost) {
    reading.refuse(tree.place, field,
                   fmt::format("has {} entries; at most {} are taken", tree.members.size(), kTargetsMost), {},
                   Errc::limit_exceeded);
    return targets;
  }
  for (std::size_t i = 0; i < tree.members.size(); ++i) {
    const bool is_last = i + 1 == tree.members.size();
    const std::string at = fmt::format("{}[{}]", field, i);
    const std::size_t before = targets.size();
    read_one(tree.members[i].value, at);
    if (!is_last && targets.size() > before && !targets.back().share)
      reading.refuse(tree.members[i].value.place, at, "'share' is missing: only the last target takes what is left");
  }
  return targets;
}

std::optional<EntryOrder> read_order(Reading& reading, const Tree& tree, const std::string& field) {
  Object object(reading, tree, field, {"limit", "stop", "bars"});
  if (tree.kind != Tree::Kind::Map) return std::nullopt;
  const bool is_limit = object.find("limit") != nullptr;
  if (is_limit == (object.find("stop") != nullptr)) {
    reading.refuse(tree.place, field, fmt::format("takes {} of limit, stop", is_limit ? "only one" : "one"));
    return std::nullopt;
  }
  EntryOrder order{.kind = is_limit ? EntryOrder::Kind::Limit : EntryOrder::Kind::Stop};
  order.price = object.expression(is_limit ? "limit" : "stop").value_or("");
  if (const auto bars = object.amount("bars", kBars)) order.bars = *bars;
  return order;
}

/// `20` or `{bars: 20}`.
std::optional<Amount> read_time_stop(Reading& reading, const Tree& tree, const std::string& field) {
  if (tree.kind != Tree::Kind::Map) return amount_of(reading, tree, field, kBars);
  Object object(reading, tree, field, {"bars"});
  object.need("bars");
  return object.amount("bars", kBars);
}

}  // namespace

Side read_side(Reading& reading, const Tree& tree, const std::string& field) {
  Object object(reading, tree, field, {"entry", "exit", "order", "stop", "target", "trailing_stop", "time_stop"});
  Side side;
  object.need("entry");
  side.entry = object.expression("entry").value_or("");
  side.exit = object.expression("exit").value_or("");
  if (const Tree* order = object.find("order")) side.order = read_order(reading, *order, object.path("order"));
  if (const Tree* stop = object.find("stop"))
    side.stop = read_distance(reading, *stop, object.path("stop"), Role::Stop);
  if (const Tree* target = object.find("target")) side.targets = read_targets(reading, *target, object.path("target"));
  if (const Tree* trailing = object.find("trailing_stop")) {
    side.trailing_stop = read_distance(reading, *trailing, object.path("trailing_stop"), Role::TrailingStop);
  }
  if (const Tree* time = object.find("time_stop")) {
    side.time_stop = read_time_stop(reading, *time, object.path("time_stop"));
  }
  const bool needs_stop = std::ranges::any_of(
      side.targets, [](const Target& target) { return target.distance.kind == DistanceKind::Risk; });
  if (needs_stop && object.find("stop") == nullptr)
    object.refuse("target", "'risk' counts in distances of the stop, and there is no stop");
  return side;
}

Sizing read_sizing(Reading& reading, const Tree& tree) {
  std::vector<std::string> known{"length", "max_percent"};
  for (const SizingKind kind : kSizings) known.emplace_back(name(kind));
  Object object(reading, tree, "sizing", known);
  Sizing sizing;
  if (tree.kind != Tree::Kind::Map) return sizing;
  const auto kind = one_of(object, std::vector<SizingKind>(kSizings.begin(), kSizings.end()));
  if (!kind) return sizing;
  sizing.kind = *kind;
  sizing.value = object.amount(name(*kind), range_of(*kind)).value_or(Amount{});
  const bool is_kelly = *kind == SizingKind::Kelly;
  const bool has_length = is_kelly || *kind == SizingKind::VolatilityTarget;
  const bool is_capped = has_length || *kind == SizingKind::RiskPercent;
  if (has_length) sizing.length = Amount{is_kelly ? 50.0 : 20.0};
  if (!has_length && object.find("length") != nullptr)
    object.refuse("length", "is of 'volatility_target' and 'kelly' alone");
  if (!is_capped && object.find("max_percent") != nullptr)
    object.refuse("max_percent", "is of 'risk_percent', 'volatility_target' and 'kelly' alone");
  if (const auto length = object.amount("length", is_kelly ? kKellyLength : kVolatilityLength)) sizing.length = *length;
  if (const auto most = object.amount("max_percent", kMaxPercent)) sizing.max_percent = *most;
  return sizing;
}

}  // namespace cw::strategy
