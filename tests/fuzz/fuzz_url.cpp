// Addresses and percent escapes on any bytes: what is accepted is well formed and reads back the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/require.h"
#include "net/accept_encoding.h"
#include "net/etag.h"
#include "net/http.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cw::net;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto url = parse_url(input)) {
    CW_REQUIRE(url->endpoint.port > 0 && !url->endpoint.host.empty() && url->target.starts_with('/'));
    CW_REQUIRE(url->target.find_first_of("\r\n ") == std::string::npos);
    const auto again = parse_url((url->endpoint.tls ? "https://" : "http://") + to_text(url->endpoint) + url->target);
    CW_REQUIRE(again && again->target == url->target && again->endpoint.host == url->endpoint.host &&
               again->endpoint.port == url->endpoint.port);
  }
  CW_REQUIRE(percent_decode(percent_encode(input)) == input);
  const HttpRequest request{.target = std::string(input)};
  (void)request.query_items();
  HttpFields fields;
  fields.add("Accept-Encoding", std::string(input));
  (void)choose_encoding(fields, {.gzip = true, .brotli = true});
  (void)fields.has_token("Accept-Encoding", "gzip");
  (void)etag_listed(input, "\"x\"");
  return 0;
}
