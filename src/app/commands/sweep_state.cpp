#include "app/commands/sweep_state.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "candle_store/byte_source.h"

namespace cw::app {
namespace {

Result<std::string> text_of(Console& console, const std::string& name) {
  const auto opened = console.open_input(name);
  if (!opened) return pass_on(opened);
  auto bytes = candle_store::bytes_of(*opened, [&console] { return console.cancelled(); });
  if (!bytes) return pass_on(bytes);
  std::string text;
  std::vector<char> piece(1 << 20);
  for (;;) {
    const auto got = (*bytes)->read(piece);
    if (!got) return pass_on(got);
    if (*got == 0) return text;
    text.append(piece.data(), *got);
    if (text.size() > SweepState::kBytesMost)
      return fail(Errc::limit_exceeded, fmt::format("is over {} bytes", SweepState::kBytesMost));
  }
}

}  // namespace

Result<std::vector<backtest::CellResult>> SweepState::load() {
  std::vector<backtest::CellResult> results;
  if (name_.empty()) return results;
  const auto text = text_of(console_, name_);
  if (!text && text.error().code == Errc::not_found) return results;
  if (!text) return std::unexpected(with_place(text.error(), name_));
  if (text->empty()) return results;

  std::size_t from = 0;
  for (std::size_t line = 1; from < text->size(); ++line) {
    const auto end = text->find('\n', from);
    const bool is_whole = end != std::string::npos;
    const auto said = std::string_view{*text}.substr(from, is_whole ? end - from : end);
    from = is_whole ? end + 1 : text->size();
    if (line == 1) {
      const auto found = backtest::differences(said, question_);
      if (!found) return fail(found.error().code, fmt::format("{}: {}", name_, found.error().message));
      if (!found->empty())
        return fail(Errc::conflict,
                    fmt::format("{} is the state of another sweep; what differs: {}", name_, fmt::join(*found, ", ")));
      continue;
    }
    if (const auto others = backtest::read_others_line(said); !others || *others) {
      if (!others) return fail(others.error().code, fmt::format("{} line {}: {}", name_, line, others.error().message));
      if (auto same = check(**others); !same) return pass_on(same);
      continue;
    }
    auto result = backtest::read_result_line(said);
    if (!result && !is_whole) break;  // cut off while it was written
    if (!result) return fail(Errc::corrupt, fmt::format("{} line {}: {}", name_, line, result.error().message));
    results.push_back(std::move(*result));
  }
  add(results);
  is_new_ = false;
  return results;
}

/// Cells that are there were run on these candles, so those that are missing must be run on the same.
Result<void> SweepState::check(std::span<const backtest::OtherCandles> others) const {
  for (const auto& [series, kept] : others) {
    const auto place = fmt::format("{} {}", series.symbol, market::name(series.timeframe));
    const auto now = others_ == nullptr ? Result<std::string>{std::string{}} : others_->digest_of(series);
    if (!now) return std::unexpected(with_place(now.error(), name_));
    if (*now != kept)
      return fail(Errc::conflict,
                  fmt::format("{} is the state of another sweep; what differs: other_candles ({})", name_, place));
  }
  return {};
}

void SweepState::add(const std::vector<backtest::CellResult>& results) {
  if (name_.empty()) return;
  for (const auto& result : results) lines_ += backtest::result_line(result) + '\n';
  is_new_ = is_new_ || !results.empty();
}

Result<void> SweepState::save(bool at_once) {
  if (name_.empty() || !is_new_ || (!at_once && Clock::now() < next_)) return {};
  const auto begin = Clock::now();
  const auto others = others_ == nullptr ? std::vector<backtest::OtherCandles>{} : others_->digests();
  const auto second = others.empty() ? std::string{} : backtest::others_line(others) + '\n';
  if (auto written = console_.write_file(name_, question_ + '\n' + second + lines_); !written) return written;
  is_new_ = false;
  constexpr int kShare = 20;  // writing takes at most a twentieth of the time
  next_ = Clock::now() + std::max<Clock::duration>(std::chrono::seconds{2}, kShare * (Clock::now() - begin));
  return {};
}

}  // namespace cw::app
