#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

// The server's messages of docs/asyncapi.yaml, made by hand: one allocation each, no tree of JSON values.
namespace cw::realtime {

/// What one connection may do; told in `welcome`.
struct SocketLimits {
  std::size_t subscriptions = 64;
  std::size_t message_bytes = 48 * 1024;  // room for an expression of 16 KiB, escaped
  std::size_t messages_per_second = 50;
  std::size_t symbols = 100;  // of one `tickers` subscription
  std::size_t queue_bytes = 1024 * 1024;
  Millis heartbeat{15'000};
};

/// What `welcome` says about the server.
struct ServerFacts {
  std::string version;
  std::string market;  // live, practice, replay
  std::string venue;
  std::string epoch;  // one life of all offsets: another at each start
};

/// `expires_at` none: the API key never does.
std::string welcome_frame(const ServerFacts& facts, const SocketLimits& limits, Timestamp now,
                          std::optional<Timestamp> expires_at);
std::string auth_required_frame(Millis within, Timestamp now);
std::string authenticated_frame(std::optional<std::int64_t> id, std::optional<Timestamp> expires_at);
std::string subscribed_frame(std::int64_t id, std::string_view channel, std::string_view key, std::string_view epoch,
                             std::uint64_t offset, std::string_view snapshot_json);
std::string unsubscribed_frame(std::int64_t id, std::string_view key);
std::string data_frame(std::string_view channel, std::string_view key, std::uint64_t offset,
                       std::string_view data_json);
std::string gap_frame(std::string_view channel, std::string_view key, std::uint64_t missed, std::uint64_t offset,
                      bool closed);
std::string pong_frame(std::optional<std::int64_t> id, Timestamp now);

/// A refused request. `code` is one of docs/asyncapi.yaml's words.
struct Refusal {
  std::optional<std::int64_t> id;
  std::string code;
  std::string message;
  bool retryable = false;
  std::string field{};
  std::vector<std::string> suggestions{};
};
std::string error_frame(const Refusal& refusal);

/// The refusal that says what `error` says.
Refusal refusal_of(std::optional<std::int64_t> id, const Error& error);

}  // namespace cw::realtime
