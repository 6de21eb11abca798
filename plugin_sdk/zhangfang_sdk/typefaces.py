"""The typeface of printed files."""

from pathlib import Path
from typing import Protocol

from zhangfang_sdk.acting import needs


class Typefaces(Protocol):
    @needs()
    def regular(self) -> Path:
        """The TrueType file of Noto Sans SC (OFL 1.1), to be embedded: readers of a PDF need no Chinese fonts of their own.

        It lacks characters outside the common planes that some names have; :meth:`rare` may have them. Raises FileNotFoundError on an
        installation whose assets were not built.
        """
        ...

    @needs()
    def rare(self) -> Path | None:
        """A TrueType file with rarer characters (LXGW WenKai, OFL 1.1) where the machine has one, else None."""
        ...
