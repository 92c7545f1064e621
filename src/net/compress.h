#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/http.h"

namespace cw::net {

/// Answers under this many bytes are sent as they are: the saving would not pay for the work.
constexpr std::size_t kGzipFromBytes = 1024;

/// `bytes` as one gzip member (RFC 1952). Level 1 is quickest, 9 smallest.
std::string gzip(std::string_view bytes, int level = 5);

/// Opens gzip, several members included.
/// Errors  limit_exceeded where more than `max_bytes` would come out; bad_input where it is damaged or cut short
Result<std::string> gunzip(std::string_view bytes, std::size_t max_bytes);

/// Compresses an answer of at least kGzipFromBytes where the request's Accept-Encoding takes gzip, sets Content-Encoding,
/// and turns a strong ETag into that of the compressed form (`"x"` becomes `"x-gzip"`); sets Vary in any case, because
/// the answer depends on the field. Leaves alone what is encoded already, and statuses without a body.
void gzip_if_accepted(const HttpRequest& request, HttpResponse& response);

}  // namespace cw::net
