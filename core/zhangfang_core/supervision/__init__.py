"""Keeping the portal's processes: `zhangfang run` is the parent of web and worker, and of their database."""

from .children import Child
from .errors import SupervisionError
from .run import run_all, supervise
from .web import serve

__all__ = ["Child", "SupervisionError", "run_all", "serve", "supervise"]
