#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "net/runtime.h"
#include "net/stream.h"

namespace cw::net {

/// Settings and certificates of one side of TLS (1.2 or newer), read once and shared by its connections.
class TlsContext {
 public:
  /// For connecting: trusts the machine's certificate authorities and, where `extra_ca_file` (PEM) is given, those too.
  /// Errors  io_error where the file cannot be read or holds no certificate
  static Result<TlsContext> for_client(const std::string& extra_ca_file = {});
  /// For listening, from a PEM chain and its key.
  /// Errors  io_error naming the file that cannot be read; bad_input where key and certificate do not match
  static Result<TlsContext> for_server(const std::string& certificate_file, const std::string& key_file);

  struct Impl;
  Impl& impl() const { return *impl_; }

 private:
  explicit TlsContext(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

/// TLS over any stream, connecting side: shakes hands and checks that the certificate is valid for `host`.
/// Errors  refused with a sentence that says why (other name, expired, unknown issuer, no TLS at all); disconnected
Task<Result<StreamPtr>> tls_connect(Runtime& runtime, TlsContext context, StreamPtr stream, std::string host);

/// TLS over any stream, accepting side. The handshake happens inside the first read or write.
StreamPtr tls_accept(Runtime& runtime, TlsContext context, StreamPtr stream);

}  // namespace cw::net
