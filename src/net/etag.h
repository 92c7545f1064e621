#pragma once

#include <string>
#include <string_view>

#include "net/http.h"

namespace cw::net {

/// A strong entity tag from the content: 128 bits of its SHA-256 in hex, quoted.
std::string strong_etag(std::string_view content);

/// The tag of the same content in another encoding: `"x"` and `gzip` give `"x-gzip"`; an empty encoding changes nothing.
std::string etag_in_encoding(std::string_view etag, std::string_view encoding);

/// True where a list of an If-None-Match field names `etag` (weak comparison, RFC 9110, section 13.1.2) or is `*`. A
/// malformed list matches nothing behind the fault.
bool etag_listed(std::string_view if_none_match, std::string_view etag);

/// Turns a 200 answer with an ETag that the request's If-None-Match names into 304 without a body. GET and HEAD only.
/// True where it did.
bool answer_not_modified(const HttpRequest& request, HttpResponse& response);

}  // namespace cw::net
