#include "accounts/new_password.h"

#include "accounts/email_address.h"

namespace cw::accounts {

Result<std::string> hash_new_password(const Accounts& accounts, std::string_view password, std::string_view email,
                                      const char* field) {
  if (auto good = check_new_password(password, email); !good) {
    good.error().code = Errc::weak_password;
    good.error().field = field;
    return pass_on(good);
  }
  return accounts.hasher().hash(password);
}

Result<std::string> parse_new_email(std::string_view text) {
  auto email = parse_email(text);
  if (!email) {
    email.error().code = Errc::bad_parameter;
    email.error().field = "email";
  }
  return email;
}

}  // namespace cw::accounts
