// What it costs that somebody asks: the whole of a small request with a token and without, the parts of it, and an
// administrator's list of 10,000 accounts. The folder is made among the system's temporary files and removed again.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "accounts/api_keys.h"
#include "accounts/user_admin.h"
#include "api/account_desk.h"
#include "api/api_handler.h"
#include "base/require.h"
#include "net/sim_runtime.h"
#include "net/system_runtime.h"

namespace {

using namespace cw;  // NOLINT: a program of one file

constexpr int kRequests = 200'000;
constexpr int kAtOnce = 2'000;  // of one kind, before it is the other's turn
constexpr int kUsers = 10'000;
constexpr double kAskedUs = 5;
constexpr double kAskedMs = 100;
constexpr const char* kPassword = "a long enough one";

using Clock = std::chrono::steady_clock;
double us_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}
double median(std::vector<double> of) {
  std::ranges::sort(of);
  return of[of.size() / 2];
}
void line(std::string_view what, std::string_view figure, std::string_view asked = {}) {
  fmt::print("  {:<62} {:>12}   {}\n", what, figure, asked);
}

class NoSocket final : public api::SocketDoor {
 public:
  bool is_full(bool) const override { return true; }
  net::Task<void> serve(net::HttpRequest, net::StreamPtr, std::string, std::optional<accounts::Principal>) override {
    co_return;
  }
};

net::Task<net::HttpResponse> small(const api::Call&) { co_return api::json_response(200, R"({"status":"pass"})"); }

net::HttpRequest request(const std::string& target, const std::string& bearer) {
  net::HttpRequest made{.method = "GET", .target = target};
  made.peer_address = "127.0.0.1";
  made.fields.add("Host", "127.0.0.1");
  made.fields.add("Accept", "application/json");
  made.fields.add("User-Agent", "bench");
  if (!bearer.empty()) made.fields.add("Authorization", "Bearer " + bearer);
  return made;
}

/// A server's inside, with 10,000 accounts, each of which is signed in nowhere but the administrator and one more.
struct World {
  explicit World(const std::filesystem::path& folder)
      : people(
            accounts::Accounts::open(folder, {.password_cost = {.memory_kib = 64, .passes = 1}}, clock, logger, metrics)
                .value()) {
    const accounts::Origin console{.actor = "cli"};
    CW_REQUIRE(accounts::add_user(*people, console, "boss@example.org", records::Role::admin, kPassword));
    CW_REQUIRE(people->store().change([&]() -> Result<accounts::Change> {
      accounts::Change change;
      for (int i = 1; i < kUsers; ++i) {
        change.new_users.push_back(
            accounts::new_user(*people, fmt::format("someone.{}@example.org", i), records::Role::user, ""));
      }
      return change;
    }));
    given = accounts::sign_in(*people, console, {"boss@example.org", kPassword}).value();
    principal = people->authenticate(given.access_token).value();
    key = accounts::create_api_key(*people, console, principal, {"a program", {true, true, true}, {}}).value().text;
  }
  std::vector<api::Route> routes() {
    std::vector<api::Route> all = api::admin_routes(desk);
    all.push_back({"/api/free", {}, small, accounts::Access::open});
    all.push_back({"/api/guarded", {}, small, accounts::Access::read});
    return all;
  }

  NullLogger logger;
  Metrics metrics;
  SystemClock clock;
  std::unique_ptr<accounts::Accounts> people;
  accounts::SignedIn given;
  accounts::Principal principal;
  std::string key;
  accounts::SocketTickets tickets;
  api::Gate gate{*people, tickets, ""};
  api::Door door{{}};
  net::SystemRuntime runtime{logger};
  api::WorkerPool pool{"bench", 1, 8, metrics};
  api::AccountDesk desk{*people, tickets, door, runtime, pool, pool, {}};
  NoSocket socket;
  api::ApiHandler handler{runtime, door, gate, routes(), {}, socket, {{1e9, 1e9}, {1e9, 1e9}, {1e9, 1e9}}, metrics};
};

/// Microseconds of one request, of `kAtOnce` in a row.
double ask(World& world, const net::HttpRequest& asked) {
  net::SimRuntime loop{world.logger, {}};
  const auto all = [&]() -> net::Task<double> {
    const auto start = Clock::now();
    for (int i = 0; i < kAtOnce; ++i) {
      const auto response = co_await world.handler.handle(asked);
      CW_REQUIRE(response.status == 200);
    }
    co_return us_since(start) / kAtOnce;
  };
  return loop.run(all()).value();
}

