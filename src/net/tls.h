#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "net/runtime.h"
#include "net/stream.h"

namespace cw::net {

/// What a certificate says about itself.
struct CertificateFacts {
  std::string fingerprint;  // SHA-256 of the whole certificate as browsers show it: `AA:BB:…`, 32 bytes
  Timestamp valid_from;
  Timestamp valid_to;
  std::vector<std::string> names;  // its subject alternative names: host names in small letters, addresses
};

/// Settings and certificates of one side of TLS (1.2 or newer), read once and shared by its connections. Copies are the same
/// context. One thread's.
class TlsContext {
 public:
  /// For connecting: trusts the machine's certificate authorities and, where `extra_ca_file` (PEM) is given, those too.
  /// Errors  io_error where the file cannot be read or holds no certificate
  static Result<TlsContext> for_client(const std::string& extra_ca_file = {});
  /// For listening, from a PEM chain and its key. Of TLS 1.2 only suites with forward secrecy and authenticated encryption
  /// are spoken, in the server's order; a client that asks for protocols (ALPN, RFC 7301) gets `http/1.1` or, where it does
  /// not offer that, no connection.
  /// Errors  io_error naming the file that cannot be read, a key with a passphrase included; bad_input where key and
  ///         certificate do not match
  static Result<TlsContext> for_server(const std::string& certificate_file, const std::string& key_file);

  /// Of a context for listening: its own certificate, the first of the chain.
  CertificateFacts certificate() const;

  /// From now on connections of this context and of its copies are made as `newer` says; open ones go on as they are.
  /// `newer` is of no use afterwards.
  void take_over(const TlsContext& newer);

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
