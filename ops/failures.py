"""PURE: the one exception of the machine room; its text is the one clear line that the person reads."""


class OpsFailure(Exception):
    """Something is missing or broken; the message names it and says what to do, in one line."""
