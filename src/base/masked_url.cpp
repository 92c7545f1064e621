#include "base/masked_url.h"

namespace cw {

std::string masked_url(std::string_view url) {
  std::string out;
  if (const std::size_t scheme = url.find("://"); scheme != url.npos) {
    out += url.substr(0, scheme + 3);
    url.remove_prefix(scheme + 3);
  }
  if (const std::size_t at = url.rfind('@'); at != url.npos) {
    out += kMask;
    url.remove_prefix(at);
  }
  const std::size_t rest = url.find_first_of("?#");
  out += url.substr(0, rest);
  if (rest == url.npos) return out;
  url.remove_prefix(rest);
  const std::size_t fragment = url.find('#');
  std::string_view query = url.substr(0, fragment);
  while (!query.empty()) {
    out += query.front();  // the '?' or an '&'
    query.remove_prefix(1);
    const std::string_view parameter = query.substr(0, query.find('&'));
    const std::size_t equals = parameter.find('=');
    if (equals != parameter.npos) out += parameter.substr(0, equals + 1);
    if (!parameter.empty()) out += kMask;
    query.remove_prefix(parameter.size());
  }
  if (fragment != url.npos) {
    out += '#';
    out += kMask;
  }
  return out;
}

}  // namespace cw
