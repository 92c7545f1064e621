#include "net/sim_pipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace cw::net {
namespace {

/// One direction of a connection. Shared by its two ends and by the timers of bytes on their way.
struct Flow {
  explicit Flow(SimRuntime& owner) : runtime(owner), readable(owner.loop()), writable(owner.loop()) {}

  struct Segment {
    Timestamp seen_at;
    std::string bytes;
    std::size_t taken = 0;
  };

  SimRuntime& runtime;
  std::deque<Segment> segments;
  std::size_t held = 0;      // bytes written and not read
  Timestamp last_seen_at{};  // of the newest segment: bytes never overtake each other
  bool finished = false;     // the writer ended in good order
  bool reader_closed = false;
  bool writer_closed = false;
  bool cut = false;
  bool stalled = false;
  bool read_cancelled = false;
  Wakeup readable;
  Wakeup writable;

  void notify() {
    readable.notify();
    writable.notify();
  }
};
using FlowPtr = std::shared_ptr<Flow>;

Millis draw_latency(SimRuntime& runtime) {
  const auto& options = runtime.options();
  const auto spread = options.latency_max - options.latency_min;
  if (spread <= Millis{0}) return options.latency_min;
  return options.latency_min + Millis{runtime.random().below(static_cast<std::uint64_t>(spread.count()) + 1)};
}

void wake_reader_at(const FlowPtr& flow, Timestamp when) {
  if (when <= flow->runtime.now()) {
    flow->readable.notify();
    return;
  }
  flow->runtime.add_timer(when, [held = std::weak_ptr(flow)] {
    if (const auto alive = held.lock()) alive->readable.notify();
  });
}

void append(const FlowPtr& flow, std::span<const char> bytes) {
  const auto seen_at = std::max(flow->last_seen_at, flow->runtime.now() + draw_latency(flow->runtime));
  flow->last_seen_at = seen_at;
  flow->held += bytes.size();
  if (!flow->segments.empty() && flow->segments.back().seen_at == seen_at) {
    flow->segments.back().bytes.append(bytes.data(), bytes.size());
    return;
  }
  flow->segments.push_back({seen_at, std::string(bytes.data(), bytes.size())});
  wake_reader_at(flow, seen_at);
}

std::size_t take(Flow& flow, std::span<char> into) {
  std::size_t wanted = into.size();
  if (flow.runtime.options().split_reads) wanted = 1 + flow.runtime.random().below(wanted);
  std::size_t got = 0;
  while (got < wanted && !flow.segments.empty() && flow.segments.front().seen_at <= flow.runtime.now()) {
    auto& segment = flow.segments.front();
    const auto part = std::min(wanted - got, segment.bytes.size() - segment.taken);
    std::memcpy(into.data() + got, segment.bytes.data() + segment.taken, part);
    got += part;
    segment.taken += part;
    if (segment.taken == segment.bytes.size()) flow.segments.pop_front();
  }
  flow.held -= got;
  if (got > 0) flow.writable.notify();
  return got;
}

std::unexpected<Error> was_cancelled() { return fail(Errc::cancelled, "the stream was closed on this side"); }
std::unexpected<Error> was_cut() { return fail(Errc::disconnected, "the connection was lost"); }

class PipeStream final : public Stream {
 public:
  PipeStream(FlowPtr in, FlowPtr out, std::uint64_t id) : in_(std::move(in)), out_(std::move(out)), id_(id) {}
  ~PipeStream() override { PipeStream::close(); }

  Task<Result<std::size_t>> read_some(std::span<char> into) override {
    const auto flow = in_;
    for (;;) {
      if (flow->reader_closed) co_return was_cancelled();
      if (flow->cut) co_return was_cut();
      if (!flow->stalled) {
        if (const auto got = take(*flow, into); got > 0) co_return got;
        if (flow->finished && flow->segments.empty()) co_return std::size_t{0};
      }
      if (!co_await flow->readable.wait() || std::exchange(flow->read_cancelled, false)) co_return was_cancelled();
    }
  }

  void cancel_read() override {
    in_->read_cancelled = in_->readable.has_waiter();
    in_->readable.notify();
  }

  Task<Result<void>> write_both(std::span<const char> head, std::span<const char> body) override {
    const auto flow = out_;
    for (auto bytes : std::array{head, body}) {
      while (!bytes.empty()) {
        if (flow->writer_closed || flow->finished) co_return was_cancelled();
        if (flow->cut || flow->reader_closed) co_return was_cut();
        const auto room = flow->runtime.options().pipe_bytes - std::min(flow->held, flow->runtime.options().pipe_bytes);
        const auto part = std::min(room, bytes.size());
        if (part == 0) {
          if (!co_await flow->writable.wait()) co_return was_cancelled();
          continue;
        }
        append(flow, bytes.first(part));
        bytes = bytes.subspan(part);
      }
    }
    co_return Result<void>{};
  }

  Task<void> finish() override {
    end_writing();
    co_return;
  }

  void close() override {
    if (in_->reader_closed) return;
    in_->reader_closed = true;
    in_->segments.clear();
    in_->held = 0;
    in_->notify();
    end_writing();
    out_->writer_closed = true;
    out_->notify();
  }

  std::string peer() const override { return fmt::format("pipe:{}", id_); }

 private:
  // The end travels behind the bytes and with their delay.
  void end_writing() {
    if (out_->finished || out_->cut) return;
    out_->finished = true;
    wake_reader_at(out_, std::max(out_->last_seen_at, out_->runtime.now()));
  }

  FlowPtr in_;
  FlowPtr out_;
  std::uint64_t id_;
};

class Link final : public SimLink {
 public:
  Link(FlowPtr to_server, FlowPtr to_client, std::uint64_t id)
      : to_server_(std::move(to_server)), to_client_(std::move(to_client)), id_(id) {}

  void cut() override {
    for (const auto& flow : {to_server_, to_client_}) {
      if (flow->cut) continue;
      flow->cut = true;
      flow->segments.clear();
      flow->held = 0;
      flow->notify();
    }
  }
  void stall(SimSide reader, bool stalled) override {
    const auto& flow = reader == SimSide::client ? to_client_ : to_server_;
    flow->stalled = stalled;
    flow->notify();
  }
  bool is_open() const override { return !to_server_->cut && !to_server_->reader_closed && !to_client_->reader_closed; }
  std::uint64_t id() const override { return id_; }

 private:
  FlowPtr to_server_;
  FlowPtr to_client_;
  std::uint64_t id_;
};

}  // namespace

SimPipe make_sim_pipe(SimRuntime& runtime, std::uint64_t id) {
  const auto to_server = std::make_shared<Flow>(runtime);
  const auto to_client = std::make_shared<Flow>(runtime);
  return {std::make_unique<PipeStream>(to_client, to_server, id),
          std::make_unique<PipeStream>(to_server, to_client, id), std::make_shared<Link>(to_server, to_client, id)};
}

}  // namespace cw::net
