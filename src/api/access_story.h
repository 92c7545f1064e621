#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "accounts/accounts_story.h"
#include "accounts/api_keys.h"
#include "accounts/socket_tickets.h"
#include "api/gate.h"

/// What the tests of this room share: somebody at the gate.
namespace cw::api {

using Lines = std::vector<std::pair<std::string, std::string>>;

/// Accounts with a gate in front: an administrator and a user, both signed in, and keys of theirs.
struct AccessStory {
  AccessStory() {
    boss = people.sign_in(people.add_admin("boss@example.org")->email);
    ada = people.sign_in(people.add("ada@example.org")->email);
  }
  std::string key_of(const accounts::SignedIn& whose, const accounts::Scopes& scopes, std::optional<Millis> life = {}) {
    return accounts::create_api_key(*people.accounts, people.visitor, people.who(whose), {"a program", scopes, life})
        .value()
        .text;
  }

  net::HttpRequest request(const std::string& target, const std::string& bearer = {}) const {
    net::HttpRequest made{.method = "GET", .target = target};
    made.fields.add("Host", "127.0.0.1");
    made.request_id = "r2";
    if (!bearer.empty()) made.fields.add("Authorization", "Bearer " + bearer);
    return made;
  }
  Visitor stranger() const { return {"203.0.113.9", "203.0.113.9", false, true, "https://desk.example"}; }
  Visitor local() const { return {"127.0.0.1", "127.0.0.1", true, false, "http://127.0.0.1"}; }

  accounts::testing::Story people;
  accounts::SocketTickets tickets;
  Gate gate{*people.accounts, tickets, "metrics-secret"};
  accounts::SignedIn boss, ada;
};

}  // namespace cw::api
