"""Counts function calls: a measure of work that does not depend on how busy the machine is."""

import sys
from contextlib import contextmanager


@contextmanager
def counted_calls():
    """Yield a list whose only item is the number of calls, to Python and C functions, in the block so far."""
    calls = [0]

    def count(frame, event, argument):
        if event in ("call", "c_call"):
            calls[0] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(before)
