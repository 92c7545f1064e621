#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace cw::accounts {

/// Checks that a text can be an e-mail address, and gives it back as it is: nothing is trimmed or changed.
///
/// One '@'; before it 1 to 64 bytes of letters, digits, the signs of RFC 5322's atoms and single dots inside; after it a
/// host name of labels of 1 to 63 letters, digits and hyphens inside. Letters beyond ASCII are allowed in both parts
/// (RFC 6531), but nothing that cannot be seen: no control characters, no marks of direction, no spaces of any width. At
/// most 254 bytes. Quoted names, comments and addresses in brackets are refused: nobody has one, and attackers do.
/// Whether mail arrives there is not known.
///
/// Errors  bad_parameter, field "email", a sentence that says what is wrong
/// Source  RFC 5321 (sizes: section 4.5.3.1, and RFC 3696's erratum 1690), RFC 5322 section 3.2.3 (atoms), RFC 6531
Result<std::string> parse_email(std::string_view text);

/// The same text for all ways of writing one address, by which accounts are found: ASCII letters in lower case. Letters
/// beyond ASCII stay: which of them belong together depends on the language.
std::string email_key(std::string_view email);

}  // namespace cw::accounts
