#pragma once

#include <string>
#include <utility>

#include "net/tls.h"

// OpenSSL's SSL_CTX, whose headers stay in .cpp files.
struct ssl_ctx_st;

namespace cw::net {

/// Between tls.cpp and tls_context.cpp. A connection holds its own reference to the `ctx` it began with.
struct TlsContext::Impl {
  explicit Impl(ssl_ctx_st* owned) : ctx(owned) {}
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ssl_ctx_st* ctx;
};

/// The newest entry of OpenSSL's error queue, for people.
std::string openssl_reason();

}  // namespace cw::net
