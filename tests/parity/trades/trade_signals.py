"""What the strategies of strategies/ say at each bar, from numpy alone: the peers' side does not see the product's
columns. Each function takes a Candles and gives Signals, bool (n,) a rule, of the bar whose close decides."""

from dataclasses import dataclass

import numpy


@dataclass
class Signals:
    buy: numpy.ndarray  # the long side's entry
    sell: numpy.ndarray  # and its exit
    short: numpy.ndarray
    cover: numpy.ndarray


def _never(like):
    return numpy.zeros(len(like), bool)


def _before(values, bars=1):
    """The value so many bars ago, NaN where there is none."""
    return numpy.concatenate([numpy.full(bars, numpy.nan), values[:-bars]])


def _windows(values, length):
    return numpy.lib.stride_tricks.sliding_window_view(values, length)


def _over_windows(values, length, what):
    return numpy.concatenate([numpy.full(length - 1, numpy.nan), what(_windows(values, length), axis=-1)])


def _ema(values, length):
    """Begins with the mean of the first `length` numbers that are none of NaN."""
    answer, first = numpy.full(len(values), numpy.nan), int(numpy.argmax(~numpy.isnan(values)))
    at = first + length - 1
    answer[at] = mean = values[first:at + 1].mean()
    for i in range(at + 1, len(values)):
        mean += (values[i] - mean) * 2 / (length + 1)
        answer[i] = mean
    return answer


def _rsi(close, length):
    """Wilder's: means of gains and losses, first plain ones."""
    change, answer = numpy.diff(close), numpy.full(len(close), numpy.nan)
    gain, loss = numpy.maximum(change, 0), numpy.maximum(-change, 0)
    up, down = gain[:length].mean(), loss[:length].mean()
    answer[length] = 100 * up / (up + down)
    for i in range(length, len(change)):
        up += (gain[i] - up) / length
        down += (loss[i] - down) / length
        answer[i + 1] = 100 * up / (up + down)
    return answer


def _crosses_over(a, b):
    b = numpy.broadcast_to(b, a.shape).astype(float)
    return (a > b) & (_before(a) <= _before(b))


def _crosses_under(a, b):
    b = numpy.broadcast_to(b, a.shape).astype(float)
    return (a < b) & (_before(a) >= _before(b))


def sma_cross(candles):
    close = numpy.array(candles.close)
    fast, slow = _over_windows(close, 20, numpy.mean), _over_windows(close, 50, numpy.mean)
    return Signals(_crosses_over(fast, slow), _crosses_under(fast, slow), _never(close), _never(close))


def ema_reversal(candles):
    close = numpy.array(candles.close)
    fast, slow = _ema(close, 12), _ema(close, 26)
    return Signals(_crosses_over(fast, slow), _never(close), _crosses_under(fast, slow), _never(close))


def rsi_bracket(candles):
    rsi = _rsi(numpy.array(candles.close), 14)
    return Signals(_crosses_over(rsi, 30), _crosses_over(rsi, 65), _never(rsi), _never(rsi))


def bollinger_close(candles):
    close = numpy.array(candles.close)
    middle, width = _over_windows(close, 20, numpy.mean), 2 * _over_windows(close, 20, numpy.std)
    return Signals(_crosses_over(close, middle - width) & (close < middle), _crosses_over(close, middle),
                   _crosses_under(close, middle + width) & (close > middle), _crosses_under(close, middle))


def donchian_breakout(candles):
    close, high, low = numpy.array(candles.close), numpy.array(candles.high), numpy.array(candles.low)

    def top(length):
        return _before(_over_windows(high, length, numpy.max))

    def bottom(length):
        return _before(_over_windows(low, length, numpy.min))

    return Signals(close > top(20), close < bottom(10), close < bottom(20), close > top(10))


def macd_close(candles):
    close = numpy.array(candles.close)
    # Both averages of the line begin together, with the slow one's first value.
    slow = _ema(close, 26)
    fast = numpy.full(len(close), numpy.nan)
    fast[14:] = _ema(close[14:], 12)
    line = fast - slow
    height = line - _ema(line, 9)
    return Signals(_crosses_over(height, 0), _crosses_under(height, 0), _never(close), _never(close))


def three_falls(candles):
    close = numpy.array(candles.close)
    change = close - _before(close)
    third_fall = (change < 0) & (_before(change) < 0) & (_before(change, 2) < 0)
    return Signals(third_fall, (change > 0) & (_before(change) > 0), _never(close), _never(close))


def momentum_stop(candles):
    close = numpy.array(candles.close)
    change = 100 * (close / _before(close, 10) - 1)
    return Signals(_crosses_over(change, 2), _crosses_under(change, 0), _crosses_under(change, -2),
                   _crosses_over(change, 0))


def outages(candles):
    close = numpy.array(candles.close)
    mean = {length: _over_windows(close, length, numpy.mean) for length in (20, 30, 90, 240)}
    return Signals(_crosses_over(mean[30], mean[90]), _crosses_under(mean[30], mean[90]),
                   _crosses_under(mean[20], mean[240]), _crosses_over(mean[20], mean[240]))


def of(case, candles):
    """The case's signals. Where both an entry and an exit of a side, or both entries, are said at once, peers differ: there
    is no such bar."""
    said = globals()[case.name.replace("-", "_")](candles)
    at_once = said.buy & said.sell | said.short & said.cover | said.buy & said.short
    assert not at_once.any(), case.name
    return said
