#include "net/http_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <optional>

#include "net/http_text.h"

namespace cw::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr std::size_t kMaxFields = 100;
constexpr std::size_t kReserveBytes = 64 * 1024;  // a claimed length is believed only so far

std::string_view view(string_view text) { return {text.data(), text.size()}; }

/// Beast's parser writing into our message. `Message` is HttpRequest or HttpResponse.
template <bool is_request, class Message>
class Core final : public http::basic_parser<is_request> {
 public:
  Message message;
  bool too_many_fields = false;

 private:
  void on_request_impl(http::verb, string_view method, string_view target, int version, error_code&) override {
    if constexpr (is_request) {
      message.method = view(method);
      message.target = view(target);
      message.is_http_1_0 = version == 10;
    }
  }
  void on_response_impl(int status, string_view, int, error_code&) override {
    if constexpr (!is_request) message.status = status;
  }
  void on_field_impl(http::field, string_view name, string_view value, error_code& ec) override {
    if (this->is_header_done()) return;  // trailers are read and dropped
    if (message.fields.all().size() >= kMaxFields) {
      too_many_fields = true;
      ec = http::error::header_limit;
      return;
    }
    message.fields.add(view(name), std::string(view(value)));
  }
  void on_header_impl(error_code& ec) override { ec = {}; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& ec) override {
    if (length) message.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, kReserveBytes)));
    ec = {};
  }
  std::size_t on_body_impl(string_view body, error_code& ec) override {
    message.body.append(body.data(), body.size());
    ec = {};
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code& ec) override { ec = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) override {
    return on_body_impl(body, ec);
  }
  void on_finish_impl(error_code& ec) override { ec = {}; }
};

bool has_folded_line(std::string_view header) {
  for (auto at = header.find("\r\n"); at != std::string_view::npos && at + 2 < header.size();
       at = header.find("\r\n", at + 2)) {
    if (header[at + 2] == ' ' || header[at + 2] == '\t') return true;
  }
  return false;
}

bool has_bare_line_feed(std::string_view header) {
  for (auto at = header.find('\n'); at != std::string_view::npos; at = header.find('\n', at + 1)) {
    if (at == 0 || header[at - 1] != '\r') return true;
  }
  return false;
}

bool is_valid_host(std::string_view host) {
  return std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_:[]~%").find(c) != std::string_view::npos;
  });
}

std::optional<HttpFault> check_lengths(const HttpFields& fields, bool is_http_1_0) {
  const auto codings = fields.count("Transfer-Encoding");
  const auto lengths = fields.count("Content-Length");
  if (codings > 0 && (lengths > 0 || is_http_1_0)) {
    return HttpFault{400, "bad_request",
                     "Transfer-Encoding and Content-Length cannot go together, nor the former with HTTP/1.0"};
  }
  if (codings > 1 || (codings == 1 && !equal_without_case(fields.get("Transfer-Encoding"), "chunked"))) {
    return HttpFault{400, "bad_request", "the only Transfer-Encoding understood here is 'chunked'"};
  }
  const auto length = fields.get("Content-Length");
  if (lengths > 1 || (lengths == 1 && !std::ranges::all_of(length, [](char c) { return c >= '0' && c <= '9'; }))) {
    return HttpFault{400, "bad_request", "Content-Length must be given once, as a plain number"};
  }
  return std::nullopt;
}

/// What Beast lets through and two readers could understand in two ways.
std::optional<HttpFault> check_request(HttpRequest& request, const HttpLimits& limits) {
  if (request.target.size() > limits.target_bytes) {
    return HttpFault{414, "uri_too_long", "the address of the request is too long"};
  }
  if (auto fault = check_lengths(request.fields, request.is_http_1_0)) return fault;
  const auto hosts = request.fields.count("Host");
  if (hosts > 1 || (hosts == 0 && !request.is_http_1_0) || !is_valid_host(request.fields.get("Host"))) {
    return HttpFault{400, "bad_request", "a request needs exactly one valid Host field"};
  }
  if (const auto scheme_end = request.target.find("://");
      scheme_end != std::string::npos && !request.target.starts_with('/')) {
    const auto path = request.target.find_first_of("/?", scheme_end + 3);
    // RFC 9112 3.2.2: the target's own host replaces what the Host field says.
    auto host = request.target.substr(scheme_end + 3, path == std::string::npos ? path : path - scheme_end - 3);
    if (host.empty() || !is_valid_host(host)) {
      return HttpFault{400, "bad_request", "the address of the request names no valid host"};
    }
    request.fields.set("Host", std::move(host));
    auto rest = path == std::string::npos ? "/" : request.target.substr(path);
    request.target = rest.starts_with('/') ? std::move(rest) : "/" + rest;
  }
  if (!request.target.starts_with('/') && !(request.target == "*" && request.method == "OPTIONS")) {
    return HttpFault{400, "bad_request", "the address of the request must begin with '/'"};
  }
  return std::nullopt;
}

HttpFault fault_of(const error_code& ec, bool header_done) {
  if (ec == http::error::header_limit) return {431, "headers_too_large", "the header of the request is too large"};
  if (ec == http::error::body_limit) return {413, "payload_too_large", "the body of the request is too large"};
  if (ec == http::error::bad_version) return {400, "bad_request", "the request's first line is not one of HTTP/1.1"};
  if (ec == http::error::bad_chunk || ec == http::error::bad_chunk_extension) {
    return {400, "bad_request", "a chunk of the body is malformed"};
  }
  if (ec == http::error::bad_content_length || ec == http::error::multiple_content_length ||
      ec == http::error::bad_transfer_encoding) {
    return {400, "bad_request", "the fields that say how long the body is are malformed or contradict each other"};
  }
  return {400, "bad_request",
          header_done ? "the body of the request is malformed" : "the header of the request is malformed"};
}

