#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace cw {

/// A setting's value. Which of the five it is, is fixed by its key's default.
using ConfigValue = std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>>;

/// One setting: what it is called, what it may hold, what it is for. Names are `section.key` in snake_case.
struct ConfigKey {
  std::string name;
  ConfigValue fallback;
  std::string help;                                      // one sentence for people
  std::string unit{};                                    // "ms", "days", "bytes"; empty where there is none
  double least = std::numeric_limits<double>::lowest();  // of numbers, both ends included
  double most = std::numeric_limits<double>::max();
  std::vector<std::string> choices{};  // of texts: the only values; empty: any text
  std::vector<std::string> schemes{};  // of addresses: how they may begin ("https"); empty: the text is no address
  std::size_t items_most = 1'000;      // of lists: how many texts at most
  bool secret = false;                 // masked wherever it is shown
};

/// Where a value came from, for people: `default`, `candlewick.toml:12:8`, `env CANDLEWICK_SERVER_PORT`, `flag --port`.
struct ConfigSource {
  std::string text = "default";
};

/// The environment variable that sets a key: `server.port` is CANDLEWICK_SERVER_PORT.
std::string environment_name(std::string_view key);

/// What a key takes, for people: `a whole number from 1 to 65535`.
std::string expected_value(const ConfigKey& key);

/// A value as TOML writes it: `"text"`, `8080`, `0.5`, `true`, `["a", "b"]`.
std::string to_toml(const ConfigValue& value);

/// Every setting with its effective value and source. Layers are laid over each other by calling `set` in rising
/// precedence: default < file < environment < flags. Pure: whoever reads files and the environment hands values in.
class Config {
 public:
  struct Entry {
    const ConfigKey* key;
    ConfigValue value;
    ConfigSource source;
  };

  /// Everything at its default. `keys` must outlive the Config; names are unique.
  explicit Config(std::span<const ConfigKey> keys);

  /// Sets a value that already has a type (a TOML value). A whole number is taken where a number is wanted.
  ///
  /// Errors  unknown_key naming the nearest known one, or what there is; bad_parameter naming the key and what it takes. Both begin with
  ///         the source where it is a place, and `field` is the key.
  Result<void> set(std::string_view name, ConfigValue value, ConfigSource source);

  /// The same from text (an environment variable, a flag): numbers and `true`/`false` are read; a list is split at commas
  /// or written as TOML writes it (`["a", "b"]`).
  Result<void> set_text(std::string_view name, std::string_view text, ConfigSource source);

  /// The effective value. Asking for a key that does not exist, or as another type than it has, breaks the contract.
  const std::string& text(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  double number(std::string_view name) const;
  bool boolean(std::string_view name) const;
  const std::vector<std::string>& list(std::string_view name) const;

  /// Where the effective value came from.
  const ConfigSource& source(std::string_view name) const;

  /// A key's value and source together. As the above: a key that does not exist breaks the contract.
  const Entry& entry(std::string_view name) const { return need(name); }

  std::span<const Entry> entries() const { return entries_; }  // in order of the keys

  /// The value as it may be shown: `********` for a secret that is set, an address as masked_url has it, else as it is.
  static ConfigValue masked(const Entry& entry);

  /// The same as TOML, but a masked secret without quotes.
  static std::string shown(const Entry& entry);

 private:
  Entry* find(std::string_view name);
  const Entry& need(std::string_view name) const;
  Error unknown(std::string_view name, const ConfigSource& source) const;

  std::vector<Entry> entries_;
};

}  // namespace cw
