#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "expr/language/syntax.h"

namespace cw::expr {

/// One argument as the canonical form writes it: an expression of the text, or a text of its own.
struct ShownArgument {
  std::string_view name{};  // empty: by its place
  ExprId value = kNoExpr;
  std::string text{};
  friend bool operator==(const ShownArgument&, const ShownArgument&) = default;
};

/// How the canonical form writes a call.
struct CallForm {
  std::string_view name{};   // of the function
  bool as_variable = false;  // ta.obv, without parentheses
  std::vector<ShownArgument> arguments{};
  bool as_written = false;  // the arguments as in the text, but for `seed`
  bool keeps_seed = false;  // of a function of the text, which may have a parameter of that name
  std::string seed{};       // of a seeded call that differs from the default
  friend bool operator==(const CallForm&, const CallForm&) = default;
};

/// The forms of a text's calls. A call in the body of a function may mean different rows of the table at different uses;
/// then it is shown as it is written.
class CallForms {
 public:
  void put(ExprId call, CallForm form) {
    const auto [at, is_new] = forms_.try_emplace(call, form);
    if (!is_new && !(at->second == form)) at->second.as_written = true;
  }
  const CallForm* find(ExprId call) const {
    const auto at = forms_.find(call);
    return at == forms_.end() ? nullptr : &at->second;
  }

 private:
  std::unordered_map<ExprId, CallForm> forms_;
};

}  // namespace cw::expr
