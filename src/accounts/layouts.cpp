#include "accounts/layouts.h"

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/printable.h"

namespace cw::accounts {
namespace {

std::unexpected<Error> nothing_of_name(const std::string& name) {
  return fail(Errc::not_found,
              fmt::format("There is no layout '{}'; GET /api/me/layouts lists them.", printable(name)));
}

/// What the audit log says of a layout: not what is in it.
std::string audited(const records::Layout& layout) {
  return fmt::format(R"({{"name":{},"bytes":{}}})", json_string(layout.name), layout.document_json.size());
}

}  // namespace

std::optional<std::string> fault_of_layout_name(std::string_view name) {
  if (name.empty()) return "A layout needs a name.";
  if (name.front() == ' ' || name.back() == ' ') return "A layout's name neither begins nor ends with a blank.";
  std::size_t characters = 0;
  for (std::string_view rest = name; !rest.empty(); ++characters) {
    const std::size_t length = utf8_length(rest);
    const auto first = static_cast<unsigned char>(rest.front());
    if (length == 0 || first < 0x20 || first == 0x7f)
      return "A layout's name is a text without control characters, in UTF-8.";
    rest.remove_prefix(length);
  }
  if (characters > kLayoutNameMost) return fmt::format("A layout's name has at most {} characters.", kLayoutNameMost);
  return std::nullopt;
}

Result<std::vector<records::Layout>> layouts_of(Accounts& accounts, const std::string& user_id) {
  return accounts.store().layouts_of(user_id);
}

Result<records::Layout> find_layout(Accounts& accounts, const std::string& user_id, const std::string& name) {
  auto found = accounts.store().layout(user_id, name);
  if (!found) return pass_on(found);
  if (!*found) return nothing_of_name(name);
  return std::move(**found);
}

Result<records::Layout> save_layout(Accounts& accounts, const Origin& origin, const std::string& user_id,
                                    const std::string& name, const std::string& document_json) {
  if (auto fault = fault_of_layout_name(name))
    return std::unexpected(Error{Errc::bad_parameter, std::move(*fault), {}, "name"});
  if (document_json.size() > kLayoutBytesMost) {
    return std::unexpected(
        Error{Errc::bad_parameter, fmt::format("'document' is over {} KiB.", kLayoutBytesMost / 1024), {}, "document"});
  }
  records::Layout layout{user_id, name, accounts.now(), document_json};
  const auto done = accounts.store().change([&]() -> Result<Change> {
    if (!accounts.book().user(user_id)) return fail(Errc::session_ended, "This account is gone. Sign in again.");
    const auto before = accounts.store().layout(user_id, name);
    if (!before) return pass_on(before);
    const auto count = accounts.store().count_layouts(user_id);
    if (!count) return pass_on(count);
    if (!*before && static_cast<std::size_t>(*count) >= kLayoutsMost) {
      return fail(Errc::limit_exceeded,
                  fmt::format("This account has {} layouts, which is the limit. Delete one first.", kLayoutsMost));
    }
    Change change;
    change.layouts.push_back(layout);
    change.events.push_back(
        {origin, "layout.saved", user_id, "done", *before ? audited(**before) : std::string{}, audited(layout)});
    return change;
  });
  if (!done) return pass_on(done);
  return layout;
}

Result<void> remove_layout(Accounts& accounts, const Origin& origin, const std::string& user_id,
                           const std::string& name) {
  return accounts.store().change([&]() -> Result<Change> {
    auto before = accounts.store().layout(user_id, name);
    if (!before) return pass_on(before);
    if (!*before) return nothing_of_name(name);
    Change change;
    change.events.push_back({origin, "layout.deleted", user_id, "done", audited(**before), {}});
    change.gone_layouts.push_back(std::move(**before));
    return change;
  });
}

}  // namespace cw::accounts
