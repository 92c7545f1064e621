#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/connection.h"

namespace cw::records {

/// How somebody wants a chart arranged. What the document says is the dashboard's business; that it is a JSON object of a
/// bounded size, and the name one, is checked by who makes it.
struct Layout {
  std::string user_id{};
  std::string name{};  // one of a user each, letter case counts
  Timestamp updated_at{};
  std::string document_json{};

  friend bool operator==(const Layout&, const Layout&) = default;
};

/// Adds the layout, or replaces the user's of this name. Errors  not_found where there is no such user
Result<void> put_layout(db::Connection& connection, const Layout& layout);

/// Errors  not_found
Result<void> delete_layout(db::Connection& connection, std::string_view user_id, std::string_view name);

/// A user's layouts, by name.
Result<std::vector<Layout>> layouts_of(db::Connection& connection, std::string_view user_id);

/// None where the user has none of this name.
Result<std::optional<Layout>> find_layout(db::Connection& connection, std::string_view user_id, std::string_view name);

Result<std::int64_t> count_layouts(db::Connection& connection, std::string_view user_id);

}  // namespace cw::records
