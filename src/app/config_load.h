#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/config.h"

namespace cw::app {

/// One flag of the command line that sets a key: `--port 9000` is {"server.port", "9000", "--port"}.
struct FlagSetting {
  std::string key;
  std::string value;
  std::string flag;
};

/// What the layers above the defaults are made of.
struct ConfigInputs {
  std::optional<std::filesystem::path> file;                     // --config or CANDLEWICK_CONFIG: must exist
  std::filesystem::path data_dir;                                // else its candlewick.toml, where there is one
  std::vector<std::pair<std::string, std::string>> environment;  // every variable that begins with CANDLEWICK_
  std::vector<FlagSetting> flags;
};

/// The process's variables that begin with CANDLEWICK_.
std::vector<std::pair<std::string, std::string>> product_environment();

/// Lays file, environment and flags over the defaults.
///
/// Errors  bad_parameter and unknown_key wherever the configuration is wrong, with file:line:column, `env NAME` or
///         `flag --x` in front: broken TOML, a key that does not exist, a value that does not fit or
///         means nothing (an address, a host, an origin, a venue, a symbol), a file that was asked
///         for and is not there, is a folder or is over 1 MiB; io_error for a file that the system does not let us read
Result<Config> load_config(const ConfigInputs& inputs);

/// What only a server's start needs, asked before anything is opened: TLS where other machines are let in (check_bind in
/// app/config_door.h), and files that can be read: server.tls_cert, server.tls_key, binance.ca_file.
/// Errors  bad_parameter naming the key and the place
Result<void> check_start(const Config& config);

/// Lays one TOML text over `config`; `file_name` is what places are named by. Errors: as load_config, but io_error.
Result<void> apply_toml(Config& config, std::string_view toml, const std::string& file_name);

}  // namespace cw::app
