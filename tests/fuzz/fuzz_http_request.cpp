// A whole server on any bytes, in virtual time: it never crashes or hangs, answers only well-formed HTTP, and the request
// parser reads the same whatever the pieces. The first byte of the input chooses how the bytes are cut.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/require.h"
#include "net/http.h"
#include "net/http_parser.h"
#include "net/sim_runtime.h"
#include "net/websocket.h"

namespace {

using namespace cw::net;

const HttpLimits kLimits{.target_bytes = 200, .header_bytes = 1'000, .body_bytes = 500};

class Echo final : public HttpHandler {
 public:
  Task<HttpResponse> handle(HttpRequest request) override {
    CW_REQUIRE(request.body.size() <= kLimits.body_bytes && request.target.size() <= kLimits.target_bytes);
    (void)request.query("a");
    HttpResponse response;
    response.body = std::move(request.body);
    co_return response;
  }
  bool wants_upgrade(const HttpRequest& request) override { return is_websocket_upgrade(request); }
};

Task<void> read_all(Stream& stream, std::string& into) {
  for (;;) {
    std::string piece(2'048, ' ');
    const auto got = co_await stream.read_some(piece);
    if (!got || *got == 0) co_return;
    into.append(piece, 0, *got);
  }
}

Task<void> send(Runtime& runtime, std::string_view bytes, std::size_t piece, std::string& answers) {
  auto stream = (co_await runtime.connect({"desk", 80}, cw::Millis{1'000})).value();
  auto* raw = stream.get();
  TaskGroup reader(runtime);
  reader.spawn("read", read_all(*raw, answers));
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    if (!co_await raw->write(part)) break;
  }
  co_await raw->finish();
  co_await reader.join();
}

/// The messages that a parser finds, and how it ends.
std::string story_of(std::string_view input, std::size_t piece) {
  HttpRequestParser parser(kLimits);
  std::string story;
  std::string buffer;
  while (!input.empty()) {
    buffer += input.substr(0, piece);
    input.remove_prefix(std::min(piece, input.size()));
    for (bool stuck = false; !stuck && !buffer.empty();) {
      std::size_t used = 0;
      const auto parsed = parser.feed(buffer, used);
      CW_REQUIRE(used <= buffer.size());
      buffer.erase(0, used);
      if (parsed == HttpParse::failed) return story + "failed";
      if (parser.is_done()) {
        story += parser.request().method + " " + parser.request().target + " " + parser.request().body + "\n";
        for (const auto& [name, value] : parser.request().fields.all()) story += name + ":" + value + "\n";
        parser.next_message();
        continue;
      }
      stuck = parsed == HttpParse::need_more;
    }
  }
  return story;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t piece = data[0] == 0 ? input.size() : data[0];

  cw::NullLogger logger;
  SimRuntime runtime(logger, {.seed = size});
  Echo handler;
  HttpServer server(runtime, handler, kLimits);
  runtime.spawn("serve", server.serve(runtime.listen("desk", 80).value()));
  std::string answers;
  runtime.spawn("send", send(runtime, input, piece, answers));
  runtime.run_for(std::chrono::minutes{5});
  CW_REQUIRE(server.open_connections() == 0);
  CW_REQUIRE(answers.empty() || answers.starts_with("HTTP/1.1 "));

  // In pieces a refusal may come before the whole is seen, never another request.
  const auto whole = story_of(input, input.size());
  const auto in_pieces = story_of(input, piece);
  const auto requests = [](std::string_view story) {
    return story.ends_with("failed") ? story.substr(0, story.size() - 6) : story;
  };
  CW_REQUIRE(requests(whole) == requests(in_pieces));
  return 0;
}
