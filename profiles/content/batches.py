from itertools import islice


def batched(items, size):
    """Yield lists of at most ``size`` items, like ``itertools.batched`` of Python 3.12."""
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch
