#include "net/etag.h"

#include <openssl/sha.h>

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "net/http_text.h"

namespace cw::net {

std::string strong_etag(std::string_view content) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data());
  std::string tag = "\"";
  for (std::size_t i = 0; i < 16; ++i) fmt::format_to(std::back_inserter(tag), "{:02x}", digest[i]);
  return tag + '"';
}

std::string etag_in_encoding(std::string_view etag, std::string_view encoding) {
  if (encoding.empty() || etag.size() < 2 || !etag.ends_with('"')) return std::string(etag);
  return fmt::format("{}-{}\"", etag.substr(0, etag.size() - 1), encoding);
}

bool etag_listed(std::string_view if_none_match, std::string_view etag) {
  const auto opaque = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  auto rest = trim_blanks(if_none_match);
  if (rest == "*") return true;
  while (!rest.empty()) {
    const auto begin = rest.starts_with("W/") ? std::size_t{2} : std::size_t{0};
    if (rest.size() <= begin || rest[begin] != '"') return false;
    const auto end = rest.find('"', begin + 1);
    if (end == std::string_view::npos) return false;
    if (rest.substr(begin, end + 1 - begin) == opaque(etag)) return true;
    rest = trim_blanks(rest.substr(end + 1));
    if (rest.empty() || rest[0] != ',') return false;
    while (!rest.empty() && (rest[0] == ',' || rest[0] == ' ' || rest[0] == '\t')) rest.remove_prefix(1);
  }
  return false;
}

bool answer_not_modified(const HttpRequest& request, HttpResponse& response) {
  const auto etag = response.fields.get("ETag");
  if (response.status != 200 || etag.empty() || (request.method != "GET" && request.method != "HEAD")) return false;
  bool listed = false;
  for (const auto& [name, value] : request.fields.all()) {
    listed |= equal_without_case(name, "If-None-Match") && etag_listed(value, etag);
  }
  if (!listed) return false;
  response.status = 304;
  response.body.clear();
  response.kept_body.reset();
  response.fields.remove("Content-Type");
  response.fields.remove("Content-Encoding");
  return true;
}

}  // namespace cw::net
