"""What is compared with Pine: every function of ours that Pine has too, by families."""

import pine_cases_averages
import pine_cases_math
import pine_cases_momentum
import pine_cases_trend

CASES = [*pine_cases_math.CASES, *pine_cases_averages.CASES, *pine_cases_momentum.CASES, *pine_cases_trend.CASES]

# (name, overload) of ours that has a Pine name but no such function in PyneCore, with the reason.
NOT_IN_PYNECORE = {}

# Where a bar has no value we skip it: a window holds the last n bars that have one. So does Pine in its averages, sums, deviations and
# medians; these functions of Pine each do something else.
GAPS_DIFFER = {
    "ta.wma": "repeats the value before",
    "ta.vwma": "sums prices over the bars that have one, and volumes over all bars",
    "ta.alma": "is na while a missing value is in the window of bars",
    "ta.linreg": "is na while a missing value is in the window of bars",
    "ta.dev": "the mean skips, the distances are na while a missing value is in the window of bars",
    "ta.correlation": "skips in each of its sums by itself, so that they are not of the same bars",
    "ta.percentile_nearest_rank": "a missing value takes a place in the window and ranks highest",
    "ta.percentile_linear_interpolation": "a missing value takes a place in the window and ranks highest",
    "ta.percentrank": "looks back over bars",
    "ta.highest": "begins anew",
    "ta.lowest": "begins anew",
    "ta.highestbars": "begins anew",
    "ta.lowestbars": "begins anew",
    "ta.range": "begins anew",
    "ta.pivothigh": "begins anew, and counts bars",
    "ta.pivotlow": "begins anew, and counts bars",
    "ta.rising": "begins anew",
    "ta.falling": "begins anew",
    "ta.change": "looks back over bars",
    "ta.cmo": "its changes are over bars",
    "ta.stoch": "begins anew",
    "ta.mom": "looks back over bars",
    "ta.roc": "looks back over bars",
    "ta.kc": "the ranges of bars without a source count",
    "ta.kcw": "the ranges of bars without a source count",
    "ta.rci": "PyneCore 6.11 does not return from a window with a missing value",
}
