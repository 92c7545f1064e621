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

/// The last touch to an answer that depends on the request's fields: chooses the encoding (gzip from kGzipFromBytes on,
/// where Accept-Encoding takes it), gives a strong ETag that encoding's form (`"x"` becomes `"x-gzip"`), answers 304 where
/// If-None-Match names it, else compresses; sets Vary in any case. Leaves the encoding of what is encoded already alone,
/// and statuses without a body.
void finish_response(const HttpRequest& request, HttpResponse& response);

}  // namespace cw::net
