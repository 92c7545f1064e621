#include "net/accept_encoding.h"

#include <optional>

#include "net/http_text.h"

namespace cw::net {
namespace {

/// `0`, `0.123`, `1`, `1.000` in thousandths (RFC 9110, section 12.4.2).
std::optional<int> parse_quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int thousandths = text[0] == '1' ? 1000 : 0;
  if (text.size() == 1) return thousandths;
  if (text[1] != '.') return std::nullopt;
  int unit = 100;
  for (const char c : text.substr(2)) {
    if (c < '0' || c > '9') return std::nullopt;
    thousandths += unit * (c - '0');
    unit /= 10;
  }
  return thousandths <= 1000 ? std::optional(thousandths) : std::nullopt;
}

struct Qualities {
  std::optional<int> brotli;
  std::optional<int> gzip;
  std::optional<int> identity;
  std::optional<int> others;
};

void read_item(std::string_view item, Qualities& qualities) {
  const auto semicolon = item.find(';');
  const auto coding = trim_blanks(item.substr(0, semicolon));
  int quality = 1000;
  if (semicolon != std::string_view::npos) {
    auto weight = trim_blanks(item.substr(semicolon + 1));
    const bool is_weight = weight.size() > 2 && (weight[0] == 'q' || weight[0] == 'Q') && weight[1] == '=';
    quality = is_weight ? parse_quality(weight.substr(2)).value_or(0) : 0;
  }
  if (equal_without_case(coding, "br")) qualities.brotli = quality;
  if (equal_without_case(coding, "gzip") || equal_without_case(coding, "x-gzip")) qualities.gzip = quality;
  if (equal_without_case(coding, "identity")) qualities.identity = quality;
  if (coding == "*") qualities.others = quality;
}

}  // namespace

std::string_view name(ContentEncoding encoding) {
  switch (encoding) {
    case ContentEncoding::identity: return "";
    case ContentEncoding::gzip: return "gzip";
    case ContentEncoding::brotli: return "br";
  }
  return "";
}

ContentEncoding choose_encoding(const HttpFields& fields, OfferedEncodings offered) {
  Qualities qualities;
  for (const auto& [key, value] : fields.all()) {
    if (!equal_without_case(key, "Accept-Encoding")) continue;
    std::string_view rest = value;
    while (!rest.empty()) read_item(take_list_item(rest), qualities);
  }
  const int brotli = offered.brotli ? qualities.brotli.value_or(qualities.others.value_or(0)) : 0;
  const int gzip = offered.gzip ? qualities.gzip.value_or(qualities.others.value_or(0)) : 0;
  // Not naming identity allows it, but says nothing of liking it more than what is named.
  const int identity = qualities.identity.value_or(0);
  if (brotli > 0 && brotli >= gzip && brotli >= identity) return ContentEncoding::brotli;
  if (gzip > 0 && gzip >= identity) return ContentEncoding::gzip;
  return ContentEncoding::identity;
}

}  // namespace cw::net
