#include "expr/language/lexer.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/number.h"
#include "base/printable.h"
#include "expr/language/characters.h"

namespace cw::expr {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_begin(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return is_word_begin(c) || is_digit(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

constexpr auto kLongMarks =
    std::to_array<std::string_view>({"=>", ":=", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%="});
constexpr std::string_view kShortMarks = "+-*/%<>?:=()[],";

/// Whole numbers are exact up to here.
constexpr double kIntMost = 9'007'199'254'740'992;

class Lexer {
 public:
  Lexer(std::string_view text, Trouble& trouble) : text_(text), trouble_(trouble) {}

  Tokens run() {
    if (!is_sound()) return {};
    tokens_.all.reserve(text_.size() / 3 + 2);
    while (!trouble_.any()) {
      skip_blanks();
      if (at_ == text_.size()) break;
      begin_ = at_;
      end_line_where_one_ends();
      take();
      if (tokens_.all.size() > kTokensMost) {
        trouble_.complain(here(), "limit_exceeded", fmt::format("a text may have {} words and marks", kTokensMost));
      }
    }
    begin_ = at_ = std::min(last_end_, text_.size());
    push(TokenKind::End);
    return std::move(tokens_);
  }

 private:
  Place here() const { return {static_cast<std::uint32_t>(begin_), static_cast<std::uint32_t>(at_)}; }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  std::string_view rest() const { return text_.substr(at_); }

  Token& push(TokenKind kind) {
    last_end_ = at_;
    return tokens_.all.emplace_back(
        Token{.kind = kind, .place = here(), .spelling = text_.substr(begin_, at_ - begin_)});
  }

  bool is_sound() {
    if (text_.size() > kTextMost) {
      begin_ = kTextMost;
      at_ = begin_ + 1;
      trouble_.complain(here(), "limit_exceeded",
                        fmt::format("a text may have {} bytes, and this one has {}", kTextMost, text_.size()));
      return false;
    }
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t length = utf8_length(text_.substr(at));
      if (length == 0) {
        begin_ = at;
        at_ = at + 1;
        trouble_.complain(here(), "not_utf8", "this byte is not part of any character: the text must be UTF-8");
        return false;
      }
      at += length;
    }
    return true;
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == '\n') {
        ++at_;
        line_begin_ = at_;
        is_new_line_ = true;
      } else if (const std::size_t blank = blank_length(rest()); blank > 0) {
        at_ += blank;
      } else if (rest().starts_with("//")) {
        take_comment();
      } else {
        return;
      }
    }
  }

  void take_comment() {
    begin_ = at_;
    at_ = std::min(text_.find('\n', at_), text_.size());
    std::string_view comment = text_.substr(begin_ + 2, at_ - begin_ - 2);
    while (!comment.empty() && blank_length(comment.substr(comment.size() - 1)) > 0) comment.remove_suffix(1);
    const std::size_t equals = comment.find('=');
    if (!comment.starts_with('@') || equals == std::string_view::npos) return;
    const std::string_view key = comment.substr(1, equals - 1);
    const std::string_view value = comment.substr(equals + 1);
    if (key == "version" && (value.size() != 1 || value[0] < '1' || value[0] > '6')) {
      trouble_.complain(here(), "bad_annotation", "the version must be 1 to 6, as in //@version=6");
    }
    if (key != "seed") return;
    if (value == "talib") {
      tokens_.seed = indicators::Seed::talib;
    } else if (value == "pine") {
      tokens_.seed = indicators::Seed::pine;
    } else {
      trouble_.complain(here(), "bad_annotation", "the seed must be talib or pine, as in //@seed=pine");
    }
  }

  /// Before the first token of a line: whether the statement of the line before ends.
  void end_line_where_one_ends() {
    const std::size_t indent = at_ - line_begin_;
    if (tokens_.all.empty()) first_indent_ = indent;
    if (is_new_line_ && !tokens_.all.empty() && depth_ == 0 && indent <= first_indent_) {
      const std::size_t begin = std::exchange(at_, last_end_);
      begin_ = at_;
      push(TokenKind::NewLine);
      begin_ = at_ = begin;
    }
    is_new_line_ = false;
  }

  void take() {
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return take_number();
    if (is_word_begin(c)) return take_name();
    if (c == '"' || c == '\'') return take_text();
    if (c == '#') return take_color();
    take_mark();
  }

  void take_digits() {
    while (is_digit(peek())) ++at_;
  }

  void take_number() {
    take_digits();
    bool is_int = true;
    if (peek() == '.') {
      is_int = false;
      ++at_;
      take_digits();
    }
    const bool has_sign = peek(1) == '+' || peek(1) == '-';
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(has_sign ? 2 : 1))) {
      is_int = false;
      at_ += has_sign ? 2 : 1;
      take_digits();
    }
    if (is_word(peek())) {
      while (is_word(peek())) ++at_;
      return trouble_.complain(here(), "bad_number", fmt::format("'{}' is not a number", spelling()));
    }
    const auto value = read_number();
    if (!value) return trouble_.complain(here(), "bad_number", fmt::format("{} is too large", spelling()));
    if (is_int && (*value > kIntMost || !is_exact(*value))) {
      return trouble_.complain(
          here(), "bad_number",
          fmt::format("{} is too large: whole numbers are exact up to {:.0f}", spelling(), kIntMost));
    }
    push(is_int ? TokenKind::Int : TokenKind::Float).number = *value;
  }

