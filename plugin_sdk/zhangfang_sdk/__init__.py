"""What a Zhangfang plugin may import, and all that it may import.

A plugin talks to the platform in three ways only: it *declares* things through the hooks of
:mod:`zhangfang_sdk.hookspecs`, it *uses* services described by the Protocols of this package
(``use(Ledger)``), and its tables stand behind both walls through :mod:`zhangfang_sdk.tables`.
"""

from zhangfang_sdk.hookspecs import hook
from zhangfang_sdk.services import use

__all__ = ["hook", "use"]
