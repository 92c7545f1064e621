#include "net/ws_frame.h"

#include <algorithm>
#include <cstring>

#include "base/require.h"

namespace cw::net {

bool Utf8Check::feed(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    if (pending_ > 0) {
      if (byte < low_ || byte > high_) return false;
      low_ = 0x80;
      high_ = 0xbf;
      --pending_;
      continue;
    }
    if (byte < 0x80) {
      // Most text is ASCII: eight bytes at a time.
      std::uint64_t word = 0;
      while (i + 8 < bytes.size()) {
        std::memcpy(&word, bytes.data() + i + 1, 8);
        if (word & 0x8080808080808080U) break;
        i += 8;
      }
      continue;
    }
    if (byte >= 0xc2 && byte <= 0xdf) {
      pending_ = 1;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      pending_ = 2;
      if (byte == 0xe0) low_ = 0xa0;   // shorter forms exist
      if (byte == 0xed) high_ = 0x9f;  // surrogates
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      pending_ = 3;
      if (byte == 0xf0) low_ = 0x90;   // shorter forms exist
      if (byte == 0xf4) high_ = 0x8f;  // over U+10FFFF
    } else {
      return false;
    }
  }
  return true;
}

bool is_utf8(std::string_view text) {
  Utf8Check check;
  return check.feed(text) && check.is_complete();
}

bool WsClose::is_sendable(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

void append_ws_header(std::string& out, WsOpcode opcode, bool is_final, std::uint64_t payload_bytes,
                      const WsMaskKey* mask) {
  const auto put = [&out](std::uint64_t byte) { out.push_back(static_cast<char>(byte)); };
  put((is_final ? 0x80U : 0U) | static_cast<std::uint8_t>(opcode));
  const unsigned mask_bit = mask ? 0x80U : 0U;
  int length_bytes = 0;
  if (payload_bytes < 126) {
    put(mask_bit | payload_bytes);
  } else if (payload_bytes <= 0xffff) {
    put(mask_bit | 126);
    length_bytes = 2;
  } else {
    put(mask_bit | 127);
    length_bytes = 8;
  }
  for (int i = length_bytes - 1; i >= 0; --i) put((payload_bytes >> (8 * i)) & 0xff);
  if (mask) out.append(reinterpret_cast<const char*>(mask->data()), mask->size());
}

void append_ws_frame(std::string& out, WsOpcode opcode, bool is_final, std::string_view payload,
                     const WsMaskKey* mask) {
  append_ws_header(out, opcode, is_final, payload.size(), mask);
  const auto begin = out.size();
  out.append(payload);
  if (mask) apply_ws_mask(std::span(out).subspan(begin), *mask, 0);
}

void apply_ws_mask(std::span<char> bytes, const WsMaskKey& key, std::uint64_t offset) {
  std::array<char, 8> pattern{};
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<char>(key[(offset + i) % 4]);
  std::uint64_t pattern_word = 0;
  std::memcpy(&pattern_word, pattern.data(), 8);
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, 8);
    word ^= pattern_word;
    std::memcpy(bytes.data() + i, &word, 8);
  }
  for (; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bytes[i] ^ pattern[i % 8]);
}

std::string ws_close_payload(std::uint16_t code, std::string_view reason) {
  constexpr std::size_t kReasonBytes = 123;
  if (reason.size() > kReasonBytes) {
    reason = reason.substr(0, kReasonBytes + 1);
    while ((static_cast<std::uint8_t>(reason.back()) & 0xc0) == 0x80) reason.remove_suffix(1);
    reason.remove_suffix(1);  // the first byte that does not fit, or the start of the character it belongs to
  }
  std::string payload;
  payload.push_back(static_cast<char>(code >> 8));
  payload.push_back(static_cast<char>(code & 0xff));
  payload.append(reason);
  return payload;
}

WsParser::Event WsParser::fail(std::uint16_t close_code, const char* why) {
  is_over_ = true;
  close_code_ = close_code;
  failure_ = why;
  return Event::failed;
}

bool WsParser::read_header(std::string_view& input) {
  const auto take = [&](std::size_t wanted) {
    const auto part = std::min(wanted - std::min(wanted, header_size_), input.size());
    std::memcpy(header_.data() + header_size_, input.data(), part);
    header_size_ += part;
    input.remove_prefix(part);
    return header_size_ >= wanted;
  };
  if (!take(2)) return false;
  const std::size_t short_length = header_[1] & 0x7f;
  const std::size_t length_bytes = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  const bool is_masked = header_[1] & 0x80;
  if (!take(2 + length_bytes + (is_masked ? 4 : 0))) return false;

  payload_size_ = length_bytes == 0 ? short_length : 0;
  for (std::size_t i = 0; i < length_bytes; ++i) payload_size_ = (payload_size_ << 8) | header_[2 + i];
  if (is_masked) std::copy_n(header_.begin() + 2 + static_cast<std::ptrdiff_t>(length_bytes), 4, mask_.begin());
  return true;
}

