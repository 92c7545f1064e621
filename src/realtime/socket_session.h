#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/wakeup.h"
#include "net/websocket.h"
#include "realtime/gatekeeper.h"
#include "realtime/hub.h"
#include "realtime/message_allowance.h"

namespace cw::realtime {

constexpr Millis kAuthWithin{10'000};
constexpr std::uint16_t kUnauthenticated = 4401;

/// What the sessions of one server share.
struct SessionContext {
  net::Runtime& runtime;
  Hub& hub;
  const Gatekeeper& gatekeeper;
  Counter& slow;
  Counter& skipped;
};

/// One client: `run` reads; a writer beside it writes what the hub delivers. It belongs to the hub once it is
/// authenticated, by what it was opened with or by its first message, and for as long as that holds.
class SocketSession final : public Connection, public std::enable_shared_from_this<SocketSession> {
 public:
  SocketSession(SessionContext context, std::unique_ptr<net::WebSocket> socket,
                std::optional<accounts::Principal> principal);

  /// Until the connection ends, from either side.
  net::Task<void> run();

  void deliver(const MessagePtr& message) override;
  void forget(std::string_view key) override;

  /// Ends the connection: what waits is not sent; `last_words` and the close frame are.
  void end(std::uint16_t code, std::string reason, std::string last_words = {});

  /// Ends it where what it was granted does not hold any more.
  void recheck(std::string_view user_id);

  bool is_authenticated() const { return principal_.has_value(); }

 private:
  net::Task<void> write_all();
  void take(const net::WebSocketMessage& message);
  void take_auth(const Auth& auth);
  void greet();
  void expect_end();
  bool may_subscribe(const Subscribe& subscribe, Request& request) const;
  void say(std::string text);
  void give_up();

  SessionContext context_;
  std::unique_ptr<net::WebSocket> socket_;
  std::optional<accounts::Principal> principal_;
  OutQueue queue_;
  net::Wakeup filled_;
  std::unique_ptr<net::Alarm> stuck_;
  std::unique_ptr<net::Alarm> authenticated_until_;
  bool is_writing_ = false;
  MessageAllowance allowance_;
  std::size_t errors_in_a_row_ = 0;
  std::uint16_t close_code_ = 0;
  std::string close_reason_;
  std::string last_words_;
  bool reader_ended_ = false;
};

}  // namespace cw::realtime
