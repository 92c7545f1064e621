#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "accounts/accounts.h"
#include "app/data_folder.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/time.h"

namespace cw::app {

/// The accounts of a folder that this process holds, opened when they are first asked for: most commands never do.
/// Thread-safe.
class FolderAccounts {
 public:
  FolderAccounts(const DataFolder& folder, const Config& config, Logger& logger, Metrics& metrics)
      : folder_(folder), config_(config), logger_(logger), metrics_(metrics) {}

  /// Errors  those of accounts::Accounts::open
  Result<accounts::Accounts*> get();

 private:
  const DataFolder& folder_;
  const Config& config_;
  Logger& logger_;
  Metrics& metrics_;
  SystemClock clock_;
  std::mutex mutex_;
  std::unique_ptr<accounts::Accounts> accounts_;
};

/// What `[accounts]` says.
accounts::AccountSettings account_settings(const Config& config);

/// Where a person's browser finds the dashboard, for links: server.public_url, else where the server listens. `port` is the
/// one it got, where it runs.
std::string dashboard_address(const Config& config, std::uint16_t port);
/// Where a browser on this machine finds it: `http://127.0.0.1:8080`.
std::string listening_address(const Config& config, std::uint16_t port);

}  // namespace cw::app