WsParser::Event WsParser::check_header() {
  const bool is_masked = header_[1] & 0x80;
  const unsigned opcode = header_[0] & 0x0f;
  const std::size_t short_length = header_[1] & 0x7f;
  is_final_ = header_[0] & 0x80;
  opcode_ = static_cast<WsOpcode>(opcode);
  if (header_[0] & 0x70) return fail(WsClose::protocol_error, "a reserved bit is set");
  if ((opcode > 2 && opcode < 8) || opcode > 10) return fail(WsClose::protocol_error, "unknown opcode");
  if (is_masked != (frames_of_ == Side::client)) {
    return fail(WsClose::protocol_error, is_masked ? "a server's frame is masked" : "a client's frame is not masked");
  }
  if ((short_length == 126 && payload_size_ < 126) || (short_length == 127 && payload_size_ <= 0xffff)) {
    return fail(WsClose::protocol_error, "a length is not in its shortest form");
  }
  if (payload_size_ >> 63) return fail(WsClose::protocol_error, "a length has its highest bit set");
  if (opcode >= 8) {
    if (!is_final_) return fail(WsClose::protocol_error, "a control frame is fragmented");
    if (payload_size_ > control_.size())
      return fail(WsClose::protocol_error, "a control frame is longer than 125 bytes");
    return Event::need_more;
  }
  if (in_message_ != (opcode_ == WsOpcode::continuation)) {
    return fail(WsClose::protocol_error,
                in_message_ ? "a new message began inside a fragmented one" : "a continuation without a beginning");
  }
  if (payload_size_ > message_bytes_ - message_.size()) return fail(WsClose::too_big, "the message is too long");
  if (!in_message_) is_text_ = opcode_ == WsOpcode::text;
  in_message_ = true;
  return Event::need_more;
}

WsParser::Event WsParser::next(std::string_view& input) {
  if (is_over_) {
    input = {};
    return Event::need_more;
  }
  if (is_message_done_) {
    message_.clear();
    is_message_done_ = false;
  }
  for (;;) {
    if (!in_payload_) {
      if (!read_header(input)) return Event::need_more;
      if (check_header() == Event::failed) return Event::failed;
      in_payload_ = true;
      payload_read_ = 0;
      control_size_ = static_cast<std::uint8_t>(opcode_) >= 8 ? payload_size_ : 0;
    }
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(payload_size_ - payload_read_, input.size()));
    std::span<char> copied;
    if (static_cast<std::uint8_t>(opcode_) >= 8) {
      copied = std::span(control_).subspan(static_cast<std::size_t>(payload_read_), part);
      std::copy_n(input.begin(), part, copied.begin());
    } else {
      const auto begin = message_.size();
      message_.append(input.substr(0, part));
      copied = std::span(message_).subspan(begin);
    }
    if (frames_of_ == Side::client) apply_ws_mask(copied, mask_, payload_read_);
    input.remove_prefix(part);
    payload_read_ += part;
    if (static_cast<std::uint8_t>(opcode_) < 8 && is_text_ && !utf8_.feed({copied.data(), copied.size()})) {
      return fail(WsClose::bad_data, "a text message is not valid UTF-8");
    }
    if (payload_read_ < payload_size_) return Event::need_more;
    in_payload_ = false;
    header_size_ = 0;
    if (const auto event = end_of_frame(); event != Event::need_more) return event;
  }
}

WsParser::Event WsParser::end_of_frame() {
  switch (opcode_) {
    case WsOpcode::ping: return Event::ping;
    case WsOpcode::pong: return Event::pong;
    case WsOpcode::close: return end_of_close();
    default: break;
  }
  if (!is_final_) return Event::need_more;
  if (is_text_ && !utf8_.is_complete()) return fail(WsClose::bad_data, "a text message is not valid UTF-8");
  utf8_.reset();
  in_message_ = false;
  is_message_done_ = true;
  return is_text_ ? Event::text : Event::binary;
}

WsParser::Event WsParser::end_of_close() {
  is_over_ = true;
  close_code_ = WsClose::no_code;
  if (control_size_ == 0) return Event::close;
  if (control_size_ == 1) return fail(WsClose::protocol_error, "a close frame has half a code");
  close_code_ = static_cast<std::uint16_t>((static_cast<std::uint8_t>(control_[0]) << 8) |
                                           static_cast<std::uint8_t>(control_[1]));
  if (!WsClose::is_sendable(close_code_))
    return fail(WsClose::protocol_error, "a close frame has a code that may not be sent");
  control_size_ -= 2;
  std::memmove(control_.data(), control_.data() + 2, control_size_);
  if (!is_utf8(control())) return fail(WsClose::bad_data, "a close reason is not valid UTF-8");
  return Event::close;
}

}  // namespace cw::net
