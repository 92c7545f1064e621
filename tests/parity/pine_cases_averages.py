"""Averages, statistics, bands, extremes and events."""

from pine_case import LENGTHS, Case, band_scale, band_squares, close, one, prices, squares, windows, zero


def with_volume(m):
    return [m.close, m.volume]


def without_volume(m, settings):
    return windows(m.volume, settings[0]).max(axis=1) == 0


def few_digits(column, length):
    """Windows whose values differ in their last digits only: Pine subtracts squares, and has none left of a correlation."""
    values = windows(column, length)
    return values.var(axis=1) <= 1e-5 * values.mean(axis=1) ** 2


def few_digits_of_closes(m, settings):
    return few_digits(m.close, settings[0]) | few_digits(m.volume, settings[0])


def few_digits_of_bodies(m, settings):
    return few_digits(m.close - m.open, settings[0]) | few_digits(m.volume - 1, settings[0])


def width_scale(m):
    """Of the square of a band's width in percent, of up to three deviations on either side."""
    return 36.0


def root_square(outputs):
    return [outputs[0] ** 2]


def rising_volume(m):
    return (m.volume > 1).astype(float)


def price_and_bar(m):
    return [m.close, m.high, m.low, m.close]


WINDOWS = [(20,), (2,), (5,), (60,)]
BIASED = [(20, True), (2, True), (14, False), (60, False)]
BANDS = [(20, 2), (2, 2), (5, 1.5), (60, 3)]
KELTNER = [(20, 2, True), (2, 2, True), (10, 1.5, False)]
PERCENTILES = [(20, 50), (2, 0), (7, 33), (20, 90), (20, 100)]
PIVOTS = [(5, 5), (2, 2), (1, 3), (4, 0)]

AVERAGES = [
    Case("ta.sma", "ta.sma(close, {0})", close, LENGTHS),
    Case("ta.ema", "ta.ema(close, {0})", close, LENGTHS),
    Case("ta.rma", "ta.rma(close, {0})", close, LENGTHS),
    Case("ta.wma", "ta.wma(close, {0})", close, LENGTHS),
    Case("ta.hma", "ta.hma(close, {0})", close, [(16,), (2,), (7,), (50,)]),
    Case("ta.vwma", "ta.vwma(close, {0})", with_volume, LENGTHS, undefined=lambda m: m.close, dust=without_volume),
    Case("ta.alma", "ta.alma(close, {0}, {1}, {2}, {3})", close,
         [(9, 0.85, 6, False), (2, 0.5, 2, False), (21, 0.3, 4, True), (50, 1, 6, True)]),
    Case("ta.linreg", "ta.linreg(close, {0}, {1})", close, [(14, 0), (2, 1), (5, -2), (50, 0)]),
    Case("ta.swma", "ta.swma(close)", close),
]

STATISTICS = [
    Case("ta.stdev", "ta.stdev(close, {0}, {1})", close, BIASED, view=root_square, scale=squares),
    Case("ta.variance", "ta.variance(close, {0}, {1})", close, BIASED, scale=squares),
    Case("ta.dev", "ta.dev(close, {0})", close, WINDOWS, scale=prices),
    Case("ta.median", "ta.median(close, {0})", close, WINDOWS),
    Case("ta.mode", "ta.mode(close, {0})", close, WINDOWS),
    Case("ta.percentile_nearest_rank", "ta.percentile_nearest_rank(close, {0}, {1})", close, PERCENTILES, degree=1),
    Case("ta.percentile_linear_interpolation", "ta.percentile_linear_interpolation(close, {0}, {1})", close, PERCENTILES, degree=1),
    Case("ta.percentrank", "ta.percentrank(close, {0})", close, [(100,), (2,), (14,)], degree=0),
    Case("ta.correlation", "ta.correlation(close, volume, {0})", with_volume, WINDOWS,
         scale=one, degree=0, undefined=zero, excuse=few_digits_of_closes),
    Case("ta.correlation", "ta.correlation(close - open, volume - 1, {0})", lambda m: [m.close - m.open, m.volume - 1], WINDOWS,
         scale=one, degree=0, undefined=zero, excuse=few_digits_of_bodies),
    Case("ta.cog", "ta.cog(close, {0})", close, [(10,), (2,), (30,)]),
    Case("math.sum", "math.sum(volume, {0})", lambda m: [m.volume], LENGTHS, scale=one),
    Case("ta.sum", "math.sum(close, {0})", close, LENGTHS),
    Case("ta.cum", "ta.cum(volume)", lambda m: [m.volume]),
    Case("ta.range", "ta.range(close, {0})", close, WINDOWS, scale=prices),
    Case("ta.max", "ta.max(close)", close),
    Case("ta.min", "ta.min(close)", close),
]

BANDS_AND_EXTREMES = [
    Case("ta.bb", "ta.bb(close, {0}, {1})", close, BANDS, view=band_squares, scale=band_scale),
    Case("ta.bbw", "ta.bbw(close, {0}, {1})", close, BANDS, view=root_square, scale=width_scale),
    Case("ta.kc", "ta.kc(close, {0}, {1}, {2})", price_and_bar, KELTNER),
    Case("ta.kcw", "ta.kcw(close, {0}, {1}, {2})", price_and_bar, KELTNER),
    Case("ta.highest", "ta.highest(close, {0})", close, WINDOWS),
    Case("ta.highest", "ta.highest({0})", lambda m: [m.high], WINDOWS, overload=1),
    Case("ta.lowest", "ta.lowest(close, {0})", close, WINDOWS),
    Case("ta.lowest", "ta.lowest({0})", lambda m: [m.low], WINDOWS, overload=1),
    Case("ta.highestbars", "ta.highestbars(close, {0})", close, WINDOWS),
    Case("ta.highestbars", "ta.highestbars({0})", lambda m: [m.high], WINDOWS, overload=1),
    Case("ta.lowestbars", "ta.lowestbars(close, {0})", close, WINDOWS),
    Case("ta.lowestbars", "ta.lowestbars({0})", lambda m: [m.low], WINDOWS, overload=1),
]

EVENTS = [
    Case("ta.crossover", "ta.crossover(close, open)", lambda m: [m.close, m.open]),
    Case("ta.crossunder", "ta.crossunder(close, open)", lambda m: [m.close, m.open]),
    Case("ta.cross", "ta.cross(close, open)", lambda m: [m.close, m.open], degree=0),
    Case("ta.rising", "ta.rising(close, {0})", close, [(3,), (1,), (5,)], degree=0),
    Case("ta.falling", "ta.falling(close, {0})", close, [(3,), (1,), (5,)], degree=0),
    Case("ta.change", "ta.change(close, {0})", close, [(1,), (10,)]),
    Case("ta.change", "ta.change(volume > 1, {0})", lambda m: [rising_volume(m)], [(1,), (10,)], overload=1),
    Case("ta.barssince", "ta.barssince(volume > 1)", lambda m: [rising_volume(m)]),
    Case("ta.valuewhen", "ta.valuewhen(volume > 1, close, {0})", lambda m: [rising_volume(m), m.close], [(0,), (1,), (7,)]),
    Case("ta.pivothigh", "ta.pivothigh(close, {0}, {1})", close, PIVOTS),
    Case("ta.pivothigh", "ta.pivothigh({0}, {1})", lambda m: [m.high], PIVOTS, overload=1),
    Case("ta.pivotlow", "ta.pivotlow(close, {0}, {1})", close, PIVOTS),
    Case("ta.pivotlow", "ta.pivotlow({0}, {1})", lambda m: [m.low], PIVOTS, overload=1),
]

CASES = [*AVERAGES, *STATISTICS, *BANDS_AND_EXTREMES, *EVENTS]