  /// Whether the whole number at hand is the one that is written, and not the nearest to it.
  bool is_exact(double value) const {
    std::string_view digits = text_.substr(begin_, at_ - begin_);
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    return fmt::format("{:.0f}", value) == digits;
  }

  std::string spelling() const { return printable(text_.substr(begin_, at_ - begin_)); }

  /// Pine allows `.5` and `5.`, and `1e+6`.
  std::optional<double> read_number() const {
    std::string digits;
    for (std::size_t i = begin_; i < at_; ++i) {
      const char c = text_[i];
      const bool lacks_digit_before = c == '.' && (i == begin_);
      if (lacks_digit_before) digits += '0';
      if (c != '+') digits += c;
      if (c == '.' && (i + 1 == at_ || !is_digit(text_[i + 1]))) digits += '0';
    }
    if (const auto value = parse_double(digits)) return value;
    // Nearer to zero than any double is zero here, as in Pine.
    return why_no_double(digits) == "is too small" ? std::optional{0.0} : std::nullopt;
  }

  void take_name() {
    while (is_word(peek())) ++at_;
    while (peek() == '.' && is_word_begin(peek(1))) {
      ++at_;
      while (is_word(peek())) ++at_;
    }
    push(TokenKind::Name);
  }

  void take_text() {
    const char quote = text_[at_++];
    std::string read;
    while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != quote) {
      if (text_[at_] == '\\') {
        const std::size_t escape = at_;
        ++at_;
        const char c = peek();
        if (c != '\\' && c != '"' && c != '\'' && c != 'n' && c != 't') {
          begin_ = escape;
          at_ = std::min(at_ + 1, text_.size());
          return trouble_.complain(here(), "bad_string", R"(after \ there may be \, ", ', n or t)");
        }
        read += c == 'n' ? '\n' : c == 't' ? '\t' : c;
      } else {
        read += text_[at_];
      }
      ++at_;
    }
    if (peek() != quote) {
      return trouble_.complain(here(), "bad_string", fmt::format("this text has no {} at its end", quote));
    }
    ++at_;
    push(TokenKind::Text).text = std::move(read);
  }

  void take_color() {
    ++at_;
    while (is_word(peek())) ++at_;
    const std::string_view digits = text_.substr(begin_ + 1, at_ - begin_ - 1);
    if ((digits.size() != 6 && digits.size() != 8) || !std::ranges::all_of(digits, is_hex)) {
      return trouble_.complain(here(), "unexpected_character", "a '#' begins a colour, as in #ff9900");
    }
    push(TokenKind::Color);
  }

  void take_mark() {
    for (const std::string_view mark : kLongMarks) {
      if (rest().starts_with(mark)) {
        at_ += mark.size();
        push(TokenKind::Mark);
        return;
      }
    }
    const char c = peek();
    if (is_foreign_operator(rest())) return refuse_character();
    if (kShortMarks.find(c) == std::string_view::npos) return refuse_character();
    if (c == '(' || c == '[') ++depth_;
    if ((c == ')' || c == ']') && depth_ > 0) --depth_;
    ++at_;
    push(TokenKind::Mark);
  }

  void refuse_character() {
    Unreadable found = describe_unreadable(rest());
    at_ += found.length;
    Complaint complaint{.code = "unexpected_character", .message = std::move(found.message)};
    if (!found.right.empty()) complaint.suggestions = {std::string{found.right}};
    trouble_.complain(here(), std::move(complaint));
  }

  std::string_view text_;
  Trouble& trouble_;
  Tokens tokens_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;     // of the token at hand
  std::size_t last_end_ = 0;  // of the last token
  std::size_t line_begin_ = 0;
  std::size_t first_indent_ = 0;
  std::size_t depth_ = 0;  // of open brackets
  bool is_new_line_ = false;
};

}  // namespace

Tokens tokens_of(std::string_view text, Trouble& trouble) { return Lexer{text, trouble}.run(); }

}  // namespace cw::expr
