#include <fmt/format.h>

#include "base/require.h"
#include "candle_store/store_impl.h"

namespace cw::candle_store {
namespace {

constexpr std::size_t kNoteKeyMost = 400;

std::optional<market::Instrument> parse_instrument(std::string_view key, std::string_view value) {
  auto id = market::parse_instrument_id(key);
  if (!id) return std::nullopt;
  std::vector<std::string> parts{""};
  for (const char c : value) {
    if (c == '\0') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() != 4) return std::nullopt;
  return market::Instrument{std::move(*id), parts[0], parts[1], parts[2], parts[3]};
}

}  // namespace

Result<void> CandleStore::put_note(std::string_view key, std::string_view value) {
  CW_REQUIRE(!key.empty() && key.size() <= kNoteKeyMost);
  const std::lock_guard lock(impl_->writer);
  auto txn = impl_->environment->begin_write();
  if (!txn) return pass_on(txn);
  if (auto done = txn->put(Table::notes, bytes_of(key), bytes_of(value)); !done) return done;
  return txn->commit();
}

std::optional<std::string> CandleStore::note(std::string_view key) const {
  const auto txn = impl_->environment->begin_read();
  if (!txn) return std::nullopt;
  const auto value = txn->get(Table::notes, bytes_of(key));
  if (!value || !*value) return std::nullopt;
  return std::string(text_of(**value));
}

Result<void> CandleStore::put_instrument(const market::Instrument& instrument) {
  const auto key = instrument.id.text();
  const auto value = fmt::format("{}{}{}{}{}{}{}", instrument.base, '\0', instrument.quote, '\0', instrument.tick_size,
                                 '\0', instrument.lot_size);
  const std::lock_guard lock(impl_->writer);
  auto txn = impl_->environment->begin_write();
  if (!txn) return pass_on(txn);
  const auto stored = txn->get(Table::instruments, bytes_of(key));
  if (!stored) return pass_on(stored);
  if (*stored && text_of(**stored) == value) return {};
  if (auto done = txn->put(Table::instruments, bytes_of(key), bytes_of(value)); !done) return done;
  return txn->commit();
}

std::vector<market::Instrument> CandleStore::instruments() const {
  std::vector<market::Instrument> out;
  const auto txn = impl_->environment->begin_read();
  if (!txn) return out;
  auto cursor = Cursor::open(*txn, Table::instruments);
  if (!cursor) return out;
  for (auto found = cursor->seek(bytes_of("!")); found && *found; found = cursor->next()) {
    if (auto one = parse_instrument(text_of(cursor->key()), text_of(cursor->value()))) out.push_back(std::move(*one));
  }
  return out;
}

}  // namespace cw::candle_store
