#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "app/data_folder.h"
#include "base/error.h"

// How a command hands its work to whoever holds the data folder: one connection to <data-dir>/control.sock a command.
// Each frame is a byte of kind, four bytes of length (little endian) and the payload. The client sends one `request`;
// closing the connection, or its writing half, cancels the work. The holder sends `out` and `err` as the command writes
// them, and last `exit`, or only `busy`. For each file that the command reads it sends `open` with the place of its
// name among the request's arguments; the client answers `opened`: empty, with the descriptor (SCM_RIGHTS), or the
// error's code, a space and its sentence. So rights, pipes and `<(…)` mean what they mean to whoever typed them. A file
// that the command writes is asked for by `save`, answered likewise with a descriptor to write to, and by `keep` put in
// place, which is answered by `opened` too, empty where it was; without `keep` the client leaves nothing of it.
namespace cw::app {

enum class FrameKind : std::uint8_t {
  request = 1,
  out = 2,
  err = 3,
  exit = 4,
  busy = 5,
  open = 6,
  opened = 7,
  save = 8,
  keep = 9
};

struct Frame {
  FrameKind kind{};
  std::string payload;
};

constexpr int kControlProtocol = 3;
constexpr std::size_t kFrameBytesMost = 1024 * 1024;  // of a payload; a longer one breaks the connection
constexpr std::size_t kOutputChunk = 32 * 1024;       // longer output is cut into frames of this size

// A client that reads nothing for so long, while an answer waits for it, is let go.
constexpr std::chrono::minutes kReaderPatience{10};

/// What the client asks for.
struct ControlRequest {
  std::vector<std::string> arguments;
  std::filesystem::path working_directory;
  bool err_is_terminal = false;
  int columns = 80;
};

std::string encode(const ControlRequest& request);

/// The file that an argument names: all of it, or of a flag such as `--password=-` what follows the `=`.
std::string_view named_in(std::string_view argument);
/// Errors  bad_input for what is no request; unsupported for another version's, saying what to do
Result<ControlRequest> decode_request(std::string_view payload);

std::string encode_frame(FrameKind kind, std::string_view payload);

/// Reads one whole frame from a blocking descriptor. A receive time limit set on it ends the wait.
/// Errors  disconnected at the end of the stream; timed_out; bad_input for what is no frame of ours
Result<Frame> read_frame(int fd);
/// The same, where a descriptor may come along: -1, or one that the caller closes.
Result<Frame> read_frame(int fd, int& descriptor);
/// Sends a short frame with a descriptor, which stays the caller's. False where the other side is gone.
bool send_with_descriptor(int fd, std::string_view frame, int descriptor);

/// A Unix socket address may be 108 bytes long, a path longer: so the socket is named through an open folder.
/// Errors  io_error
Result<int> listen_in(const DataFolder& folder);
/// Errors  not_found where nobody listens (no socket, or one left by a crash); io_error
Result<int> connect_in(const DataFolder& folder);

}  // namespace cw::app
