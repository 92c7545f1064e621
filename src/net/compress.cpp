#include "net/compress.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/require.h"
#include "net/accept_encoding.h"
#include "net/etag.h"

namespace cw::net {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, with gzip's header and trailer

struct Inflater {
  z_stream state{};
  Inflater() { CW_REQUIRE(inflateInit2(&state, kGzipWindow) == Z_OK); }
  ~Inflater() { inflateEnd(&state); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

std::string gzip(std::string_view bytes, int level) {
  CW_REQUIRE(bytes.size() <= std::numeric_limits<uInt>::max());
  z_stream state{};
  CW_REQUIRE(deflateInit2(&state, level, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&state, static_cast<uLong>(bytes.size())), '\0');
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  state.avail_in = static_cast<uInt>(bytes.size());
  state.next_out = reinterpret_cast<Bytef*>(out.data());
  state.avail_out = static_cast<uInt>(out.size());
  const int done = deflate(&state, Z_FINISH);
  out.resize(state.total_out);
  deflateEnd(&state);
  CW_REQUIRE(done == Z_STREAM_END);
  return out;
}

Result<std::string> gunzip(std::string_view bytes, std::size_t max_bytes) {
  if (bytes.size() > std::numeric_limits<uInt>::max())
    return fail(Errc::limit_exceeded, "the gzip data is larger than 4 GB");
  Inflater inflater;
  auto& state = inflater.state;
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  state.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 16 * 1024> piece;
  for (;;) {
    state.next_out = reinterpret_cast<Bytef*>(piece.data());
    state.avail_out = static_cast<uInt>(piece.size());
    const int done = inflate(&state, Z_NO_FLUSH);
    const auto made = piece.size() - state.avail_out;
    if (made > max_bytes - out.size()) {
      return fail(Errc::limit_exceeded, "the gzip data holds more than " + std::to_string(max_bytes) + " bytes");
    }
    out.append(piece.data(), made);
    if (done == Z_STREAM_END) {
      if (state.avail_in == 0) return out;
      inflateReset(&state);
    } else if (done == Z_BUF_ERROR || (done == Z_OK && made == 0 && state.avail_in == 0)) {
      return fail(Errc::bad_input, "the gzip data is cut short");
    } else if (done != Z_OK) {
      return fail(Errc::bad_input, "the gzip data is damaged");
    }
  }
}

void finish_response(const HttpRequest& request, HttpResponse& response) {
  auto& fields = response.fields;
  const bool has_body = response.status >= 200 && response.status != 204 && response.status != 304;
  if (!has_body) return;
  auto encoding = ContentEncoding::identity;
  if (fields.count("Content-Encoding") == 0) {
    if (!fields.has_token("Vary", "Accept-Encoding")) fields.add("Vary", "Accept-Encoding");
    if (response.content().size() >= kGzipFromBytes) encoding = choose_encoding(request.fields, {.gzip = true});
  }
  const auto etag = fields.get("ETag");
  if (!etag.empty()) fields.set("ETag", etag_in_encoding(etag, name(encoding)));
  if (answer_not_modified(request, response) || encoding == ContentEncoding::identity) return;
  response.body = gzip(response.content());
  response.kept_body.reset();
  fields.set("Content-Encoding", "gzip");
}

}  // namespace cw::net
