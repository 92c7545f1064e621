#include "app/serve/web_files.h"

#include <filesystem>
#include <system_error>

namespace cw::app {

Result<net::StaticFiles> load_web_files(const std::string& folder, Logger& logger) {
  if (!folder.empty()) return net::StaticFiles::load(folder);
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto bin = program.parent_path();  // <checkout>/build/<preset>/bin, or <prefix>/bin
  for (const auto& candidate : {bin / "../../../web/dist", bin / "../share/candlewick/web"}) {
    if (std::filesystem::exists(candidate / "index.html", failed))
      return net::StaticFiles::load(std::filesystem::canonical(candidate, failed));
  }
  logger.warn("no dashboard", {{"hint", std::string_view{"make build builds it; server.web_dir names its folder"}}});
  return net::StaticFiles{};
}

}  // namespace cw::app
