#include "exchange/practice/misbehaviour.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/nearest.h"
#include "base/number.h"

namespace cw::exchange::practice {
namespace {

struct Kind {
  std::string_view name;
  double Misbehaviour::* amount;
  double usual;
  double most;
};
constexpr std::array<Kind, 9> kKinds{{{"drop", &Misbehaviour::drop, 6, 3'600},
                                      {"hole", &Misbehaviour::hole, 0.01, 1},
                                      {"duplicate", &Misbehaviour::duplicate, 0.02, 1},
                                      {"disorder", &Misbehaviour::disorder, 0.02, 1},
                                      {"slow", &Misbehaviour::slow, 6, 3'600},
                                      {"429", &Misbehaviour::refuse, 0.05, 1},
                                      {"garbage", &Misbehaviour::garbage, 0.005, 1},
                                      {"cut", &Misbehaviour::cut, 0.05, 1},
                                      {"outage", &Misbehaviour::outage, 0.2, 10}}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Error bad(std::string message) { return {Errc::bad_parameter, std::move(message), {}, "misbehave"}; }

Result<void> read_one(std::string_view word, Misbehaviour& into, std::vector<std::string_view>& seen) {
  const std::size_t mark = word.find('=');
  const std::string_view name = trimmed(word.substr(0, mark));
  const auto kind = std::ranges::find(kKinds, name, &Kind::name);
  if (kind == kKinds.end()) {
    std::vector<std::string> names;
    for (const Kind& one : kKinds) names.emplace_back(one.name);
    Error error = bad(fmt::format("'{}' is no misbehaviour; there are {}", name, fmt::join(names, ", ")));
    error.suggestions = nearest_names(name, names);
    return std::unexpected(std::move(error));
  }
  if (std::ranges::find(seen, name) != seen.end()) {
    return std::unexpected(bad(fmt::format("'{}' is named twice", name)));
  }
  seen.push_back(name);
  double amount = kind->usual;
  if (mark != std::string_view::npos) {
    const auto number = parse_double(trimmed(word.substr(mark + 1)));
    if (!number || !(*number >= 0 && *number <= kind->most)) {
      return std::unexpected(bad(fmt::format("'{}' is no amount of {}: a number from 0 to {} is",
                                             trimmed(word.substr(mark + 1)), name, kind->most)));
    }
    amount = *number;
  }
  into.*(kind->amount) = amount;
  return {};
}

class SmugglingStream final : public net::Stream {
 public:
  SmugglingStream(net::StreamPtr inner, std::shared_ptr<Smuggler> smuggler)
      : inner_(std::move(inner)), smuggler_(std::move(smuggler)) {}

  net::Task<Result<std::size_t>> read_some(std::span<char> into) override { return inner_->read_some(into); }
  void cancel_read() override { inner_->cancel_read(); }
  net::Task<Result<void>> write_both(std::span<const char> head, std::span<const char> body) override {
    const std::string first = smuggler_->take();
    if (!first.empty()) {
      const auto sent = co_await inner_->write(first);
      if (!sent) co_return pass_on(sent);
    }
    co_return co_await inner_->write_both(head, body);
  }
  net::Task<void> finish() override { return inner_->finish(); }
  void close() override { inner_->close(); }
  std::string peer() const override { return inner_->peer(); }
  bool is_tls() const override { return inner_->is_tls(); }

 private:
  net::StreamPtr inner_;
  std::shared_ptr<Smuggler> smuggler_;
};

}  // namespace

Result<Misbehaviour> parse_misbehaviour(std::string_view text) {
  Misbehaviour asked;
  if (trimmed(text).empty() || trimmed(text) == "none") return asked;
  std::vector<std::string_view> seen;
  for (;;) {
    const std::size_t comma = text.find(',');
    if (auto read = read_one(trimmed(text.substr(0, comma)), asked, seen); !read) return pass_on(read);
    if (comma == std::string_view::npos) return asked;
    text.remove_prefix(comma + 1);
  }
}

std::string to_text(const Misbehaviour& misbehaviour) {
  std::string text;
  for (const Kind& kind : kKinds) {
    const double amount = misbehaviour.*(kind.amount);
    if (amount == 0) continue;
    if (!text.empty()) text += ',';
    text += kind.name;
    text += '=';
    append_double(text, amount);
  }
  return text.empty() ? "none" : text;
}

net::StreamPtr with_smuggler(net::StreamPtr stream, std::shared_ptr<Smuggler> smuggler) {
  return std::make_unique<SmugglingStream>(std::move(stream), std::move(smuggler));
}

}  // namespace cw::exchange::practice
