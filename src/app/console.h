#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cw::app {

/// What a command talks to: a terminal of its own, or the other end of the control socket. One thread at a time.
class Console {
 public:
  virtual ~Console() = default;

  /// Writes all of `text`. False once nobody reads any more: the command then ends quietly.
  virtual bool out(std::string_view text) = 0;
  virtual bool err(std::string_view text) = 0;

  /// True once the command should stop: Ctrl-C, the client went away, the server stops.
  virtual bool cancelled() const = 0;

  /// Whether the person's stderr is a terminal, which a progress bar may rewrite, and how wide it is.
  virtual bool err_is_terminal() const = 0;
  virtual int columns() const = 0;

  /// Where relative paths of the command line begin.
  virtual const std::filesystem::path& working_directory() const = 0;

  /// Opens a file that the command line names, as `named` there, in the process and with the rights of whoever typed it; `-`
  /// is its stdin. Answers a descriptor that the caller closes. Opening never waits for the other end of a pipe; reading may,
  /// so poll first.
  /// Errors  not_found, io_error; cancelled, disconnected where that process goes away
  virtual Result<int> open_input(const std::string& named) = 0;

  /// Writes a file that the command line names, likewise; whole, or not at all (OutputFile).
  /// Errors  not_found, disk_full, io_error, naming it; cancelled, disconnected where that process goes away
  virtual Result<void> write_file(const std::string& named, std::string_view bytes) = 0;
};

/// This process's own stdout and stderr. SIGPIPE must be ignored; a closed pipe then shows as `out` answering false. So does
/// a reader that pauses when `cancel` is raised meanwhile.
class LocalConsole final : public Console {
 public:
  /// `cancel` is raised by the process's signal handling and outlives the console.
  explicit LocalConsole(const std::atomic<bool>& cancel);

  bool out(std::string_view text) override;
  bool err(std::string_view text) override;
  bool cancelled() const override { return cancel_.load(std::memory_order_relaxed); }
  bool err_is_terminal() const override;
  int columns() const override;
  const std::filesystem::path& working_directory() const override { return directory_; }
  Result<int> open_input(const std::string& named) override;
  Result<void> write_file(const std::string& named, std::string_view bytes) override;

  /// Why stdout no longer takes what is written: 0 while it does, also after a reader that went away or a cancelled wait.
  int out_failure() const { return out_failure_; }

 private:
  const std::atomic<bool>& cancel_;
  std::filesystem::path directory_;
  bool out_closed_ = false;
  int out_failure_ = 0;
};

}  // namespace cw::app
