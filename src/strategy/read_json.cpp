#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

#include "strategy/tree.h"

namespace cw::strategy {
namespace {

using Json = nlohmann::json;

/// Characters that tell how far they were read: the parser's events have no places of their own.
class Counting {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Counting(const char* at, const char** seen) : at_(at), seen_(seen) {}
  reference operator*() const { return *at_; }
  Counting& operator++() {
    *seen_ = ++at_;
    return *this;
  }
  Counting operator++(int) {
    Counting before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Counting& a, const Counting& b) { return a.at_ == b.at_; }

 private:
  const char* at_;
  const char** seen_;
};

class Handler final : public nlohmann::json_sax<Json> {
 public:
  explicit Handler(std::string_view text) : text_(text), lines_(text) {}

  TreeBuilder& builder() { return builder_; }
  const char** seen() { return &seen_; }

  bool null() override { return builder_.scalar({}, here(0)); }
  bool boolean(bool value) override { return builder_.scalar(Tree::of(value), here(0)); }
  bool number_integer(number_integer_t value) override { return number(static_cast<double>(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(static_cast<double>(value)); }
  bool number_float(number_float_t value, const string_t&) override { return number(value); }
  bool string(string_t& value) override {
    const TextPlace place = of_text(value);
    return builder_.scalar(Tree::of(std::move(value)), place);
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return builder_.open(Tree::Kind::Map, here(1)); }
  bool key(string_t& value) override {
    const TextPlace place = of_text(value);
    return builder_.key(std::move(value), place);
  }
  bool end_object() override { return builder_.close(); }
  bool start_array(std::size_t) override { return builder_.open(Tree::Kind::List, here(1)); }
  bool end_array() override { return builder_.close(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return builder_.refuse(here(1), Errc::bad_input, "this is not JSON");
  }

 private:
  std::size_t read() const { return seen_ == nullptr ? 0 : static_cast<std::size_t>(seen_ - text_.data()); }
  /// Where the last `back` characters that were read begin. A number is known with the mark behind it.
  TextPlace here(std::size_t back) const {
    return lines_.at(read() - std::min(read(), std::max<std::size_t>(1, back)));
  }
  bool number(double value) { return builder_.scalar(Tree::of(value), here(2)); }
  /// Of a text whose closing quote was read last.
  TextPlace of_text(const std::string& value) const {
    const std::size_t length = value.size() + 2;
    if (read() >= length && text_[read() - length] == '"') {
      const TextPlace place = lines_.of_value(read() - length, value);
      if (place.is_verbatim) return place;
    }
    return here(1);
  }

  std::string_view text_;
  Lines lines_;
  TreeBuilder builder_;
  const char* seen_ = nullptr;
};

}  // namespace

Read<Tree> read_json(std::string_view text) {
  Handler handler{text};
  const Counting begin{text.data(), handler.seen()};
  const Counting end{text.data() + text.size(), handler.seen()};
  const bool is_good = Json::sax_parse(begin, end, &handler);
  if (!is_good || handler.builder().has_failed()) {
    handler.builder().refuse({}, Errc::bad_input, "this is not JSON");
    return std::unexpected(std::move(handler.builder().fault()));
  }
  return handler.builder().take();
}

}  // namespace cw::strategy
