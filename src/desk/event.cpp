#include "desk/event.h"

#include "base/bytes.h"

namespace cw::desk {
namespace {

using market::BarEvent;

enum class Kind : std::uint8_t { followed = 1, unfollowed = 2, bar_closed = 3, gap = 4, bar_revised = 5 };

constexpr std::size_t kNameMost = 64;

struct Encoder {
  ByteWriter writer;

  void kind(Kind kind) { writer.put(static_cast<std::uint8_t>(kind)); }
  void time(Timestamp t) { writer.put(to_ms(t)); }

  void operator()(const Followed& followed) {
    kind(Kind::followed);
    writer.put_text(followed.instrument.venue);
    writer.put_text(followed.instrument.symbol);
  }
  void operator()(const Unfollowed& unfollowed) {
    kind(Kind::unfollowed);
    writer.put(unfollowed.instrument);
  }
  void operator()(const BarArrived& arrived) {
    const auto& event = arrived.event;
    if (event.kind == BarEvent::Kind::gap) {
      kind(Kind::gap);
      writer.put(arrived.instrument);
      time(event.gap_from);
      time(event.gap_to);
      return;
    }
    kind(event.kind == BarEvent::Kind::closed ? Kind::bar_closed : Kind::bar_revised);
    writer.put(arrived.instrument);
    time(event.bar.open_time);
    for (const double value : {event.bar.open, event.bar.high, event.bar.low, event.bar.close, event.bar.volume})
      writer.put(value);
  }
};

Timestamp get_time(ByteReader& reader) { return from_ms(reader.get<std::int64_t>()); }

Event get_followed(ByteReader& reader) {
  Followed followed;
  followed.instrument.venue = reader.get_text(kNameMost);
  followed.instrument.symbol = reader.get_text(kNameMost);
  const auto valid = market::parse_instrument_id(followed.instrument.text());
  if (!valid || *valid != followed.instrument) reader.fail();
  return followed;
}

Event get_gap(ByteReader& reader) {
  BarArrived arrived{reader.get<InstrumentNumber>(), {BarEvent::Kind::gap, {}, {}, {}}};
  arrived.event.gap_from = get_time(reader);
  arrived.event.gap_to = get_time(reader);
  return arrived;
}

Event get_bar(ByteReader& reader, BarEvent::Kind kind) {
  BarArrived arrived{reader.get<InstrumentNumber>(), {kind, {}, {}, {}}};
  auto& bar = arrived.event.bar;
  bar.open_time = get_time(reader);
  for (double* value : {&bar.open, &bar.high, &bar.low, &bar.close, &bar.volume}) *value = reader.get<double>();
  return arrived;
}

Event get_event(ByteReader& reader) {
  switch (static_cast<Kind>(reader.get<std::uint8_t>())) {
    case Kind::followed: return get_followed(reader);
    case Kind::unfollowed: return Unfollowed{reader.get<InstrumentNumber>()};
    case Kind::bar_closed: return get_bar(reader, BarEvent::Kind::closed);
    case Kind::gap: return get_gap(reader);
    case Kind::bar_revised: return get_bar(reader, BarEvent::Kind::revised);
  }
  reader.fail();
  return {};
}

}  // namespace

void encode(const Event& event, std::string& out) { std::visit(Encoder{ByteWriter{out}}, event); }

Result<Event> decode_event(std::string_view bytes) {
  ByteReader reader{bytes};
  auto event = get_event(reader);
  if (!reader.done()) return fail(Errc::corrupt, "not an event of the desk");
  return event;
}

}  // namespace cw::desk
