#include "app/serve/practice_host.h"

#include <boost/asio/post.hpp>

#include <future>
#include <utility>

#include <fmt/format.h>

namespace cw::app {

namespace practice = exchange::practice;

Result<std::unique_ptr<PracticeHost>> PracticeHost::start(practice::PracticeOptions options,
                                                          std::unique_ptr<practice::CandleSource> stored,
                                                          Logger& logger, Metrics& metrics) {
  std::unique_ptr<PracticeHost> host{new PracticeHost{logger}};
  const auto listening = std::make_shared<std::promise<Result<void>>>();
  auto is_listening = listening->get_future();
  host->thread_ = std::thread{
      [&host = *host, &metrics, listening, options = std::move(options), stored = std::move(stored)]() mutable {
        bool told = false;
        // Named: a coroutine of a lambda must not outlive the lambda.
        const auto serve = [&]() -> net::Task<void> {
          const auto served =
              co_await practice::run_practice(host.runtime_, std::move(options), std::move(stored), metrics,
                                              [&](practice::PracticeExchange& exchange, std::uint16_t port) {
                                                host.exchange_ = &exchange;
                                                host.port_ = port;
                                                told = true;
                                                listening->set_value({});
                                              });
          host.exchange_ = nullptr;
          if (!told)
            listening->set_value(served ? Result<void>{fail(Errc::internal, "the practice exchange ended at once")}
                                        : Result<void>{pass_on(served)});
          host.runtime_.stop();
        };
        host.runtime_.spawn("practice exchange", serve());
        host.runtime_.run();
      }};
  if (const auto began = is_listening.get(); !began) return pass_on(began);
  return host;
}

PracticeHost::~PracticeHost() { stop(); }

std::string PracticeHost::rest_url() const { return fmt::format("http://127.0.0.1:{}", port_); }
std::string PracticeHost::ws_url() const { return fmt::format("ws://127.0.0.1:{}", port_); }

void PracticeHost::stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(runtime_.loop(), [this] {
    if (exchange_ != nullptr) runtime_.spawn("practice exchange stop", exchange_->stop());
  });
  thread_.join();
}

}  // namespace cw::app
