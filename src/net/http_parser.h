#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/http.h"

namespace cw::net {

/// Why a message was refused: the answer's status, the problem's code and a sentence.
struct HttpFault {
  int status = 400;
  std::string_view code;
  std::string_view detail;
};

/// What a parser stands at.
enum class HttpParse {
  need_more,  // all of the input is used up
  header,     // the header is complete; once a message
  done,       // the message is complete
  failed      // see `fault`
};

/// Reads requests from any pieces of a connection, one after the other (`next_message` between them). On Beast's parser,
/// stricter where messages could be read in two ways (RFC 9112): both length fields, several or odd ones, an unknown
/// transfer coding, folded lines, a missing or second Host.
class HttpRequestParser {
 public:
  explicit HttpRequestParser(const HttpLimits& limits);
  ~HttpRequestParser();

  void next_message();
  /// Reads from `input` and says in `used` how much of it; give the rest again with more behind it. The unused part of a
  /// header, and of a chunk's line, must be given again whole.
  HttpParse feed(std::string_view input, std::size_t& used);
  bool has_begun() const;  // any byte of this message was seen
  bool is_done() const;
  HttpRequest& request();
  const HttpFault& fault() const;
  bool keep_alive() const;
  bool expects_continue() const;  // asks for 100 before it sends the body

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Reads responses. A body without a length ends with the stream (`feed_end`).
class HttpResponseParser {
 public:
  HttpResponseParser(std::size_t header_bytes, std::size_t body_bytes);
  ~HttpResponseParser();

  void next_message(bool answers_head);
  HttpParse feed(std::string_view input, std::size_t& used);
  /// The stream has ended: done or failed.
  HttpParse feed_end();
  bool has_begun() const;
  bool is_done() const;
  HttpResponse& response();
  const HttpFault& fault() const;  // `status` 413 where a bound was passed
  bool keep_alive() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cw::net
