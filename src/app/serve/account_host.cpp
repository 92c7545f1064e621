#include "app/serve/account_host.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

#include "accounts/passwords.h"

namespace cw::app {
namespace {

constexpr std::size_t kChangesWaiting = 256;
constexpr Millis kSaveUsesEvery = std::chrono::minutes{1};

}  // namespace

AccountHost::AccountHost(Parts parts)
    : parts_(std::move(parts)),
      door_(std::move(parts_.door)),
      gate_(parts_.accounts, tickets_, std::move(parts_.metrics_token)),
      passwords_("passwords", api::kPasswordsAtOnce, api::kPasswordsWaiting, parts_.metrics,
                 accounts::lower_this_threads_priority),
      // Changes are made one after the other anyhow.
      changes_("accounts", 1, kChangesWaiting, parts_.metrics),
      desk_{parts_.accounts, tickets_, door_, parts_.runtime, passwords_, changes_, parts_.resolve_symbol} {
  parts_.accounts.store().on_revoked = [this](const std::string& user_id) {
    boost::asio::post(parts_.runtime.loop(), [this, user_id] { parts_.recheck(user_id); });
  };
}

AccountHost::~AccountHost() {
  parts_.accounts.store().on_revoked = [](const std::string&) {};
}

std::vector<api::Route> AccountHost::routes() {
  std::vector<api::Route> routes = api::sign_in_routes(desk_);
  for (auto more :
       {api::security_routes(desk_), api::me_routes(desk_), api::layout_routes(desk_), api::admin_routes(desk_)})
    std::ranges::move(more, std::back_inserter(routes));
  return routes;
}

net::Task<void> AccountHost::keep_uses() {
  struct Nothing {};
  for (;;) {
    co_await parts_.runtime.sleep_for(kSaveUsesEvery);
    const auto saved =
        co_await changes_.run<Nothing>(parts_.runtime, [&accounts = parts_.accounts]() -> Result<Nothing> {
          if (const auto done = accounts.store().save_uses(); !done) return pass_on(done);
          return Nothing{};
        });
    if (!saved)
      parts_.runtime.logger().warn("last uses not saved", {{"reason", std::string_view{saved.error().message}}});
  }
}

std::expected<accounts::Principal, accounts::TokenRefusal> AccountHost::admit(std::string_view token) const {
  return parts_.accounts.authenticate(token);
}

bool AccountHost::still_holds(const accounts::Principal& principal) const {
  return parts_.accounts.book().still_holds(principal, parts_.accounts.now());
}

}  // namespace cw::app
