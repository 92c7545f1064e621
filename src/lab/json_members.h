#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "strategy/inputs.h"

namespace cw::lab {

/// Reads the members of a JSON object one by one. The first fault is kept; what is read after it is empty.
class JsonMembers {
 public:
  /// None where the text is no JSON object.
  static std::optional<JsonMembers> read(std::string_view json);
  ~JsonMembers();
  JsonMembers(JsonMembers&&) noexcept;
  JsonMembers& operator=(JsonMembers&&) noexcept;

  std::optional<std::string> text(const char* name, std::size_t bytes_most);
  /// One of these words.
  std::optional<std::string> word(const char* name, std::span<const std::string_view> words);
  std::optional<std::int64_t> whole(const char* name, std::int64_t least, std::int64_t most);
  std::optional<bool> flag(const char* name);
  std::optional<Timestamp> time(const char* name);
  std::optional<double> number(const char* name);
  std::optional<market::Timeframe> timeframe(const char* name);
  /// Numbers, booleans (0 and 1) and texts by name.
  strategy::GivenInputs inputs(const char* name, std::size_t most);
  /// Texts by name, in the order of the names.
  std::map<std::string, std::string> texts(const char* name, std::size_t most, std::size_t bytes_most);

  void refuse(const std::string& field, std::string sentence);
  /// A member that was not read is refused, with the nearest that there is.
  void refuse_others(std::span<const std::string_view> known);
  const std::optional<Error>& fault() const { return fault_; }

 private:
  struct Tree;
  explicit JsonMembers(std::unique_ptr<Tree> tree);

  std::unique_ptr<Tree> tree_;
  std::optional<Error> fault_;
};

}  // namespace cw::lab
