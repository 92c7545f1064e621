"""Where the peers' rules make other trades of the same signals. Each difference that one of these names is counted under it;
any other is a failure. docs/backtest.md tells them to people.

entry-bar   vectorbt looks at a stop or target for the first time in the bar after the fill, also where that was at the open.
busy-bar    vectorbt makes one order a bar: where a stop is met, an exit that waited for the open is not made there but at
            the stop, and an entry is lost. RaptorBT opens nothing on the word of a bar in which a stop or target was met,
            and takes such an entry for given: the next ones are lost, too, until an exit is said.
target-gap  RaptorBT fills a target that the open has jumped over at the target, not at the better open.
follows     what comes of one of these: who is still in a position, or out of it, does not take the next entry.

No trade of these cases meets what else is known of their rules: all three look for the stop first also in a bar that opens
beyond the target; backtesting.py with fills at the close fills nothing at the last bar.

Not compared: RaptorBT's final equity with shorts, which books their profit as a loss and the other way round; its trades are
right. The quantity of vectorbt's shares of the equity is not rounded to lots."""

from trade_cases import BUSY, ENTRY_BAR, FOLLOWS, GAP


def _sign(trade):
    return 1 if trade.side == "long" else -1


def _level(trade, percent):
    """So many percent in the trade's favour."""
    return trade.entry_price * (1 + _sign(trade) * percent / 100)


def _ended_at_level(case, trade):
    levels = [_level(trade, percent) for percent in (-case.stop, case.target) if percent]
    return any(abs(trade.exit_price - level) <= 1e-9 * level for level in levels)


def _opened_beyond_target(case, candles, trade):
    return case.target and _sign(trade) * (candles.open[trade.exit_bar] - _level(trade, case.target)) > 0


def of_exit(case, candles, ours, theirs):
    """Which exception makes two trades that began as one end apart; None: none does."""
    if ours.exit_bar == ours.entry_bar and ours.reason in ("stop", "target") and theirs.exit_bar > ours.exit_bar:
        return ENTRY_BAR
    at_open = ours.exit_bar == theirs.exit_bar and ours.exit_price == candles.open[ours.exit_bar]
    if not at_open or not _ended_at_level(case, theirs):
        return None
    if not case.at_close and ours.reason == "signal":
        return BUSY
    if _opened_beyond_target(case, candles, ours) and ours.reason == "target":
        return GAP
    return None


def _hold(trades, bar):
    return any(trade.entry_bar <= bar <= trade.exit_bar for trade in trades)


def _is_lost_too(entered, others, excused):
    """RaptorBT: an entry of this side was lost, no exit was said since, and it made no trade."""
    lost = [trade for trade in excused if trade.side == entered.side and trade.exit_bar <= entered.entry_bar]
    if not lost or lost[-1].reason not in ("stop", "target"):
        return False
    between = range(lost[-1].entry_bar, entered.entry_bar)
    return not any(other.side == entered.side and other.entry_bar in between for other in others)


def of_entry(case, entered, others, excused, closes_word):
    """Which exception makes one side enter while the other does not; None: none does. `others`: all trades of the side that
    did not; `excused`: those of both that differed so far; `closes_word`: a bar that closes opens nothing on its word."""
    decided = entered.entry_bar - (0 if case.at_close else 1)
    bars = (entered.entry_bar, decided) if closes_word else (entered.entry_bar,)
    if any(other.exit_bar in bars and other not in excused for other in others):
        return BUSY
    if _hold(excused, entered.entry_bar) or _hold(excused, decided):
        return FOLLOWS
    return FOLLOWS if closes_word and _is_lost_too(entered, others, excused) else None
