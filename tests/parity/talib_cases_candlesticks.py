"""Candlestick patterns beside TA-Lib's CDL*: the same numbers, on whole columns."""

import numpy
from talib import abstract

from talib_cases import Case

# Ours to theirs.
PATTERNS = {
    "doji": "DOJI", "dragonfly_doji": "DRAGONFLYDOJI", "gravestone_doji": "GRAVESTONEDOJI",
    "long_legged_doji": "LONGLEGGEDDOJI", "takuri": "TAKURI", "marubozu": "MARUBOZU",
    "closing_marubozu": "CLOSINGMARUBOZU", "belt_hold": "BELTHOLD", "spinning_top": "SPINNINGTOP",
    "high_wave": "HIGHWAVE", "long_line": "LONGLINE", "short_line": "SHORTLINE", "hammer": "HAMMER",
    "hanging_man": "HANGINGMAN", "inverted_hammer": "INVERTEDHAMMER", "shooting_star": "SHOOTINGSTAR",
    "engulfing": "ENGULFING", "harami": "HARAMI", "harami_cross": "HARAMICROSS", "piercing": "PIERCING",
    "kicking": "KICKING", "matching_low": "MATCHINGLOW", "three_white_soldiers": "3WHITESOLDIERS",
    "three_black_crows": "3BLACKCROWS", "three_inside": "3INSIDE", "three_outside": "3OUTSIDE",
}
WITH_PENETRATION = {
    "dark_cloud_cover": "DARKCLOUDCOVER", "morning_star": "MORNINGSTAR", "evening_star": "EVENINGSTAR",
    "morning_doji_star": "MORNINGDOJISTAR", "evening_doji_star": "EVENINGDOJISTAR",
}


def ohlc(m):
    return [m.open, m.high, m.low, m.close]


def read(function):
    """As floats, NaN for the look-back: TA-Lib's wrapper fills that with 0."""
    lookback = abstract.Function("CDL" + function).lookback

    def masked(answers):
        answers = answers.astype(float)
        answers[:lookback] = numpy.nan
        return answers

    return masked


def case(name, function, settings):
    return Case("pattern." + name, ohlc, settings, lambda t, m, *chosen: getattr(t, "CDL" + function)(*ohlc(m), *chosen),
                read=read(function))


CASES = [case(name, function, [()]) for name, function in PATTERNS.items()]
CASES += [case(name, function, [(0.3,), (0.5,), (0.0,), (0.8,)]) for name, function in WITH_PENETRATION.items()]
