#pragma once

#include <atomic>
#include <filesystem>
#include <string_view>

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
};

/// This process's own stdout and stderr. SIGPIPE must be ignored; a closed pipe then shows as `out` answering false.
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

 private:
  const std::atomic<bool>& cancel_;
  std::filesystem::path directory_;
  bool out_closed_ = false;
};

}  // namespace cw::app
