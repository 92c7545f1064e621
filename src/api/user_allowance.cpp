#include "api/user_allowance.h"

namespace cw::api {

UserAllowance::Token UserAllowance::take(const std::string& user_id) {
  const std::scoped_lock lock{state_->mutex};
  std::size_t& count = state_->at_work[user_id];
  if (count >= most_) return nullptr;
  ++count;
  const auto give_back = [state = state_, user_id](const void*) {
    const std::scoped_lock again{state->mutex};
    const auto found = state->at_work.find(user_id);
    if (--found->second == 0) state->at_work.erase(found);
  };
  return Token{state_.get(), give_back};
}

}  // namespace cw::api
