"""Fails when it runs, after all of core."""

ID = "2026-11-26T08:99:01:000000"


async def forwards() -> None:
    raise RuntimeError("nothing works")
