#pragma once

#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "candle_store/byte_source.h"

namespace cw::candle_store {

/// A window that slides over a source of bytes: what is not yet consumed stays contiguous.
class TextWindow {
 public:
  explicit TextWindow(std::unique_ptr<ByteSource> source, std::size_t capacity)
      : source_(std::move(source)), buffer_(capacity) {}

  std::string_view rest() const { return {buffer_.data() + front_, end_ - front_}; }
  void consume(std::size_t bytes) { front_ += bytes; }

  /// Reads on behind what is there; false when the source is over, or no more fits (`full`).
  Result<bool> more() {
    if (over_) return false;
    if (front_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + front_, end_ - front_);
      end_ -= front_;
      front_ = 0;
    }
    if (end_ == buffer_.size()) return false;
    const auto n = source_->read(std::span(buffer_).subspan(end_));
    if (!n) return pass_on(n);
    end_ += *n;
    over_ = *n == 0;
    return !over_;
  }

  bool over() const { return over_; }
  const ByteSource& source() const { return *source_; }

 private:
  std::unique_ptr<ByteSource> source_;
  std::vector<char> buffer_;
  std::size_t front_ = 0;
  std::size_t end_ = 0;
  bool over_ = false;
};

}  // namespace cw::candle_store
