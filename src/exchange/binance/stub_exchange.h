#pragma once

// An exchange for tests that says exactly what it is told to say, in a simulated world.

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "exchange/feed.h"
#include "net/http.h"
#include "net/sim_runtime.h"
#include "net/websocket.h"

namespace cw::exchange::binance {

class StubExchange final : public net::HttpHandler {
 public:
  struct Client {
    std::unique_ptr<net::WebSocket> socket;
    std::vector<std::string> heard;
    bool open = true;
  };

  explicit StubExchange(net::SimRuntime& runtime) : runtime_(runtime), server_(runtime, *this, {}) {
    runtime.spawn("stub", server_.serve(std::move(*runtime.listen("exchange", 80))));
  }

  /// Answers REST, and upgrades that are refused.
  std::function<net::HttpResponse(const net::HttpRequest&)> answer = [](const net::HttpRequest&) {
    return net::HttpResponse{.status = 404};
  };
  bool takes_sockets = true;
  /// What is sent back for the subscription with an id.
  std::function<std::string(int)> acknowledge = [](int id) { return fmt::format(R"({{"result":null,"id":{}}})", id); };

  std::vector<std::shared_ptr<Client>> clients;  // in order of connecting
  std::vector<std::pair<Timestamp, std::string>> asked;

  net::Task<net::HttpResponse> handle(net::HttpRequest request) override {
    asked.emplace_back(runtime_.now(), request.target);
    if (request.path() == "/api/v3/time") {
      co_return net::HttpResponse{.body = fmt::format(R"({{"serverTime":{}}})", to_ms(runtime_.now()))};
    }
    co_return answer(request);
  }
  bool wants_upgrade(const net::HttpRequest& request) override {
    return takes_sockets && net::is_websocket_upgrade(request);
  }
  net::Task<void> upgrade(net::HttpRequest request, net::StreamPtr stream, std::string already_read) override {
    auto opened =
        co_await net::accept_websocket(runtime_, std::move(request), std::move(stream), std::move(already_read), {});
    if (!opened) co_return;
    auto client = std::make_shared<Client>();
    client->socket = std::move(*opened);
    clients.push_back(client);
    for (;;) {
      auto message = co_await client->socket->read();
      if (!message || message->kind == net::WebSocketMessage::Kind::closed) break;
      client->heard.push_back(message->data);
      const std::string reply = acknowledge(static_cast<int>(client->heard.size()));
      if (!reply.empty() && !co_await client->socket->write_text(reply)) break;
    }
    client->open = false;
  }

  /// Sends a text to one client.
  void say(std::size_t client, std::string text) { runtime_.spawn("say", send(clients.at(client), std::move(text))); }

  std::size_t open_clients() const {
    std::size_t count = 0;
    for (const auto& client : clients) count += client->open;
    return count;
  }

 private:
  static net::Task<void> send(std::shared_ptr<Client> client, std::string text) {
    (void)co_await client->socket->write_text(text);
  }
  net::SimRuntime& runtime_;
  net::HttpServer server_;
};

inline std::string kline_row(Timestamp open, double price) {
  return fmt::format(R"([{0},"{1}","{1}","{1}","{1}","1",{2},"1",1,"1","1","0"])", to_ms(open), price,
                     to_ms(open) + 59'999);
}

}  // namespace cw::exchange::binance
