#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cw {

/// Which of the keys (`section.name`) a person most likely meant by `text`, best first, at most three: those whose name
/// after the section is just that (`port` is server.port), else those spelt alike, else those of the named section that
/// share a word (`store.retention_1m` is store.keep_1m_days).
std::vector<std::string> nearest_keys(std::string_view text, std::span<const std::string> keys);

/// The sections of the keys, in their order.
std::vector<std::string> sections_of(std::span<const std::string> keys);

/// For a name that nothing is near to, a part of a sentence: "; [log] has level, file" where it names a section, else
/// "; the sections are server, log".
std::string what_there_is(std::string_view text, std::span<const std::string> keys);

}  // namespace cw
