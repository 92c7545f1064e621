#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/token.h"

namespace cw::accounts {

// The middle part of a token, before it becomes base64url: a JSON object of exactly these members, in this order, without
// a blank. Written and read by hand, so that there is one way to write each claim and nothing else is understood.

/// Claims and who they are for.
struct TokenPayload {
  TokenClaims claims;
  std::string_view audience;
};

/// Breaks the contract for texts and times that TokenClaims does not allow.
std::string write_payload(const TokenPayload& payload);

/// No answer for anything that write_payload() does not write. `audience` points into `json`.
std::optional<TokenPayload> read_payload(std::string_view json);

}  // namespace cw::accounts
