#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/error.h"
#include "net/runtime.h"
#include "net/tls.h"

namespace cw::net {

/// A listener's certificate and key, taken from their files anew when these change: what renews them (an ACME client, an
/// orchestrator's secrets, `cp`) needs no signal and no restart. The runtime's thread.
///
/// A file has changed when its size, its time or the file itself (inode; links are followed) is another. The two are written
/// one after the other, so a change is looked at only once it has rested for one look. A new pair that is not good
/// changes nothing: the old one goes on.
class TlsFiles {
 public:
  static constexpr Millis kLookEvery{2'000};

  /// Errors  as TlsContext::for_server
  static Result<TlsFiles> open(std::string certificate_file, std::string key_file);

  /// For listeners: what is accepted follows the files.
  const TlsContext& context() const { return context_; }
  CertificateFacts certificate() const { return context_.certificate(); }
  /// Why what stands in the files now is not in use; nothing where it is.
  const std::optional<Error>& fault() const { return fault_; }

  /// Looks once. True where a new pair was taken.
  /// Errors  as TlsContext::for_server, once for each state of the files
  Result<bool> look();

  /// Looks every kLookEvery for ever and logs what comes of it: `tls_reloaded` with the new fingerprint and its end, or the
  /// error `tls_not_reloaded` with the reason. `before_look`, if any, may do what changes the files. `files` outlives it.
  static Task<void> follow(Runtime& runtime, TlsFiles& files, std::function<void()> before_look = {});

 private:
  /// What one file looks like from outside; all zero where it cannot be seen.
  struct Stamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t time_s = 0, time_ns = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  struct Stamps {
    Stamp certificate, key;
    friend bool operator==(const Stamps&, const Stamps&) = default;
  };
  TlsFiles(std::string certificate_file, std::string key_file, Stamps seen, TlsContext context)
      : certificate_file_(std::move(certificate_file)),
        key_file_(std::move(key_file)),
        known_(seen),
        seen_(seen),
        context_(std::move(context)) {}
  static Stamp stamp_of(const std::string& file);
  static Stamps stamps_of(const std::string& certificate_file, const std::string& key_file);

  std::string certificate_file_, key_file_;
  Stamps known_;  // of the state that was read last, whatever came of it
  Stamps seen_;   // at the last look
  TlsContext context_;
  std::optional<Error> fault_;
};

}  // namespace cw::net
