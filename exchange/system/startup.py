"""What a long-lived process does once it has loaded all that it runs with."""

import gc

YOUNG_OBJECTS = 10_000  # made and kept before a collection looks for garbage; 700 is what Python begins with


def keep_what_is_loaded() -> None:
    """Spare what is loaded from every later collection of garbage: it stays until the process ends.

    A full collection looked through all of it, a tenth of a second in the midst of a request or a tick.
    Collections are rarer from then on: the rows of one request are more than the 700 objects after which
    Python looks, and none of them is garbage yet.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