bool measure_requests(World& world) {
  std::vector<double> free, by_token, by_key;
  for (int round = 0; round < kRequests / kAtOnce; ++round) {
    free.push_back(ask(world, request("/api/free", "")));
    by_token.push_back(ask(world, request("/api/guarded", world.given.access_token)));
    by_key.push_back(ask(world, request("/api/guarded", world.key)));
  }
  const double token_costs = median(by_token) - median(free), key_costs = median(by_key) - median(free);
  fmt::print("a small GET inside the server, {} of each kind in turns of {}, medians\n", kRequests, kAtOnce);
  line("without a token, where anybody may", fmt::format("{:.2f} us", median(free)));
  line("with an access token", fmt::format("{:.2f} us", median(by_token)));
  line("with an API key", fmt::format("{:.2f} us", median(by_key)));
  line("what the access token costs", fmt::format("{:.2f} us", token_costs), fmt::format("(asked: < {} us)", kAskedUs));
  line("what the API key costs", fmt::format("{:.2f} us", key_costs), fmt::format("(asked: < {} us)", kAskedUs));
  return token_costs < kAskedUs && key_costs < kAskedUs;
}

double best_us_each(const std::function<bool()>& what) {
  double best = 1e9;
  for (int round = 0; round < 9; ++round) {
    const auto start = Clock::now();
    for (int i = 0; i < 20'000; ++i) CW_REQUIRE(what());
    best = std::min(best, us_since(start) / 20'000);
  }
  return best;
}

void measure_parts(World& world) {
  const accounts::Accounts& people = *world.people;
  const auto& who = world.principal;
  const Timestamp now = people.now();
  const auto figure = [](double us) { return fmt::format("{:.2f} us", us); };
  fmt::print("its parts, the best of 9 rounds\n");
  line("Accounts::authenticate, an access token",
       figure(best_us_each([&] { return people.authenticate(world.given.access_token).has_value(); })));
  line("Accounts::authenticate, an API key",
       figure(best_us_each([&] { return people.authenticate(world.key).has_value(); })));
  line("AccountBook::person alone", figure(best_us_each([&] {
         return people.book().person(who.user->id, who.session->id, who.user->token_version, now).has_value();
       })));
  line("AccountBook::still_holds, for a socket's message",
       figure(best_us_each([&] { return people.book().still_holds(who, now); })));
}

bool measure_list(World& world) {
  const auto asked = request(fmt::format("/api/admin/users?limit={}", kUsers), world.given.access_token);
  auto sent = asked;
  sent.fields.remove("Host");  // the client writes its own
  net::HttpServer server{world.runtime, world.handler, {}};
  auto listener = world.runtime.listen("127.0.0.1", 0).value();
  net::HttpClient client{world.runtime, {"127.0.0.1", listener->port(), false}, std::chrono::seconds{10}};
  world.runtime.spawn("server", server.serve(std::move(listener)));
  std::vector<double> memory, inside, over_http;
  std::size_t bytes = 0;
  const auto all = [&]() -> net::Task<void> {
    for (int round = 0; round < 21; ++round) {
      auto start = Clock::now();
      CW_REQUIRE(world.people->book().list({}, {}, kUsers).items.size() == kUsers);
      memory.push_back(us_since(start) / 1'000);
      start = Clock::now();
      const auto answered = co_await world.handler.handle(asked);
      inside.push_back(us_since(start) / 1'000);
      start = Clock::now();
      const auto response = co_await client.send(sent);
      over_http.push_back(us_since(start) / 1'000);
      CW_REQUIRE(response && response->status == 200 && response->body == answered.body);
      bytes = response->body.size();
    }
    world.runtime.stop();
  };
  world.runtime.spawn("client", all());
  world.runtime.run();
  fmt::print("{} accounts listed on one page of {} KB, medians of 21\n", kUsers, bytes / 1'024);
  line("in memory", fmt::format("{:.2f} ms", median(memory)));
  line("as the answer of the handler", fmt::format("{:.2f} ms", median(inside)));
  line("over HTTP on loopback, client and server on one thread", fmt::format("{:.2f} ms", median(over_http)),
       fmt::format("(asked: < {} ms)", kAskedMs));
  return median(over_http) < kAskedMs;
}

bool measure(const std::filesystem::path& folder) {
  World world{folder};
  const bool requests_hold = measure_requests(world);
  measure_parts(world);
  const bool list_holds = measure_list(world);
  return requests_hold && list_holds;
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("bench-auth-{}", ::getpid());
  std::filesystem::create_directories(folder);
  const bool holds = measure(folder);
  std::filesystem::remove_all(folder);
  return holds ? 0 : 1;
}
