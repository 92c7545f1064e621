#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "realtime/protocol.h"

namespace cw::realtime {

/// One message of one topic, made once and shared by all who get it.
struct Frame {
  enum class Kind {
    provisional,  // a newer one replaces it: skipped first when a client is slow
    lasting       // closed and revised bars: skipped only when nothing else is left
  };
  std::string text;
  std::string key;
  Channel channel{};
  std::uint64_t offset = 0;
  Kind kind = Kind::provisional;
};
using FramePtr = std::shared_ptr<const Frame>;

/// What waits for one slow client, bounded in bytes. Over the bound provisional frames go, oldest first, then lasting ones;
/// each skipped frame is counted, and a `gap` message stands where it would have been, so that nothing is lost in silence.
/// Answers to the client's own requests are never skipped; a client whose answers alone fill the bound is `hopeless`.
/// Not thread-safe; knows no socket.
class Outbox {
 public:
  explicit Outbox(std::size_t budget_bytes) : budget_bytes_(budget_bytes) {}

  /// An answer to this client alone.
  void push_reply(std::string text);
  void push(FramePtr frame);

  /// The next text to send, or none. A reference to a shared frame's text keeps that frame alive.
  struct Next {
    std::string own;   // set for replies and gaps
    FramePtr shared;   // set for data
    std::string_view text() const { return shared ? std::string_view(shared->text) : std::string_view(own); }
  };
  std::optional<Next> pop();

  bool empty() const { return waiting_.empty() && gaps_.empty(); }
  std::size_t bytes() const { return bytes_; }
  std::uint64_t skipped() const { return skipped_; }
  bool hopeless() const { return hopeless_; }

  /// Forgets what waits under `key`, also its gap: nobody listens any more.
  void drop_key(const std::string& key);

 private:
  struct Waiting {
    std::string reply;
    FramePtr frame;
    bool skipped = false;  // the frame's place is kept, its text is not sent
  };
  struct Gap {
    Channel channel{};
    std::uint64_t missed = 0;
    std::uint64_t offset = 0;
    bool closed = false;
  };
  static std::size_t cost(const Waiting& waiting);
  void remove_front(std::size_t cost_bytes);
  void make_room();
  bool skip_oldest(Frame::Kind kind);
  Next take_gap(std::unordered_map<std::string, Gap>::iterator gap);

  std::size_t budget_bytes_;
  std::deque<Waiting> waiting_;
  std::unordered_map<std::string, Gap> gaps_;  // of frames whose turn came and that had been skipped
  std::size_t bytes_ = 0;
  std::uint64_t popped_ = 0;                    // entries taken from the front so far
  std::array<std::uint64_t, 2> skip_from_{};    // by kind: no entry before this one, counted from the first ever, can go
  std::uint64_t skipped_ = 0;
  bool hopeless_ = false;
};

}  // namespace cw::realtime
