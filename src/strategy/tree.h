#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "strategy/document.h"

// What JSON and YAML have in common, between a document and its text.
namespace cw::strategy {

struct Member;

/// A value of a text.
struct Tree {
  enum class Kind : unsigned char { Null, Bool, Number, Text, List, Map };
  Kind kind = Kind::Null;
  bool flag = false;
  double number = 0;
  std::string text{};           // of Text; of Number and Bool as it is written
  std::vector<Member> members;  // of List and Map, in order; of List without keys
  TextPlace place{};
  bool is_flow = false;  // written in one line: {percent: 3}

  static Tree of(std::string text);
  static Tree of(double number);
  static Tree of(bool flag);
  static Tree map(bool is_flow = false);
  static Tree list(bool is_flow = false);
  Tree& add(std::string key, Tree value);  // the tree itself
  Tree& add(Tree value);
};

struct Member {
  std::string key{};
  TextPlace key_place{};
  Tree value{};
};

/// What stops the reading of a text before it is one.
template <class T>
using Read = std::expected<T, Fault>;

inline constexpr std::size_t kDepthMost = 8;
inline constexpr std::size_t kValuesMost = 2'048;
inline constexpr std::size_t kScalarBytesMost = 4'096;

/// Errors  bad_input where it is no JSON (or YAML), a key is there twice, or what is left out on purpose; limit_exceeded
Read<Tree> read_json(std::string_view text);
Read<Tree> read_yaml(std::string_view text);

std::string print_json(const Tree& tree);
std::string print_yaml(const Tree& tree);

/// What a YAML word without quotes is: null, true, 12, a text.
Tree plain_scalar(std::string text);

/// Puts a tree together from what a parser meets, within the limits. Each call answers whether to go on.
class TreeBuilder {
 public:
  bool open(Tree::Kind kind, TextPlace place);
  bool close();
  bool key(std::string text, TextPlace place);
  bool scalar(Tree scalar, TextPlace place);
  bool refuse(TextPlace place, Errc code, std::string message);

  /// Whether the next scalar is a key.
  bool wants_key() const;
  bool is_done() const { return is_done_; }
  bool has_failed() const { return !fault_.message.empty(); }
  Fault& fault() { return fault_; }
  Tree take() { return std::move(root_); }

 private:
  struct Level {
    Tree tree{};
    Member next{};
    bool has_key = false;
  };
  bool attach(Tree value);
  bool count(TextPlace place);

  std::vector<Level> levels_;
  Tree root_;
  Fault fault_;
  std::size_t values_ = 0;
  bool is_done_ = false;
};

/// The lines of a text, to tell places.
class Lines {
 public:
  explicit Lines(std::string_view text);
  /// Of a byte of the text.
  TextPlace at(std::size_t byte) const;
  /// Of a value that stands at a byte, perhaps behind a quote.
  TextPlace of_value(std::size_t byte, std::string_view value) const;
  std::size_t begin_of(std::size_t line_from_0) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> begins_;
};

}  // namespace cw::strategy
