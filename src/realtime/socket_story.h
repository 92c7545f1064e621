#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "net/sim_runtime.h"
#include "net/websocket.h"
#include "realtime/socket_server.h"

/// What the tests of the sockets share.
namespace cw::realtime {

using Json = nlohmann::json;

/// One stream of bars, `A`.
class OneTopic final : public TopicSource {
 public:
  Result<Topic> open(const Subscribe&) override {
    return Topic{Channel::market_data, "market_data:A", {bars}, R"({"symbol":"A"})"};
  }
  SourceId bars{};
};

class Upgrades final : public net::HttpHandler {
 public:
  explicit Upgrades(SocketServer& sockets) : sockets_(sockets) {}
  net::Task<net::HttpResponse> handle(net::HttpRequest) override { co_return net::HttpResponse{.status = 404}; }
  bool wants_upgrade(const net::HttpRequest&) override { return true; }
  net::Task<void> upgrade(net::HttpRequest request, net::StreamPtr stream, std::string already_read) override {
    return sockets_.serve(std::move(request), std::move(stream), std::move(already_read), principal);
  }

  std::optional<accounts::Principal> principal;  // whom the next ones are opened by

 private:
  SocketServer& sockets_;
};

/// Knows who has which token, and of whom what was granted holds no more.
class ListedGuests final : public Gatekeeper {
 public:
  std::expected<accounts::Principal, accounts::TokenRefusal> admit(std::string_view token) const override {
    const auto found = guests.find(token);
    if (found != guests.end()) return found->second;
    return std::unexpected(accounts::TokenRefusal{Errc::invalid_token, "token_malformed"});
  }
  bool still_holds(const accounts::Principal& principal) const override {
    return !gone.contains(principal.session ? principal.session->id : principal.key->id);
  }
  std::map<std::string, accounts::Principal, std::less<>> guests;
  std::set<std::string> gone;  // sessions and keys
};

inline accounts::Principal person(const std::string& name, const std::string& session,
                                  std::optional<Timestamp> expires_at = {}) {
  accounts::Principal principal;
  principal.user = std::make_shared<const records::User>(records::User{.id = name});
  principal.session = std::make_shared<const records::Session>(records::Session{.id = session, .user_id = name});
  principal.scopes = {true, true, false};
  principal.expires_at = expires_at;
  return principal;
}
inline accounts::Principal program(const std::string& name, const std::string& key, accounts::Scopes scopes) {
  accounts::Principal principal;
  principal.user = std::make_shared<const records::User>(records::User{.id = name});
  principal.key = std::make_shared<const records::ApiKey>(records::ApiKey{.id = key, .user_id = name});
  principal.scopes = scopes;
  return principal;
}

/// The real session over a simulated network, in the clock of the simulation.
class SocketStory : public testing::Test {
 protected:
  using Client = std::unique_ptr<net::WebSocket>;
  explicit SocketStory(SocketLimits its_limits = {.queue_bytes = 20'000}) : limits(its_limits) {
    topics.bars = hub.add_source();
    handler.principal = person("ada", "s_ada");
    runtime.spawn("serve", http.serve(runtime.listen("desk", 80).value()));
  }

  /// Connected and past its `welcome`, for ada unless `handler.principal` is somebody else.
  Client connect() {
    auto client = connect_only();
    EXPECT_EQ(next(*client)["type"], "welcome");
    return client;
  }
  Client connect_only(net::HttpFields fields = {}) {
    auto client =
        runtime.run(net::connect_websocket(runtime, "ws://desk/api/ws", std::chrono::seconds{5}, {}, std::move(fields)))
            .value();
    EXPECT_TRUE(client) << (client ? "" : client.error().message);
    runtime.run_ready();
    return std::move(*client);
  }
  /// The next message; `{"closed": code}` for the end, null where none comes within `wait`.
  Json next(net::WebSocket& client, Millis wait = std::chrono::seconds{5}) {
    const auto message = runtime.run(runtime.within(wait, client.read()), wait + std::chrono::seconds{1});
    if (!message || !*message) return nullptr;
    if ((*message)->kind == net::WebSocketMessage::Kind::closed) return {{"closed", (*message)->close_code}};
    return Json::parse((*message)->data);
  }
  bool send(net::WebSocket& client, std::string text) {
    const bool sent = runtime.run(client.write_text(text)).value().has_value();
    runtime.run_ready();
    return sent;
  }
  /// Sends `ping` each `every` until the server ends it, `most` times at most; how many were answered.
  int pings_answered(net::WebSocket& client, Millis every, int most) {
    for (int i = 0; i < most; ++i) {
      if (i > 0) runtime.run_for(every);
      send(client, R"({"type":"ping","id":1})");
      Json answer = next(client);
      if (answer["type"] != "pong") {
        last = answer;
        return i;
      }
    }
    return most;
  }
  void subscribe(net::WebSocket& client) {
    send(client, R"({"type":"subscribe","id":1,"channel":"market_data","params":{"symbol":"A","timeframe":"1m"}})");
    EXPECT_EQ(next(client)["type"], "subscribed");
  }
  void publish(int times, std::size_t bytes, Delivery delivery = Delivery::conflatable) {
    for (int i = 0; i < times; ++i) {
      hub.publish(topics.bars, delivery, [&](std::string& out) { out += '"' + std::string(bytes, 'x') + '"'; });
      runtime.run_ready();
    }
  }
  net::SimLinkPtr link() { return runtime.links("desk", 80).at(0); }

  SocketLimits limits;
  NullLogger logger;
  Metrics metrics;
  OneTopic topics;
  Json last;
  net::SimRuntime runtime{logger, {.pipe_bytes = 10'000}};
  Hub hub{{"0.1.0", "practice", "practice", "abc"}, limits, topics, metrics};
  ListedGuests gate;
  SocketServer sockets{runtime, hub, gate, 6, metrics};
  Upgrades handler{sockets};
  net::HttpServer http{runtime, handler, {}};
};

}  // namespace cw::realtime
