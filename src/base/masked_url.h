#pragma once

#include <string>
#include <string_view>

namespace cw {

/// What stands for a secret wherever one would be shown.
inline constexpr std::string_view kMask = "********";

/// An address as a log, an error or `config show` may print it: user name and password, the value of every query
/// parameter and the fragment are masked, whether or not the rest is a sound address. Where it is unclear how far a
/// password reaches, everything up to the last '@' is taken for one. The empty text stays empty.
/// Source  RFC 3986, sections 3.2.1 and 7.5 (sensitive information)
std::string masked_url(std::string_view url);

}  // namespace cw
