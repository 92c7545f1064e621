#include "net/resolver.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <optional>
#include <thread>

#include "net/system_runtime.h"

namespace cw::net {
namespace {

using boost::asio::ip::tcp;

const Addresses kSome{tcp::endpoint(boost::asio::ip::make_address("192.0.2.1"), 80)};

/// A name server that is silent until `answer`.
struct SilentServer {
  std::promise<void> may_answer;
  std::shared_future<void> allowed{may_answer.get_future()};
  LookUp look_up() const {
    return [allowed = allowed](const std::string&, std::uint16_t) -> Result<Addresses> {
      allowed.wait();
      return Addresses{};
    };
  }
  ~SilentServer() { may_answer.set_value(); }
};

Result<Addresses> run(SystemRuntime& runtime, Task<Result<Addresses>> work) {
  std::optional<Result<Addresses>> answer;
  const auto running = [](Task<Result<Addresses>> its_work, std::optional<Result<Addresses>>& into) -> Task<void> {
    into = co_await std::move(its_work);
  };
  runtime.spawn("resolve", running(std::move(work), answer));
  runtime.run();
  return answer.value_or(fail(Errc::internal, "the loop ended before the answer"));
}

TEST(Resolve, GivesWhatTheLookUpFoundOrItsError) {
  NullLogger logger;
  SystemRuntime runtime(logger);
  const auto found = run(runtime, resolve(runtime, "desk.example", 80, [](const std::string& host, std::uint16_t port) {
                           EXPECT_EQ(host, "desk.example");
                           EXPECT_EQ(port, 80);
                           return Result<Addresses>(kSome);
                         }));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, kSome);
  const auto failed = run(runtime, resolve(runtime, "desk.example", 80, [](const std::string&, std::uint16_t) {
                            return Result<Addresses>(fail(Errc::not_found, "no such name"));
                          }));
  EXPECT_EQ(failed.error().code, Errc::not_found);
}

TEST(Resolve, TakesALiteralAddressWithoutALookUp) {
  NullLogger logger;
  SystemRuntime runtime(logger);
  const auto found = run(runtime, resolve(runtime, "192.0.2.1", 80, [](const std::string&, std::uint16_t) {
                           ADD_FAILURE() << "looked up";
                           return Result<Addresses>(fail(Errc::internal, ""));
                         }));
  EXPECT_EQ(*found, kSome);
}

TEST(Resolve, EndsWithItsTimeLimitHoweverLongTheLookUpTakes) {
  const SilentServer silent;
  NullLogger logger;
  {
    SystemRuntime runtime(logger);
    const auto found = run(runtime, runtime.within(Millis{1}, resolve(runtime, "a.example", 80, silent.look_up())));
    EXPECT_EQ(found.error().code, Errc::timed_out);
    // Another name is not held up by the first.
    const auto next = run(runtime, resolve(runtime, "b.example", 80,
                                           [](const std::string&, std::uint16_t) { return Result<Addresses>(kSome); }));
    EXPECT_TRUE(next);
  }  // the runtime dies while the look-up is still under way
}

TEST(Resolve, ADyingLoopLeavesTheLookUpBehind) {
  const SilentServer silent;
  NullLogger logger;
  SystemRuntime runtime(logger);
  const auto waiting = [&]() -> Task<void> {
    (void)co_await resolve(runtime, "a.example", 80, silent.look_up());
    ADD_FAILURE() << "nobody answered";
  };
  runtime.spawn("wait", waiting());
  runtime.loop().poll();
}

TEST(Resolve, RefusesMoreThanSixteenThatHaveNoAnswerUntilTheyEnd) {
  NullLogger logger;
  int busy = 0;
  SystemRuntime runtime(logger);
  const auto asking = [&](LookUp look_up) -> Task<void> {
    const auto found = co_await resolve(runtime, "a.example", 80, std::move(look_up));
    if (!found && found.error().code == Errc::busy) ++busy;
  };
  {
    const SilentServer silent;
    for (int i = 0; i < 17; ++i) runtime.spawn("ask", asking(silent.look_up()));
    runtime.loop().poll();
    EXPECT_GE(busy, 1);
  }
  runtime.run();  // their answers
  const auto quick = [](const std::string&, std::uint16_t) { return Result<Addresses>(kSome); };
  auto found = run(runtime, resolve(runtime, "b.example", 80, quick));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!found && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
    found = run(runtime, resolve(runtime, "b.example", 80, quick));
  }
  EXPECT_TRUE(found) << found.error().message;
}

}  // namespace
}  // namespace cw::net
