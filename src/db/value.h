#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/time.h"

struct sqlite3_stmt;

namespace cw::db {

/// Bytes to be stored as a BLOB; a plain string is stored as TEXT. Either may hold any bytes, NUL included.
struct Blob {
  std::string_view bytes;
};

/// What is bound to one `?` of a statement. A view: it lives no longer than what it was made from. Made from bool (1 and
/// 0), whole numbers that fit 64 bits with sign, double (SQLite stores NaN as NULL), Timestamp (milliseconds since
/// 1970), texts, Blob, nullptr, and an optional of each (none: NULL).
class Value {
 public:
  using Held = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, Blob>;

  Value(std::nullptr_t) : held_(nullptr) {}
  Value(double number) : held_(number) {}
  Value(Timestamp time) : held_(to_ms(time)) {}
  Value(Blob blob) : held_(blob) {}
  template <std::integral T>
    requires(std::signed_integral<T> || std::same_as<T, bool> || sizeof(T) < sizeof(std::int64_t))
  Value(T number) : held_(static_cast<std::int64_t>(number)) {}
  template <class T>
    requires std::convertible_to<const T&, std::string_view>
  Value(const T& text) : held_(std::string_view{text}) {}
  template <class T>
  Value(const std::optional<T>& value) : Value(value ? Value(*value) : Value(nullptr)) {}

  const Held& held() const { return held_; }

 private:
  Held held_;
};

namespace detail {
template <class T>
struct OptionalOf : std::false_type {};
template <class T>
struct OptionalOf<std::optional<T>> : std::true_type {
  using Inner = T;
};
}  // namespace detail

/// One row of an answer, valid only inside the call that it is handed to. Columns count from 0, asking for one that is
/// not there breaks the contract. NULL reads as 0 or as an empty text unless an optional is asked for; a value of another
/// type is converted as SQLite does it (our tables are STRICT, so there is none).
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

  int columns() const;
  bool is_null(int column) const;

  /// The column as bool, int, int64, double, Timestamp, std::string or std::string_view (TEXT and BLOB alike, as long as
  /// the row is valid), or an optional of these.
  template <class T>
  T get(int column) const {
    if constexpr (detail::OptionalOf<T>::value) {
      if (is_null(column)) return std::nullopt;
      return get<typename detail::OptionalOf<T>::Inner>(column);
    } else if constexpr (std::is_same_v<T, bool>) {
      return integer(column) != 0;
    } else if constexpr (std::is_same_v<T, int> || std::is_same_v<T, std::int64_t>) {
      return static_cast<T>(integer(column));
    } else if constexpr (std::is_same_v<T, double>) {
      return number(column);
    } else if constexpr (std::is_same_v<T, Timestamp>) {
      return from_ms(integer(column));
    } else {
      static_assert(std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>, "no column has such a type");
      return T{bytes(column)};
    }
  }

  /// Every column in order into as many variables: `row.into(user.id, user.email, user.active)`.
  template <class... Targets>
  void into(Targets&... targets) const {
    require_columns(sizeof...(Targets));
    int column = 0;
    ((targets = get<Targets>(column++)), ...);
  }

 private:
  std::int64_t integer(int column) const;
  double number(int column) const;
  std::string_view bytes(int column) const;
  void require_columns(std::size_t count) const;

  sqlite3_stmt* statement_;
};

}  // namespace cw::db