constexpr std::size_t kLastChunkBytes = 5;  // "0\r\n\r\n"

/// The part that both directions share.
template <bool is_request, class Message>
struct Reader {
  std::optional<Core<is_request, Message>> core;
  HttpFault fault;
  bool has_begun = false;
  bool header_told = false;
  bool failed = false;
  std::size_t header_bytes = 0;
  std::size_t header_used = 0;

  void begin(std::size_t header_limit, std::uint64_t body_limit) {
    core.emplace();
    core->header_limit(static_cast<std::uint32_t>(header_limit));
    core->body_limit(body_limit);
    core->eager(false);
    header_bytes = header_limit;
    header_used = 0;
    has_begun = header_told = failed = false;
  }

  HttpParse fail(HttpFault why) {
    failed = true;
    fault = why;
    return HttpParse::failed;
  }

  HttpParse feed(std::string_view input, std::size_t& used) {
    used = 0;
    if (failed) return HttpParse::failed;
    if (core->is_done()) return HttpParse::done;
    while (used < input.size()) {
      const auto rest = input.substr(used);
      const bool in_header = !core->is_header_done();
      has_begun = true;
      // A body that is nothing but its last chunk is five bytes at least, and Beast 1.81 asserts that it is shown so many
      // once it has seen that chunk's first line; it is not asked about fewer.
      if (!in_header && core->chunked() && rest.size() < kLastChunkBytes && rest.front() == '0')
        return HttpParse::need_more;
      error_code ec;
      const auto taken = core->put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
      used += taken;
      if (in_header) header_used += taken;
      if (in_header && has_folded_line(rest.substr(0, taken))) {
        return fail({400, "bad_request", "a header line is folded; that form is not in use any more"});
      }
      if (header_used > header_bytes) return fail(fault_of(http::error::header_limit, false));
      if (ec == http::error::need_more) {
        if (in_header && has_bare_line_feed(rest.substr(taken)))
          return fail(fault_of({}, false));  // Beast would wait on
        // A line of a chunk, or trailers, that does not end.
        if (rest.size() - taken > header_bytes) return fail(fault_of(http::error::header_limit, true));
        return HttpParse::need_more;
      }
      if (ec) return fail(fault_of(ec, core->is_header_done()));
      if (core->is_header_done() && !header_told) {
        header_told = true;
        core->eager(true);
        return HttpParse::header;
      }
      if (core->is_done()) return HttpParse::done;
    }
    return HttpParse::need_more;
  }
};

}  // namespace

struct HttpRequestParser::Impl : Reader<true, HttpRequest> {
  HttpLimits limits;
};

HttpRequestParser::HttpRequestParser(const HttpLimits& limits) : impl_(std::make_unique<Impl>()) {
  impl_->limits = limits;
  next_message();
}
HttpRequestParser::~HttpRequestParser() = default;

void HttpRequestParser::next_message() { impl_->begin(impl_->limits.header_bytes, impl_->limits.body_bytes); }

HttpParse HttpRequestParser::feed(std::string_view input, std::size_t& used) {
  const auto parsed = impl_->feed(input, used);
  if (parsed != HttpParse::header) return parsed;
  if (const auto fault = check_request(impl_->core->message, impl_->limits)) return impl_->fail(*fault);
  return parsed;
}

bool HttpRequestParser::has_begun() const { return impl_->has_begun; }
bool HttpRequestParser::is_done() const { return !impl_->failed && impl_->core->is_done(); }
HttpRequest& HttpRequestParser::request() { return impl_->core->message; }
const HttpFault& HttpRequestParser::fault() const { return impl_->fault; }
bool HttpRequestParser::keep_alive() const { return impl_->core->keep_alive(); }
bool HttpRequestParser::expects_continue() const {
  const auto& request = impl_->core->message;
  return !request.is_http_1_0 && !impl_->core->is_done() && request.fields.has_token("Expect", "100-continue");
}

struct HttpResponseParser::Impl : Reader<false, HttpResponse> {
  std::size_t limit_header = 0;
  std::size_t limit_body = 0;
};

HttpResponseParser::HttpResponseParser(std::size_t header_bytes, std::size_t body_bytes)
    : impl_(std::make_unique<Impl>()) {
  impl_->limit_header = header_bytes;
  impl_->limit_body = body_bytes;
  next_message(false);
}
HttpResponseParser::~HttpResponseParser() = default;

void HttpResponseParser::next_message(bool answers_head) {
  impl_->begin(impl_->limit_header, impl_->limit_body);
  impl_->core->skip(answers_head);
}

HttpParse HttpResponseParser::feed(std::string_view input, std::size_t& used) {
  const auto parsed = impl_->feed(input, used);
  if (parsed != HttpParse::header) return parsed;
  if (const auto fault = check_lengths(impl_->core->message.fields, false)) return impl_->fail(*fault);
  return parsed;
}

HttpParse HttpResponseParser::feed_end() {
  if (impl_->failed || !impl_->has_begun) return HttpParse::failed;
  error_code ec;
  impl_->core->put_eof(ec);
  if (ec) return impl_->fail({400, "bad_request", "the answer ended before it was complete"});
  return HttpParse::done;
}

bool HttpResponseParser::has_begun() const { return impl_->has_begun; }
bool HttpResponseParser::is_done() const { return !impl_->failed && impl_->core->is_done(); }
HttpResponse& HttpResponseParser::response() { return impl_->core->message; }
const HttpFault& HttpResponseParser::fault() const { return impl_->fault; }
bool HttpResponseParser::keep_alive() const { return impl_->core->keep_alive(); }

}  // namespace cw::net
