#include "exchange/practice/request_weight.h"

#include <algorithm>

namespace cw::exchange::practice {
namespace {

constexpr Millis kMinuteOfClock{60'000};
constexpr Millis kLongestBan = std::chrono::days{3};

}  // namespace

std::string_view host_of(std::string_view peer) { return peer.substr(0, peer.rfind(':')); }

bool is_local(std::string_view peer) {
  const std::string_view host = host_of(peer);
  return host.starts_with("127.") || host == "[::1]" || host == "::1" || host.starts_with("[::ffff:127.") ||
         host == "pipe";
}

RequestWeights::Account& RequestWeights::account(std::string_view peer, Millis now) {
  const std::string_view host = host_of(peer);
  auto found = accounts_.find(host);
  if (found == accounts_.end()) {
    if (accounts_.size() >= kPeersMost) {
      accounts_.erase(std::ranges::min_element(accounts_, {}, [](const auto& one) { return one.second.last_asked; }));
    }
    found = accounts_.emplace(host, Account{}).first;
  }
  Account& account = found->second;
  account.last_asked = now;
  const std::int64_t minute = now / kMinuteOfClock;
  if (minute != account.minute) {
    account.minute = minute;
    account.used = 0;
  }
  return account;
}

RequestWeights::Verdict RequestWeights::charge(std::string_view peer, int weight, Millis now) {
  Account& one = account(peer, now);
  if (now < one.banned_until) return {418, one.used, one.banned_until - now};
  one.used += weight;
  if (now >= one.refused_until) {
    one.asked_while_refused = 0;
    if (one.used <= limit_) return {200, one.used, Millis{0}};
    one.refused_until = (one.minute + 1) * kMinuteOfClock;
  } else if (++one.asked_while_refused >= kPatience) {
    one.banned_until = now + one.next_ban;
    one.next_ban = std::min(one.next_ban * 2, kLongestBan);
    one.asked_while_refused = 0;
    return {418, one.used, one.banned_until - now};
  }
  return {429, one.used, one.refused_until - now};
}

void RequestWeights::refuse(std::string_view peer, Millis now, Millis how_long) {
  Account& one = account(peer, now);
  one.refused_until = std::max(one.refused_until, now + how_long);
}

}  // namespace cw::exchange::practice
