#include "exchange/practice/answer_cutter.h"

#include <algorithm>
#include <utility>

namespace cw::exchange::practice {
namespace {

class CutStream final : public net::Stream {
 public:
  CutStream(net::StreamPtr inner, std::shared_ptr<AnswerCutter> cutter)
      : inner_(std::move(inner)), cutter_(std::move(cutter)), peer_(inner_->peer()) {}
  ~CutStream() override { (void)cutter_->take(peer_); }

  net::Task<Result<std::size_t>> read_some(std::span<char> into) override { return inner_->read_some(into); }
  void cancel_read() override { inner_->cancel_read(); }
  net::Task<Result<void>> write_both(std::span<const char> head, std::span<const char> body) override {
    const auto share = cutter_->take(peer_);
    if (!share) co_return co_await inner_->write_both(head, body);
    const auto kept = static_cast<std::size_t>(*share * static_cast<double>(head.size() + body.size()));
    const std::size_t of_head = std::min(kept, head.size());
    const auto sent = co_await inner_->write_both(head.first(of_head), body.first(kept - of_head));
    if (!sent) co_return pass_on(sent);
    co_return fail(Errc::disconnected, "the answer was cut on purpose");
  }
  net::Task<void> finish() override { return inner_->finish(); }
  void close() override { inner_->close(); }
  std::string peer() const override { return peer_; }
  bool is_tls() const override { return inner_->is_tls(); }

 private:
  net::StreamPtr inner_;
  std::shared_ptr<AnswerCutter> cutter_;
  std::string peer_;
};

class CutListener final : public net::Listener {
 public:
  CutListener(std::unique_ptr<net::Listener> inner, std::shared_ptr<AnswerCutter> cutter)
      : inner_(std::move(inner)), cutter_(std::move(cutter)) {}

  net::Task<Result<net::StreamPtr>> accept() override {
    auto stream = co_await inner_->accept();
    if (!stream) co_return pass_on(stream);
    co_return net::StreamPtr(std::make_unique<CutStream>(std::move(*stream), cutter_));
  }
  std::uint16_t port() const override { return inner_->port(); }
  void close() override { inner_->close(); }

 private:
  std::unique_ptr<net::Listener> inner_;
  std::shared_ptr<AnswerCutter> cutter_;
};

}  // namespace

std::optional<double> AnswerCutter::take(std::string_view peer) {
  const auto found = due_.find(peer);
  if (found == due_.end()) return std::nullopt;
  const double share = found->second;
  due_.erase(found);
  return share;
}

std::unique_ptr<net::Listener> with_cutter(std::unique_ptr<net::Listener> listener,
                                           std::shared_ptr<AnswerCutter> cutter) {
  return std::make_unique<CutListener>(std::move(listener), std::move(cutter));
}

}  // namespace cw::exchange::practice
