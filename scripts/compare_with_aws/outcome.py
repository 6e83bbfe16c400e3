"""How asking can fail."""


class Unusable(Exception):
    """Bad usage, or something that every row needs is missing: exit 2."""


class NotCompared(Exception):
    """Why a row has no answer to compare."""


class TimedOut(NotCompared):
    """An answer that did not come in time."""
