"""All of one deployment in one place: the database made ready, the demo filled, web and worker kept running."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from zhangfang_core.plugin_life.starting import ready
from zhangfang_core.settings import Settings

Step = Callable[[], Awaitable[None]]


async def prepared(settings: Settings) -> str:
    """The application's address of a database that is ready for this code, migrated here or waited for."""
    at = await ready(settings)
    from zhangfang_core.modules.life import prepare  # asks which plugins there are

    await prepare(at)
    return at.application


@asynccontextmanager
async def in_the_deployment(settings: Settings) -> AsyncIterator[None]:
    """With the database ready, services given and the pool open, for work beside the portal's own processes."""
    from zhangfang_core.database.engine import JOBS, close_pool, open_pool
    from zhangfang_core.services import provide_services

    dsn = await prepared(settings)
    provide_services()
    await open_pool(dsn, limits=JOBS)
    try:
        yield
    finally:
        await close_pool()


async def fill(settings: Settings, *then: Step) -> None:
    """The demo, once, and ``then`` what else is to be done before the first request."""
    from zhangfang_core.demo.fill import fill_demo

    async with in_the_deployment(settings):
        await fill_demo(settings)
        for step in then:
            await step()


def run(settings: Settings, *then: Step, demo: bool, renewed: Callable[[], bool] | None = None) -> None:
    """Until a signal. ``then`` follows the demo; ``renewed`` is asked all the while: when it says so, web and worker are started anew,
    as they are after an order of the operator's page was carried out.

    Raises what the start raises (SupervisionError, EmbeddedServerError, MigrationError).
    """
    from zhangfang_core.demo.sign_ins import greeting
    from zhangfang_core.plugin_life.carrier import Carrier
    from zhangfang_core.supervision.children import Child
    from zhangfang_core.supervision.run import run_all

    program = [sys.executable, "-m", "zhangfang_core.cli"]
    address = f"http://{settings.host}:{settings.port}"

    def prepare() -> None:
        asyncio.run(fill(settings, *then) if demo else prepared(settings))

    carrier = Carrier(settings)

    def anew() -> bool:
        return carrier.changed() or (renewed is not None and renewed())

    def up() -> None:
        print(greeting(address, settings) if demo else f"账房已启动: {address}", flush=True)  # noqa: T201  # what the person who ran it waits for

    run_all(
        state_dir=settings.data_dir,
        children=[
            Child(name="web", argv=(*program, "web"), ready_url=f"{address}/healthz"),
            Child(name="worker", argv=(*program, "worker")),
        ],
        on_ready=up,
        address=(settings.host, settings.port),
        embedded_dir=None if settings.dsn else settings.database_dir,
        prepare=prepare,
        renewed=anew,
    )
