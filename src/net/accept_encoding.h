#pragma once

#include <string_view>

#include "net/http.h"

namespace cw::net {

enum class ContentEncoding { identity, gzip, brotli };

/// The wire name: `gzip`, `br`, empty for identity.
std::string_view name(ContentEncoding encoding);

struct OfferedEncodings {
  bool gzip = false;
  bool brotli = false;
};

/// The encoding of `offered` that a request likes best by its Accept-Encoding: the highest quality value wins, among
/// equals br, then gzip, then identity; `*` stands for those not named, q=0 forbids one, an unreadable quality counts
/// as 0. Without the field: identity. Where everything is forbidden: identity too, which RFC 9110 (12.5.3) allows.
ContentEncoding choose_encoding(const HttpFields& fields, OfferedEncodings offered);

}  // namespace cw::net
