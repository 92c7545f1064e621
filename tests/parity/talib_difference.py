"""How two columns differ."""

import numpy

RELATIVE = 1e-9


def difference(ours, theirs, scale, whose="TA-Lib"):
    """Where they differ, as text; empty where they agree. `scale`: what a rounding error is measured against where a value
    is a difference of larger ones (see talib_cases)."""
    if not numpy.array_equal(numpy.isnan(ours), numpy.isnan(theirs)):
        at = int(numpy.argmax(numpy.isnan(ours) != numpy.isnan(theirs)))
        return f"row {at}: ours {ours[at]}, {whose} {theirs[at]}"
    both = ~numpy.isnan(ours)
    off = numpy.abs(ours - theirs) > RELATIVE * numpy.maximum(numpy.maximum(abs(ours), abs(theirs)), scale)
    if (off & both).any():
        at = int(numpy.argmax(off & both))
        return f"{int((off & both).sum())} rows, first {at}: ours {ours[at]!r}, {whose} {theirs[at]!r}"
    return ""
