#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace cw::net {

/// The two files of a folder that holds a certificate of our own making.
inline std::string self_signed_certificate(const std::filesystem::path& folder) { return folder / "cert.pem"; }
inline std::string self_signed_key(const std::filesystem::path& folder) { return folder / "key.pem"; }

constexpr std::chrono::days kSelfSignedLife{397};          // what browsers take at most is 398
constexpr std::chrono::days kSelfSignedRenewedBefore{30};  // its end

/// Whether a certificate can be made for it: a literal address, or a host name of at most 253 letters, digits, '.', '-'
/// and '_'.
bool is_certificate_name(std::string_view name);

/// Sees to it that `folder` (made with mode 0700) holds a certificate that signs itself, and its key (mode 0600): ECDSA on
/// P-256, valid from an hour before `now` for 397 days, for every one of `names` that is_certificate_name. What is there is
/// kept, unless it cannot be read, ends within 30 days, begins after `now`, or lacks one of the names. Files are replaced
/// whole; a crash in between leaves a pair that the next call finds broken and makes anew.
///
/// Answers true where it made a new pair.
/// Errors  io_error naming the file; bad_parameter where none of the names can stand in a certificate
Result<bool> keep_self_signed(const std::filesystem::path& folder, const std::vector<std::string>& names,
                              Timestamp now);

}  // namespace cw::net
