#pragma once

#include <string_view>

#include <fmt/format.h>

#include "base/error.h"

namespace cw::records {

/// What an UPDATE of one row by its id answers: none changed is not_found. The id is not shown, it may be half a secret.
inline Result<void> expect_one(const Result<std::int64_t>& changed, std::string_view what) {
  if (!changed) return pass_on(changed);
  if (*changed == 0) return fail(Errc::not_found, fmt::format("there is no such {}", what));
  return {};
}

/// The answer of an INSERT of one row.
inline Result<void> expect_inserted(const Result<std::int64_t>& inserted) {
  if (!inserted) return pass_on(inserted);
  return {};
}

/// A word in a row that no program of ours wrote.
inline std::unexpected<Error> unknown_word(std::string_view table, std::string_view column) {
  return fail(Errc::corrupt, fmt::format("core.db: a row of {} has an unknown {}", table, column));
}

}  // namespace cw::records
