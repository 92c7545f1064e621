#include "app/control/protocol.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace cw::app {
namespace {

constexpr std::size_t kHeaderBytes = 5;
constexpr int kBacklog = 64;
constexpr const char* kSocketName = "control.sock";

std::unexpected<Error> system_failure(std::string_view what) {
  return fail(Errc::io_error, fmt::format("{}: {}", what, std::error_code{errno, std::generic_category()}.message()));
}

/// Closes a descriptor at the end of a block, unless it is taken out.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int take() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Result<sockaddr_un> address_in(int folder_fd) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = fmt::format("/proc/self/fd/{}/{}", folder_fd, kSocketName);
  if (path.size() >= sizeof address.sun_path) return fail(Errc::io_error, "the control socket's path is too long");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

/// Keeps the first descriptor that came along in `into`; there is room for no other.
void take_descriptor(msghdr& message, int& into) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS || part->cmsg_len != CMSG_LEN(sizeof(int)))
      continue;
    if (into >= 0) ::close(into);
    std::memcpy(&into, CMSG_DATA(part), sizeof into);
  }
}

ssize_t receive(int fd, char* into, std::size_t size, int* descriptor) {
  if (descriptor == nullptr) return ::recv(fd, into, size, 0);
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
  iovec bytes{into, size};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  const ssize_t got = ::recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  if (got > 0) take_descriptor(message, *descriptor);
  return got;
}

Result<void> read_exactly(int fd, char* into, std::size_t size, int* descriptor) {
  while (size > 0) {
    const ssize_t got = receive(fd, into, size, descriptor);
    if (got == 0) return fail(Errc::disconnected, "the other side of the control socket went away");
    if (got < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return fail(Errc::timed_out, "the other side of the control socket says nothing");
      return fail(Errc::disconnected, "the control socket broke");
    }
    into += got;
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

Result<Frame> read_whole(int fd, int* descriptor) {
  std::array<char, kHeaderBytes> header{};
  if (const auto read = read_exactly(fd, header.data(), header.size(), descriptor); !read) return pass_on(read);
  std::size_t size = 0;
  for (int i = 4; i >= 1; --i) size = (size << 8) | static_cast<unsigned char>(header[static_cast<std::size_t>(i)]);
  const auto kind = static_cast<std::uint8_t>(header[0]);
  if (kind < 1 || kind > static_cast<std::uint8_t>(FrameKind::keep) || size > kFrameBytesMost) {
    return fail(Errc::bad_input, "what came over the control socket is no frame of ours");
  }
  Frame frame{static_cast<FrameKind>(kind), std::string(size, '\0')};
  if (const auto read = read_exactly(fd, frame.payload.data(), size, nullptr); !read) return pass_on(read);
  return frame;
}

}  // namespace

std::string encode(const ControlRequest& request) {
  const nlohmann::json document{{"protocol", kControlProtocol},
                                {"arguments", request.arguments},
                                {"working_directory", request.working_directory.string()},
                                {"err_is_terminal", request.err_is_terminal},
                                {"columns", request.columns}};
  return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<ControlRequest> decode_request(std::string_view payload) {
  const auto document = nlohmann::json::parse(payload, nullptr, false);
  try {
    if (document.at("protocol").get<int>() != kControlProtocol) {
      return fail(Errc::unsupported,
                  "the server that holds this data folder is another version than this command; use the "
                  "same candlewick for both");
    }
    return ControlRequest{document.at("arguments").get<std::vector<std::string>>(),
                          document.at("working_directory").get<std::string>(),
                          document.at("err_is_terminal").get<bool>(), document.at("columns").get<int>()};
  } catch (const nlohmann::json::exception&) {
    return fail(Errc::bad_input, "what came over the control socket is no request");
  }
}

std::string_view named_in(std::string_view argument) {
  const std::size_t equals = argument.starts_with("--") ? argument.find('=') : argument.npos;
  return equals == argument.npos ? argument : argument.substr(equals + 1);
}

std::string encode_frame(FrameKind kind, std::string_view payload) {
  std::string frame;
  frame.reserve(kHeaderBytes + payload.size());
  frame += static_cast<char>(kind);
  for (int shift = 0; shift < 32; shift += 8) frame += static_cast<char>((payload.size() >> shift) & 0xff);
  frame += payload;
  return frame;
}

Result<Frame> read_frame(int fd) { return read_whole(fd, nullptr); }

Result<Frame> read_frame(int fd, int& descriptor) {
  descriptor = -1;
  auto frame = read_whole(fd, &descriptor);
  if (!frame && descriptor >= 0) ::close(std::exchange(descriptor, -1));
  return frame;
}

bool send_with_descriptor(int fd, std::string_view frame, int descriptor) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
  std::string text{frame};
  iovec bytes{text.data(), text.size()};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  cmsghdr* part = CMSG_FIRSTHDR(&message);
  part->cmsg_level = SOL_SOCKET;
  part->cmsg_type = SCM_RIGHTS;
  part->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
  ssize_t sent = -1;
  do {
    sent = ::sendmsg(fd, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(text.size());  // a few bytes into an empty socket go as one
}

Result<int> listen_in(const DataFolder& folder) {
  const Descriptor directory{::open(folder.root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (directory.get() < 0) return system_failure(folder.root.string());
  const auto address = address_in(directory.get());
  if (!address) return pass_on(address);
  // Whoever listens holds the folder's lock, so a socket that is there was left by a crash.
  if (::unlinkat(directory.get(), kSocketName, 0) != 0 && errno != ENOENT) return system_failure("control.sock");
  Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (socket.get() < 0) return system_failure("control.sock");
  ::fchmod(socket.get(), 0600);  // before bind: the file then never has another mode
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      ::listen(socket.get(), kBacklog) != 0) {
    return system_failure(fmt::format("the control socket in {} cannot be made", folder.root.string()));
  }
  return socket.take();
}

Result<int> connect_in(const DataFolder& folder) {
  const Descriptor directory{::open(folder.root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (directory.get() < 0) return fail(Errc::not_found, "there is no such folder");
  const auto address = address_in(directory.get());
  if (!address) return pass_on(address);
  Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (socket.get() < 0) return system_failure("control.sock");
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED) return fail(Errc::not_found, "nobody listens");
    return system_failure(fmt::format("the control socket in {} cannot be reached", folder.root.string()));
  }
  return socket.take();
}

}  // namespace cw::app
