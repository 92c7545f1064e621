#include "net/static_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include "net/etag.h"
#include "net/http_text.h"

namespace cw::net {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIndex = "/index.html";

bool is_inside(const fs::path& folder, const fs::path& file) {
  const auto [folder_end, at] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return folder_end == folder.end() && at != file.end();
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file || !content) return fail(Errc::io_error, fmt::format("{}: cannot be read", path.string()));
  return std::move(content).str();
}

/// Calls `take(web path, file)` for every file of the folder.
template <class Take>
Result<void> for_each_file(const fs::path& folder, Take take) {
  std::error_code ec;
  for (fs::recursive_directory_iterator at(folder, ec), end; !ec && at != end; at.increment(ec)) {
    if (at->path().filename().string().starts_with('.')) {
      at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file(ec)) continue;
    const auto real = fs::canonical(at->path(), ec);
    if (ec || !is_inside(folder, real)) continue;
    const auto taken = take("/" + at->path().lexically_relative(folder).generic_string(), real);
    if (!taken) return taken;
  }
  if (ec) return fail(Errc::io_error, fmt::format("{}: cannot be read ({})", folder.string(), ec.message()));
  return {};
}

}  // namespace

std::string_view content_type_of(std::string_view file_name) {
  struct Known {
    std::string_view ending;
    std::string_view type;
  };
  static constexpr std::array kKnown{
      Known{".html", "text/html; charset=utf-8"},
      Known{".js", "text/javascript; charset=utf-8"},
      Known{".mjs", "text/javascript; charset=utf-8"},
      Known{".css", "text/css; charset=utf-8"},
      Known{".json", "application/json"},
      Known{".map", "application/json"},
      Known{".webmanifest", "application/manifest+json"},
      Known{".svg", "image/svg+xml"},
      Known{".png", "image/png"},
      Known{".jpg", "image/jpeg"},
      Known{".jpeg", "image/jpeg"},
      Known{".webp", "image/webp"},
      Known{".ico", "image/x-icon"},
      Known{".woff2", "font/woff2"},
      Known{".woff", "font/woff"},
      Known{".wasm", "application/wasm"},
      Known{".txt", "text/plain; charset=utf-8"},
      Known{".xml", "application/xml"},
      Known{".yaml", "application/yaml"},
  };
  const auto known = std::ranges::find_if(kKnown, [&](const Known& k) { return file_name.ends_with(k.ending); });
  return known == kKnown.end() ? "application/octet-stream" : known->type;
}

Result<StaticFiles> StaticFiles::load(const fs::path& folder, std::size_t max_bytes) {
  std::error_code ec;
  const auto root = fs::canonical(folder, ec);
  if (ec || !fs::is_directory(root, ec))
    return fail(Errc::not_found, fmt::format("{}: no such folder", folder.string()));

  StaticFiles loaded;
  std::map<std::string, Body> bodies;
  const auto read = for_each_file(root, [&](std::string path, const fs::path& file) -> Result<void> {
    const auto size = fs::file_size(file, ec);
    if (ec || size > max_bytes - loaded.bytes_) {
      return fail(Errc::limit_exceeded,
                  fmt::format("{}: the folder holds more than {} bytes", folder.string(), max_bytes));
    }
    auto content = read_file(file);
    if (!content) return pass_on(content);
    if (content->size() > max_bytes - loaded.bytes_) {
      return fail(Errc::limit_exceeded,
                  fmt::format("{}: the folder holds more than {} bytes", folder.string(), max_bytes));
    }
    loaded.bytes_ += content->size();
    bodies.emplace(std::move(path), std::make_shared<const std::string>(std::move(*content)));
    return {};
  });
  if (!read) return pass_on(read);

  const auto form = [&](const std::string& path) {
    const auto found = bodies.find(path);
    return found == bodies.end() ? Body{} : found->second;
  };
  for (const auto& [path, body] : bodies) {
    const bool is_form =
        (path.ends_with(".br") || path.ends_with(".gz")) && bodies.contains(path.substr(0, path.size() - 3));
    if (is_form) continue;
    loaded.files_.emplace(
        path, File{body, form(path + ".gz"), form(path + ".br"), strong_etag(*body), content_type_of(path)});
  }
  return loaded;
}

const StaticFiles::File* StaticFiles::find(const HttpRequest& request) const {
  auto path = percent_decode(request.path());
  if (!path || !path->starts_with('/')) return nullptr;
  if (path->ends_with('/')) *path += kIndex.substr(1);
  if (const auto found = files_.find(*path); found != files_.end()) return &found->second;

  const bool is_page = path->substr(path->rfind('/')).find('.') == std::string::npos && !path->starts_with("/assets/");
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const auto index = files_.find(kIndex);
  return is_page && reads && index != files_.end() ? &index->second : nullptr;
}

std::optional<HttpResponse> StaticFiles::answer(const HttpRequest& request) const {
  const auto* file = find(request);
  if (!file) return std::nullopt;
  if (request.method != "GET" && request.method != "HEAD") {
    auto refused =
        problem_response(405, "method_not_allowed", "a file can only be read: use GET or HEAD", request.request_id);
    refused.fields.set("Allow", "GET, HEAD");
    return refused;
  }
  const auto encoding =
      choose_encoding(request.fields, {.gzip = file->gzip != nullptr, .brotli = file->brotli != nullptr});
  const auto encoding_name = name(encoding);
  HttpResponse response;
  auto& fields = response.fields;
  const bool is_asset = request.path().starts_with("/assets/");
  fields.set("Content-Type", std::string(file->content_type));
  fields.set("Cache-Control", is_asset ? "public, max-age=31536000, immutable" : "no-cache");
  fields.set("ETag", etag_in_encoding(file->etag, encoding_name));
  fields.set("Vary", "Accept-Encoding");
  if (!encoding_name.empty()) fields.set("Content-Encoding", std::string(encoding_name));
  response.kept_body = encoding == ContentEncoding::brotli ? file->brotli
                       : encoding == ContentEncoding::gzip ? file->gzip
                                                           : file->plain;
  (void)answer_not_modified(request, response);
  return response;
}

}  // namespace cw::net
