#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "exchange/practice/misbehaviour.h"
#include "exchange/practice/stream_name.h"
#include "exchange/practice/ws_command.h"
#include "net/runtime.h"
#include "net/websocket.h"

namespace cw::exchange::practice {

class Session;

/// What a session asks of the exchange that it belongs to.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  virtual std::span<const market::Instrument> instruments() const = 0;
  virtual const Misbehaviour& misbehaviour() const = 0;
  /// From now on the session is given the events of a stream.
  virtual void listen(Session& session, const StreamId& stream) = 0;
  virtual void unlisten(Session& session, const StreamId& stream) = 0;
  /// Runs background work that may outlast the session, for as long as the exchange.
  virtual void run_beside(net::Task<void> work) = 0;
  /// Something worth counting of a connection: `cut_slow`, `cut_flood`, `expired`, `dropped`, `stalled`, `left_out`, `repeated`,
  /// `held_back`, `garbage`.
  virtual void count(std::string_view what) = 0;
};

struct SessionLimits {
  std::size_t queue_bytes = 1024 * 1024;  // unsent; over it the connection is cut
  std::size_t streams = 1'024;
  int messages_a_second = 5;  // from the client; over it the connection is closed with 1008
  Millis lifetime = std::chrono::hours{24};
};

/// One client's WebSocket: its subscriptions, what is to be sent to it, and what is done to it on purpose.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(SessionHost& host, net::Runtime& runtime, std::unique_ptr<net::WebSocket> socket,
          std::shared_ptr<Smuggler> smuggler, SessionLimits limits, bool combined, std::uint64_t seed);

  /// Serves the client until the connection ends, from either side. `streams`: those that its address asked for.
  net::Task<void> run(std::vector<std::string> streams);

  /// An event of a stream that it listens to. `may_be_left_out`: a hole may be made of it.
  void deliver(std::string_view stream, std::string_view event, bool may_be_left_out);
  /// A message outside the streams, such as the notice of a shutdown.
  void announce(std::string message) { enqueue(std::move(message)); }
  /// Ends the connection in good order once the queue is sent.
  void finish(std::uint16_t code, std::string reason);
  /// Ends it without a word.
  void cut();
  /// The misbehaviour was changed.
  void rearm();

 private:
  struct HeldBack {
    std::string text;
    int after;
  };
  void arm_lifetime();
  void enqueue(std::string text);
  void misbehave_before(const std::string& text);
  void release_held();
  bool is_flood();
  std::string answer(std::string_view message);
  std::string obey(const WsCommand& command);
  void subscribe(const std::string& stream);
  void unsubscribe(const std::string& stream);
  static net::Task<void> drain(std::shared_ptr<Session> self);

  SessionHost& host_;
  net::Runtime& runtime_;
  std::unique_ptr<net::WebSocket> socket_;
  std::shared_ptr<Smuggler> smuggler_;
  SessionLimits limits_;
  bool combined_;
  Random random_;
  std::map<std::string, std::optional<StreamId>> streams_;
  std::deque<std::string> queue_;
  std::size_t queued_bytes_ = 0;
  bool is_draining_ = false;
  bool is_over_ = false;
  std::optional<std::pair<std::uint16_t, std::string>> closing_;
  std::vector<HeldBack> held_;
  std::deque<Millis> heard_;
  Millis stalled_until_{0};
  std::unique_ptr<net::Alarm> lifetime_;
  std::unique_ptr<net::Alarm> drop_;
  std::unique_ptr<net::Alarm> stall_;
};

}  // namespace cw::exchange::practice
