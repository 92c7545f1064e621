#include "accounts/access.h"

#include <fmt/format.h>

#include "base/nearest.h"

namespace cw::accounts {

std::string_view name(Access access) {
  switch (access) {
    case Access::open: return "public";
    case Access::operate: return "operator";
    case Access::read: return "read";
    case Access::write: return "write";
    case Access::admin: return "admin";
    case Access::session: return "session";
    case Access::socket: return "socket";
  }
  return "admin";
}

std::string to_text(const Scopes& scopes) {
  std::string text;
  for (const auto& [has, word] : {std::pair{scopes.read, "read"}, {scopes.write, "write"}, {scopes.admin, "admin"}}) {
    if (!has) continue;
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

Result<Scopes> parse_scopes(std::string_view text) {
  Scopes scopes;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word == "read") {
      scopes.read = true;
    } else if (word == "write") {
      scopes.write = true;
    } else if (word == "admin") {
      scopes.admin = true;
    } else {
      const auto near = nearest_names(word, std::vector<std::string>{"read", "write", "admin"});
      return std::unexpected(Error{
          Errc::bad_parameter,
          fmt::format("'{}' is no scope{}; there are read, write and admin.", word.substr(0, 64), did_you_mean(near)),
          near, "scopes"});
    }
  }
  return scopes;
}

std::optional<Errc> refusal(Access access, const Principal& principal) {
  switch (access) {
    case Access::open:
    case Access::operate:
    case Access::socket: return std::nullopt;
    case Access::session: return principal.is_person() ? std::nullopt : std::optional{Errc::session_required};
    case Access::read: return principal.scopes.read ? std::nullopt : std::optional{Errc::insufficient_scope};
    case Access::write: return principal.scopes.write ? std::nullopt : std::optional{Errc::insufficient_scope};
    case Access::admin:
      if (!principal.is_admin()) return Errc::forbidden;
      return principal.scopes.admin ? std::nullopt : std::optional{Errc::insufficient_scope};
  }
  return Errc::forbidden;
}

std::string refusal_sentence(Errc code, Access access) {
  switch (code) {
    case Errc::session_required: return "No API key may do this; sign in as a person.";
    case Errc::insufficient_scope:
      return fmt::format("This API key lacks the scope '{}'. Make one that has it, under Security in the dashboard.",
                         name(access));
    default:
      return access == Access::operate ? "Only this machine itself, or whoever has server.metrics_token, may do this."
                                       : "Only an administrator may do this.";
  }
}

}  // namespace cw::accounts
