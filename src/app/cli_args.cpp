#include "app/cli_parser.h"

#include <fmt/format.h>

#include "app/cli_meaning.h"
#include "base/number.h"
#include "base/printable.h"

// What a command line that is sound in form means.
namespace cw::app {
namespace {

std::optional<std::string> given(const std::string& text) { return text.empty() ? std::nullopt : std::optional{text}; }

}  // namespace

Result<std::optional<market::Timeframe>> Parser::read_timeframe() {
  return timeframe_of_flag(raw_.timeframe, deepest_name());
}

OutputFormat Parser::read_format() const {
  if (raw_.format == "csv") return OutputFormat::csv;
  if (raw_.format == "json") return OutputFormat::json;
  if (raw_.format == "toml") return OutputFormat::toml;
  return OutputFormat::table;
}

Result<CommandArgs> Parser::read_import() {
  const auto timeframe = read_timeframe();
  if (!timeframe) return pass_on(timeframe);
  auto args = checked_import({raw_.files, given(raw_.venue), given(raw_.symbol), *timeframe, raw_.replace});
  if (!args) return pass_on(args);
  return CommandArgs{std::move(*args)};
}

Result<CommandArgs> Parser::read_candles() {
  if (raw_.symbol.empty()) return usage("'candlewick candles' needs a SYMBOL, or one of list, check, prune", "candles");
  const auto timeframe = read_timeframe();
  if (!timeframe) return pass_on(timeframe);
  const auto from = time_of_flag(raw_.from, "--from", deepest_name());
  if (!from) return pass_on(from);
  const auto to = time_of_flag(raw_.to, "--to", deepest_name());
  if (!to) return pass_on(to);
  const auto limit = limit_of_flag(raw_.limit, deepest_name());
  if (!limit) return pass_on(limit);
  if (*from && *to && **from >= **to) return usage("--from must be before --to", "candles");
  return CommandArgs{
      CandlesArgs{raw_.symbol, timeframe->value_or(market::Timeframe::h1), *from, *to, *limit, read_format()}};
}

Result<CommandArgs> Parser::read_prune() {
  const auto timeframe = read_timeframe();
  if (!timeframe) return pass_on(timeframe);
  const auto before = time_of_flag(raw_.before, "--before", deepest_name());
  if (!before) return pass_on(before);
  return CommandArgs{CandlesPruneArgs{given(raw_.symbol), *timeframe, *before, raw_.dry_run}};
}

Result<CommandArgs> Parser::read_practice() {
  PracticeArgs args;
  if (!raw_.port.empty()) {
    const auto port = parse_int(raw_.port);
    if (!port || *port < 0 || *port > 65535)
      return usage(fmt::format("--port takes a whole number from 0 to 65535, not '{}'", printable(raw_.port)),
                   "practice");
    args.port = static_cast<std::uint16_t>(*port);
  }
  if (raw_.certificate.empty() != raw_.key.empty()) return usage("--tls-cert and --tls-key go together", "practice");
  args.replay = given(raw_.replay);
  const auto from = time_of_flag(raw_.from, "--from", deepest_name());
  if (!from) return pass_on(from);
  args.from = *from;
  if (!raw_.certificate.empty()) args.certificate = raw_.certificate;
  if (!raw_.key.empty()) args.key = raw_.key;
  args.misbehave = raw_.misbehave;
  return CommandArgs{std::move(args)};
}

Result<CommandArgs> Parser::read_args() {
  const std::string name = deepest_name();
  if (name == "serve") return CommandArgs{ServeArgs{}};
  if (name == "import") return read_import();
  if (name == "candles") return read_candles();
  if (name == "eval") return read_eval();
  if (name == "screen") return read_screen();
  if (name == "backtest") return read_backtest();
  if (name == "sweep") return read_sweep();
  if (name == "signals record") return read_signals_record();
  if (name == "signals verify") return CommandArgs{SignalsVerifyArgs{raw_.symbol}};
  if (name == "signals components") return CommandArgs{SignalsComponentsArgs{raw_.components}};
  if (name == "language docs") return CommandArgs{LanguageDocsArgs{}};
  if (name == "candles list") return CommandArgs{CandlesListArgs{read_format()}};
  if (name == "candles check") {
    const auto timeframe = read_timeframe();
    if (!timeframe) return pass_on(timeframe);
    return CommandArgs{CandlesCheckArgs{raw_.symbol, *timeframe, read_format()}};
  }
  if (name == "candles prune") return read_prune();
  if (name == "feed decode") return CommandArgs{FeedDecodeArgs{raw_.venue}};
  if (name == "practice") return read_practice();
  if (name.starts_with("user ")) return read_user(name);
  if (name == "audit verify") return CommandArgs{AuditVerifyArgs{}};
  if (name == "config show") return CommandArgs{ConfigShowArgs{read_format()}};
  if (name == "config docs") return CommandArgs{ConfigDocsArgs{}};
  return CommandArgs{VersionArgs{}};
}

}  // namespace cw::app
