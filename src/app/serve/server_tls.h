#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/market_view.h"
#include "base/config.h"
#include "base/log.h"
#include "base/time.h"
#include "net/tls_files.h"

namespace cw::app {

/// What the server's own listener speaks where it is not plain: the certificate that the settings name, or one of its own
/// making in `<data-dir>/tls`. Before the server's thread runs anybody's, then that thread's.
class ServerTls {
 public:
  /// Null where the settings ask for no TLS. Makes or renews the own certificate where that is asked for.
  /// Errors  io_error, bad_input: as keep_self_signed and TlsFiles::open
  static Result<std::unique_ptr<ServerTls>> open(const Config& config, const std::filesystem::path& folder,
                                                 Timestamp now, Logger& logger);

  const net::TlsContext& context() const { return files_.context(); }
  /// What a person must know at the start: the fingerprint of a certificate that nobody else vouches for; empty where
  /// somebody does.
  const std::string& announcement() const { return announcement_; }

  /// Takes new files, and renews the own certificate in time. Runs for ever.
  net::Task<void> follow(net::Runtime& runtime);
  /// `tls`: warns 14 days before the certificate ends, and while files that have changed cannot be used.
  api::Check check(Timestamp now) const;

 private:
  ServerTls(net::TlsFiles files, std::filesystem::path own_folder, std::vector<std::string> names, Timestamp now,
            Logger& logger);
  void renew(Timestamp now);

  net::TlsFiles files_;
  std::filesystem::path own_folder_;  // empty: the certificate is not of our making
  std::vector<std::string> names_;
  Timestamp renewal_checked_;
  Logger& logger_;
  std::string announcement_;  // of the certificate at the start
};

/// The names that an own certificate is made for: loopback's, this machine's, server.host, server.hosts and the public
/// address'.
std::vector<std::string> certificate_names(const Config& config);

}  // namespace cw::app
