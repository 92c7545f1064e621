#include "api/documents.h"

#include <string>

#include "net/etag.h"

namespace cw::api {
namespace {

net::Task<net::HttpResponse> get_file(const EmbeddedFile& file) {
  net::HttpResponse response;
  response.fields.set("Content-Type", std::string{file.content_type});
  response.fields.set("Cache-Control", "no-cache");
  response.fields.set("ETag", net::strong_etag(file.content));
  response.body = file.content;
  co_return response;
}

}  // namespace

std::vector<Route> document_routes() {
  std::vector<Route> routes;
  for (const EmbeddedFile& file : embedded_files()) {
    // How to sign in can be read by whoever has not yet.
    const auto access = file.path == "/api/asyncapi.json" ? accounts::Access::read : accounts::Access::open;
    routes.push_back({std::string{file.path}, {}, [&file](const Call&) { return get_file(file); }, access});
  }
  return routes;
}

}  // namespace cw::api
