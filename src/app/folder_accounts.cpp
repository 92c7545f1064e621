#include "app/folder_accounts.h"

#include <fmt/format.h>

#include "api/door.h"
#include "app/config_door.h"
#include "net/ip_address.h"
#include "net/stream.h"

namespace cw::app {

Result<accounts::Accounts*> FolderAccounts::get() {
  const std::scoped_lock lock{mutex_};
  if (!accounts_) {
    auto opened = accounts::Accounts::open(folder_.root, account_settings(config_), clock_, logger_, metrics_);
    if (!opened) return pass_on(opened);
    accounts_ = std::move(*opened);
  }
  return accounts_.get();
}

accounts::AccountSettings account_settings(const Config& config) {
  accounts::AccountSettings settings;
  settings.open_registration = config.text("accounts.registration") == "open";
  settings.session_idle = std::chrono::days{config.integer("accounts.session_idle_days")};
  settings.session_longest = std::chrono::days{config.integer("accounts.session_days")};
  return settings;
}

std::string dashboard_address(const Config& config, std::uint16_t port) {
  return api::plain_origin(config.text("server.public_url")).value_or(listening_address(config, port));
}

std::string listening_address(const Config& config, std::uint16_t port) {
  const auto literal = net::parse_ip_address(listen_address(config));
  const std::string host = literal && literal->is_unspecified() ? "localhost" : config.text("server.host");
  const net::Endpoint endpoint{host, port, speaks_tls(config)};
  return fmt::format("{}://{}", endpoint.tls ? "https" : "http", net::to_text(endpoint));
}

}  // namespace cw::app
