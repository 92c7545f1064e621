#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/printable.h"
#include "strategy/tree.h"

namespace cw::strategy {
namespace {

struct Stop {};  // thrown inside this file only: the parser's events have no other way to end it

class Handler final : public YAML::EventHandler {
 public:
  explicit Handler(const Lines& lines) : lines_(lines) {}

  TreeBuilder& builder() { return builder_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const TextPlace place = place_of(mark, {});
    no_anchor(place, anchor);
    if (is_in_key_ || builder_.wants_key()) refuse(place, "a name is missing before ':'");
    need(builder_.scalar({}, place));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(place_of(mark, {}), "aliases (*name) are not taken");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const TextPlace place = place_of(mark, value);
    no_anchor(place, anchor);
    no_tag(place, tag);
    if (is_in_key_) {
      key_parts_.push_back(value);
      return;
    }
    if (builder_.wants_key()) {
      // "? " and a key of several lines would be read as one; a name is in one line.
      need(builder_.key(value, place));
      return;
    }
    std::string text = value;
    while (text.ends_with('\n')) text.pop_back();  // of a block
    need(builder_.scalar(tag == "?" ? plain_scalar(std::move(text)) : Tree::of(std::move(text)), place));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    const TextPlace place = place_of(mark, {});
    no_anchor(place, anchor);
    no_tag(place, tag);
    if (is_in_key_) refuse(place, "a list inside of a name is not taken");
    if (builder_.wants_key()) {  // [macd, signal, hist]: …, without quotes
      is_in_key_ = true;
      key_place_ = place;
      key_parts_.clear();
      return;
    }
    need(builder_.open(Tree::Kind::List, place));
  }

  void OnSequenceEnd() override {
    if (!is_in_key_) return need(builder_.close());
    is_in_key_ = false;
    need(builder_.key(fmt::format("[{}]", fmt::join(key_parts_, ", ")), key_place_));
  }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    const TextPlace place = place_of(mark, {});
    no_anchor(place, anchor);
    no_tag(place, tag);
    if (is_in_key_ || builder_.wants_key()) refuse(place, "an object for a name is not taken");
    need(builder_.open(Tree::Kind::Map, place));
  }

  void OnMapEnd() override { need(builder_.close()); }

  TextPlace place_of(const YAML::Mark& mark, std::string_view value) const {
    if (mark.is_null()) return {};
    const auto line = static_cast<std::size_t>(std::max(0, mark.line));
    return lines_.of_value(lines_.begin_of(line) + static_cast<std::size_t>(std::max(0, mark.column)), value);
  }

 private:
  void need(bool is_good) {
    if (!is_good) throw Stop{};
  }
  void refuse(TextPlace place, std::string message) {
    need(builder_.refuse(place, Errc::bad_input, std::move(message)));
  }
  void no_anchor(TextPlace place, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) refuse(place, "anchors (&name) are not taken");
  }
  void no_tag(TextPlace place, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    refuse(place, fmt::format("tags are not taken: '{}'", printable(tag)));
  }

  const Lines& lines_;
  TreeBuilder builder_;
  bool is_in_key_ = false;
  TextPlace key_place_{};
  std::vector<std::string> key_parts_;
};

}  // namespace

Read<Tree> read_yaml(std::string_view text) {
  const Lines lines{text};
  Handler handler{lines};
  try {
    std::istringstream in{std::string{text}};
    YAML::Parser parser{in};
    parser.HandleNextDocument(handler);
    if (handler.builder().is_done() && parser.HandleNextDocument(handler))
      handler.builder().refuse({}, Errc::bad_input, "there is more than one document in the text");
  } catch (const Stop&) {
    // The builder knows why.
  } catch (const YAML::Exception& error) {
    const std::string hint =
        error.msg.starts_with("illegal map value") ? ": an expression with ': ' in it stands in quotes" : "";
    handler.builder().refuse(handler.place_of(error.mark, {}), Errc::bad_input,
                             fmt::format("this is not YAML: {}{}", printable(error.msg), hint));
  }
  if (!handler.builder().has_failed() && !handler.builder().is_done())
    handler.builder().refuse({}, Errc::bad_input, "the document is empty");
  if (handler.builder().has_failed()) return std::unexpected(std::move(handler.builder().fault()));
  return handler.builder().take();
}

}  // namespace cw::strategy
