#include "api/screen_cache.h"

#include <algorithm>
#include <utility>

namespace cw::api {

std::optional<std::string> ScreenCache::find(const std::string& request, const std::string& bars, Timestamp now) {
  const std::scoped_lock lock{mutex_};
  const auto found = std::ranges::find(kept_, request, &Kept::request);
  if (found == kept_.end()) return std::nullopt;
  if (found->bars != bars || now < found->at || now - found->at >= kGoodFor) {
    kept_.erase(found);
    return std::nullopt;
  }
  return found->body;
}

void ScreenCache::put(std::string request, std::string bars, Timestamp now, std::string body) {
  if (body.size() > kBytesMost) return;
  const std::scoped_lock lock{mutex_};
  kept_.remove_if([&](const Kept& kept) { return kept.request == request; });
  kept_.push_front({std::move(request), std::move(bars), now, std::move(body)});
  if (kept_.size() > kKeptMost) kept_.pop_back();
}

}  // namespace cw::api
