#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/accept_encoding.h"
#include "net/http.h"

namespace cw::net {

/// A folder of files, read into memory at the start and served from there: no disk on the loop, and no path that leaves
/// the folder, because only names found at the start exist.
///
/// `x.br` and `x.gz` beside `x` are its compressed forms, chosen by Accept-Encoding. Files under `/assets/` carry a hash in
/// their name and never change: `immutable`; all others are checked each time (`no-cache` with an ETag). A page that the
/// dashboard routes itself (`/chart/BTCUSDT`) is answered with `/index.html`: a GET or HEAD for a path
/// without a dot in its last part and not under `/assets/`.
class StaticFiles {
 public:
  static constexpr std::size_t kMaxBytes = 64 * 1024 * 1024;

  /// Reads `folder`. Hidden files, and links that lead out of the folder, are left out.
  /// Errors  not_found: no such folder; io_error naming a file that cannot be read; limit_exceeded over `max_bytes`
  static Result<StaticFiles> load(const std::filesystem::path& folder, std::size_t max_bytes = kMaxBytes);

  /// The answer to GET or HEAD (200, 304), 405 for another method on a file that exists; nothing where there is no such
  /// file. Fields that all answers of the product carry are the caller's to add.
  std::optional<HttpResponse> answer(const HttpRequest& request) const;

  std::size_t count() const { return files_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  using Body = std::shared_ptr<const std::string>;
  struct File {
    Body plain;
    Body gzip;    // null where there is no such form
    Body brotli;  // null where there is no such form
    std::string etag;
    std::string_view content_type;
  };
  const File* find(const HttpRequest& request) const;

  std::map<std::string, File, std::less<>> files_;  // by decoded path: `/assets/app-1a2b.js`
  std::size_t bytes_ = 0;
};

/// By the file name's ending, with the charset where it is text; application/octet-stream for what is not known.
std::string_view content_type_of(std::string_view file_name);

}  // namespace cw::net
