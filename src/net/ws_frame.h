#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cw::net {

/// Checks UTF-8 piece by piece: surrogates, overlong forms and values over U+10FFFF are refused at the first byte that
/// cannot be part of a valid text.
/// Source  RFC 3629
class Utf8Check {
 public:
  /// False once a byte was wrong.
  bool feed(std::string_view bytes);
  /// No sequence is unfinished.
  bool is_complete() const { return pending_ == 0; }
  void reset() { *this = Utf8Check{}; }

 private:
  std::uint8_t pending_ = 0;  // continuation bytes still to come
  std::uint8_t low_ = 0x80;   // allowed range of the next one
  std::uint8_t high_ = 0xbf;
};

bool is_utf8(std::string_view text);

/// Wire values of RFC 6455, section 5.2.
enum class WsOpcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Close codes of RFC 6455, section 7.4.1.
struct WsClose {
  static constexpr std::uint16_t normal = 1000;
  static constexpr std::uint16_t going_away = 1001;
  static constexpr std::uint16_t protocol_error = 1002;
  static constexpr std::uint16_t no_code = 1005;
  static constexpr std::uint16_t abnormal = 1006;
  static constexpr std::uint16_t bad_data = 1007;
  static constexpr std::uint16_t too_big = 1009;
  static constexpr std::uint16_t try_again_later = 1013;
  /// May stand in a close frame: 1000..1003, 1007..1014, 3000..4999.
  static bool is_sendable(std::uint16_t code);
};

using WsMaskKey = std::array<std::uint8_t, 4>;

/// Appends one frame's header: 2 to 10 bytes, 4 more with a mask.
void append_ws_header(std::string& out, WsOpcode opcode, bool is_final, std::uint64_t payload_bytes,
                      const WsMaskKey* mask);

/// Appends a whole frame; masked as a client must where `mask` is given.
void append_ws_frame(std::string& out, WsOpcode opcode, bool is_final, std::string_view payload, const WsMaskKey* mask);

/// XORs `bytes` with the key; `offset` is their distance from the payload's start.
void apply_ws_mask(std::span<char> bytes, const WsMaskKey& key, std::uint64_t offset);

/// Payload of a close frame. A reason that would not fit (123 bytes) is cut at a character's border.
std::string ws_close_payload(std::uint16_t code, std::string_view reason);

/// Reads frames from any pieces of a stream and gives whole messages, checking masking, reserved bits, fragmentation,
/// control frames, length rules and UTF-8 as RFC 6455 demands. No extension is offered, so every reserved bit is an error.
///
/// Cost    no allocation once the message buffer has grown to its size; every byte is copied once
class WsParser {
 public:
  enum class Side { client, server };  // whose frames are read: a client's must be masked, a server's must not

  /// `message_bytes` bounds a whole message, all fragments together.
  WsParser(Side frames_of, std::size_t message_bytes) : frames_of_(frames_of), message_bytes_(message_bytes) {}

  enum class Event {
    need_more,  // all of the input is used up
    text,       // a whole message lies in `message()`, valid UTF-8
    binary,     // a whole message lies in `message()`
    ping,       // payload in `control()`
    pong,       // payload in `control()`
    close,      // code and reason in `close_code()` and `control()`; nothing may follow
    failed,     // the peer broke a rule: `close_code()` to send and `failure()` say which; nothing more is read
  };

  /// Reads from the front of `input`, moving it on, until something happened or it is empty. Give the rest again after
  /// each event.
  Event next(std::string_view& input);

  /// The message of the last text or binary event; the caller may swap it out. Cleared by the next call of `next`.
  std::string& message() { return message_; }
  std::string_view control() const { return {control_.data(), control_size_}; }
  std::uint16_t close_code() const { return close_code_; }
  std::string_view failure() const { return failure_; }

 private:
  Event fail(std::uint16_t close_code, const char* why);
  bool read_header(std::string_view& input);  // false: more bytes are needed
  Event check_header();
  Event end_of_frame();
  Event end_of_close();

  Side frames_of_;
  std::size_t message_bytes_;
  std::string message_;
  bool is_message_done_ = false;
  bool in_message_ = false;  // a first fragment came, the last one did not
  bool is_text_ = false;
  Utf8Check utf8_;

  std::array<std::uint8_t, 14> header_{};
  std::size_t header_size_ = 0;
  bool in_payload_ = false;
  WsOpcode opcode_ = WsOpcode::text;
  bool is_final_ = false;
  WsMaskKey mask_{};
  std::uint64_t payload_size_ = 0;
  std::uint64_t payload_read_ = 0;

  std::array<char, 125> control_{};
  std::size_t control_size_ = 0;
  std::uint16_t close_code_ = 0;
  const char* failure_ = "";
  bool is_over_ = false;
};

}  // namespace cw::net
