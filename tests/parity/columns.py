"""The product's table of functions over numpy columns, in this process."""

import ctypes
import os
from pathlib import Path

import numpy

_BUILD = Path(os.environ.get("CW_BUILD_DIR", "build/release")).resolve()
_D = ctypes.POINTER(ctypes.c_double)


def _load():
    library = ctypes.CDLL(str(_BUILD / "parity/libcw_columns.so"))
    library.cw_make.restype = ctypes.c_void_p
    library.cw_run.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
    library.cw_free.argtypes = [ctypes.c_void_p]
    library.cw_function_name.restype = ctypes.c_char_p
    library.cw_function_pine.restype = ctypes.c_char_p
    return library


_library = None


def _lib():
    global _library
    _library = _library or _load()
    return _library


def names():
    return [_lib().cw_function_name(i).decode() for i in range(_lib().cw_functions())]


def pine_names():
    """(name, overload, what the table says of its Pine counterpart) of each row."""
    seen, rows = {}, []
    for i, name in enumerate(names()):
        overload = seen[name] = seen.get(name, -1) + 1
        rows.append((name, overload, _lib().cw_function_pine(i).decode()))
    return rows


class Function:
    """`Function("ta.ema", 20)` is one call's operator; `f(close)` runs it over columns, from where it stands."""

    def __init__(self, name, *settings, overload=0, seed="talib"):
        numbers = (ctypes.c_double * max(1, len(settings)))(*[float("nan") if isinstance(s, str) else s for s in settings])
        texts = (ctypes.c_char_p * max(1, len(settings)))(*[s.encode() if isinstance(s, str) else None for s in settings])
        inputs, outputs, lookback = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
        self._made = _lib().cw_make(name.encode(), overload, numbers, texts, len(settings), seed == "pine", ctypes.byref(inputs),
                                    ctypes.byref(outputs), ctypes.byref(lookback))
        if not self._made:
            raise KeyError(f"there is no {name}, overload {overload}")
        self.name, self.inputs, self.outputs, self.lookback = name, inputs.value, outputs.value, lookback.value

    def __call__(self, *columns):
        """float64 (n,) an input; answers a list of float64 (n,), one an output, each a fresh array."""
        assert len(columns) == self.inputs, f"{self.name} takes {self.inputs} columns"
        columns = [numpy.ascontiguousarray(column, dtype=numpy.float64) for column in columns]
        out = [numpy.empty(len(columns[0])) for _ in range(self.outputs)]
        self.into(columns, out)
        return out

    def into(self, columns, out):
        pointers_in = (ctypes.c_void_p * len(columns))(*[column.ctypes.data for column in columns])
        pointers_out = (ctypes.c_void_p * len(out))(*[column.ctypes.data for column in out])
        _lib().cw_run(self._made, pointers_in, pointers_out, len(columns[0]))

    def __del__(self):
        if getattr(self, "_made", None):
            _lib().cw_free(self._made)


def run(name, columns, *settings, **options):
    """The outputs of one call over whole columns, a list of arrays."""
    return Function(name, *settings, **options)(*columns)
