#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace cw::api {

/// So many pieces of work of one account at a time. A piece counts until the last copy of its token is gone, so that work
/// whose caller went away counts until it has really ended. Thread-safe.
class UserAllowance {
 public:
  explicit UserAllowance(std::size_t most) : most_(most), state_(std::make_shared<State>()) {}

  using Token = std::shared_ptr<const void>;
  /// Null where as many are at work already.
  Token take(const std::string& user_id);

  std::size_t most() const { return most_; }

 private:
  struct State {
    std::mutex mutex;
    std::map<std::string, std::size_t> at_work;  // no zeroes
  };
  std::size_t most_;
  std::shared_ptr<State> state_;
};

}  // namespace cw::api
