#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "api/router.h"

namespace cw::api {

/// Files that are built into the binary (src/api/embed.cmake makes them at build time).
struct EmbeddedFile {
  std::string_view path;  // where it is served: `/api/openapi.json`
  std::string_view content_type;
  std::string_view content;
};
std::span<const EmbeddedFile> embedded_files();

/// /api/openapi.json, /api/asyncapi.json, /api/docs and the page's own script and style.
std::vector<Route> document_routes();

}  // namespace cw::api
