#pragma once

// The exchange in a simulated world, and a client that reads its JSON with another library than the one that wrote it.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/number.h"
#include "exchange/practice/generated_market.h"
#include "exchange/practice/practice_exchange.h"
#include "net/http.h"
#include "net/sim_runtime.h"
#include "net/websocket.h"

namespace cw::exchange::practice {

using Json = nlohmann::json;

inline constexpr std::int64_t kToday = 20'400;

inline PracticeSettings settings_at(Timestamp start) {
  PracticeSettings settings;
  settings.start = start;
  return settings;
}

struct World {
  explicit World(PracticeSettings wanted = settings_at(start_of_day(kToday) + kMinute * 600),
                 std::unique_ptr<MarketSource> source = nullptr)
      : settings(std::move(wanted)) {
    if (!source) source = std::make_unique<GeneratedMarket>(42, start_of_day(kToday - 20));
    exchange = std::make_unique<PracticeExchange>(runtime, settings, std::move(source), metrics);
    runtime.spawn("serve", exchange->serve(std::move(*runtime.listen("exchange", 80))));
    runtime.spawn("serve", exchange->serve(std::move(*runtime.listen("127.0.0.1", 80))));
  }

  /// Runs `work` to its end and lets no more time pass than it takes.
  template <class T>
  std::optional<T> run(net::Task<T> work) {
    auto answer = std::make_shared<std::optional<T>>();
    runtime.spawn("work", keep(std::move(work), answer));
    for (int ms = 0; ms < 60'000; ++ms) {
      runtime.run_ready();
      if (*answer) break;
      runtime.run_for(Millis{1});
    }
    return std::move(*answer);
  }

  net::HttpResponse send(net::HttpRequest request) { return send_by(client, std::move(request)); }
  /// As somebody of this machine does.
  net::HttpResponse order(std::string method, std::string target, std::string body = {}) {
    return send_by(local, {.method = std::move(method), .target = std::move(target), .body = std::move(body)});
  }
  net::HttpResponse send_by(net::HttpClient& by, net::HttpRequest request) {
    auto answer = run(by.send(std::move(request)));
    EXPECT_TRUE(answer && *answer) << (answer ? answer->error().message : "no answer");
    return answer && *answer ? **answer : net::HttpResponse{};
  }
  net::HttpResponse get(std::string target) { return send({.target = std::move(target)}); }
  Json get_json(std::string target) { return Json::parse(get(std::move(target)).body, nullptr, false); }

  std::uint64_t mischief(std::string_view kind) {
    return metrics.counter("candlewick_practice_mischief_total", "", {{"kind", std::string(kind)}}).value();
  }

  template <class T>
  static net::Task<void> keep(net::Task<T> work, std::shared_ptr<std::optional<T>> answer) {
    answer->emplace(co_await std::move(work));
  }

  NullLogger logger;
  Metrics metrics;
  net::SimRuntime runtime{logger, net::SimOptions{.start = from_ms(1'800'000'000'000)}};
  PracticeSettings settings;
  std::unique_ptr<PracticeExchange> exchange;
  net::HttpClient client{runtime, {"exchange", 80}, Millis{60'000}};
  net::HttpClient local{runtime, {"127.0.0.1", 80}, Millis{60'000}};
};

/// A WebSocket client that keeps what it hears.
class Listener {
 public:
  Listener(World& world, std::string target, bool reads = true) : world_(world) {
    auto opened = world.run(
        net::connect_websocket(world.runtime, "ws://exchange:80" + target, Millis{5'000}, net::WebSocketLimits{}));
    EXPECT_TRUE(opened && *opened) << (opened ? opened->error().message : "no answer");
    if (!opened || !*opened) return;
    socket_ = std::move(**opened);
    if (reads) world.runtime.spawn("listen", listen(socket_, heard_));
  }

  void say(const std::string& text) {
    const auto said = world_.run(socket_->write_text(text));
    EXPECT_TRUE(said.has_value());
  }

  struct Heard {
    std::vector<std::string> texts;
    bool ended = false;
    std::uint16_t close_code = 0;
    std::string close_reason;
  };
  const Heard& heard() const { return *heard_; }
  std::vector<Json> messages() const {
    std::vector<Json> found;
    for (const std::string& text : heard_->texts) found.push_back(Json::parse(text, nullptr, false));
    return found;
  }
  /// Events of a combined stream, without their envelope.
  std::vector<Json> events(const std::string& stream) const {
    std::vector<Json> found;
    for (const Json& message : messages()) {
      if (message.is_object() && message.value("stream", "") == stream) found.push_back(message["data"]);
    }
    return found;
  }

 private:
  static net::Task<void> listen(std::shared_ptr<net::WebSocket> socket, std::shared_ptr<Heard> heard) {
    for (;;) {
      auto message = co_await socket->read();
      if (!message) break;
      if (message->kind == net::WebSocketMessage::Kind::closed) {
        heard->close_code = message->close_code;
        heard->close_reason = message->data;
        break;
      }
      heard->texts.push_back(std::move(message->data));
    }
    heard->ended = true;
  }

  World& world_;
  std::shared_ptr<net::WebSocket> socket_;
  std::shared_ptr<Heard> heard_ = std::make_shared<Heard>();
};

inline double number(const Json& text) {
  const auto value = parse_double(text.get<std::string>());
  EXPECT_TRUE(value) << text;
  return value.value_or(0);
}

/// A REST row as a candle.
inline market::Candle candle_of_row(const Json& row) {
  return {from_ms(row[0].get<std::int64_t>()),
          number(row[1]),
          number(row[2]),
          number(row[3]),
          number(row[4]),
          number(row[5])};
}
/// A kline event's bar as a candle.
inline market::Candle candle_of_event(const Json& event) {
  const Json& k = event["k"];
  return {from_ms(k["t"].get<std::int64_t>()),
          number(k["o"]),
          number(k["h"]),
          number(k["l"]),
          number(k["c"]),
          number(k["v"])};
}

}  // namespace cw::exchange::practice
