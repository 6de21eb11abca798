"""Bounds of time in tests: those of a machine with nothing else to do, stretched where others keep it busy."""

import os


def in_time(seconds: float) -> float:
    """``seconds`` times the runnable processes a core, of the last minute; never less than ``seconds``."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
