"""A worker that is killed while it hands notices over loses none and sends none as two (COLL-2).

Mail goes out again with its Message-ID; a vendor of SMS that knows no keys is never asked twice, and what nobody knows waits for a person.
``ZHANGFANG_KILLS=50`` kills as many workers; without it a few.
"""

import asyncio
import contextlib
import datetime as dt
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.local_vendors import choose_both, local_servers
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.notices import DECLARING, declaring
from zhangfang_core.testing.pace import in_time
from zhangfang_core.testing.post_office import make_reachable
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.notices import Notice, NoticeKind, Notices
from zhangfang_sdk.services import use

ROUNDS = int(os.environ.get("ZHANGFANG_KILLS", "6"))
PEOPLE = 4
LATEST_KILL_S = 0.4
ALARM = NoticeKind("alarm", "紧急", "{what}", sms="{what}", urgent=True, permission="ledger.read")
# The whole worker, but that it need not wait five minutes for a dead one's parcels, and that its SMS vendor is on this machine.
WORKER = """
import datetime, sys
from zhangfang_core.notices import parcels
from zhangfang_messaging import aliyun_sms, plugin
parcels.LEASE = datetime.timedelta(seconds=3)
endpoint = sys.argv[1]
plugin.aliyun_vendor = lambda: aliyun_sms.aliyun_vendor(endpoint)
from zhangfang_core.cli import main
sys.argv[1:] = ["worker"]
main()
"""
MOVING = "select exists (select from core_notice_delivery where state = 'sending' and claimed_at > $1)"
"""By a worker that lives: since the last one was killed."""
LEFT = """select (select count(*) from core_notice where planned_at is null)
    + (select count(*) from core_notice_delivery where state in ('waiting', 'sending'))"""


async def asked(firm: TestFirm, query: str, *values: object) -> Any:
    async with scoped_transaction(system_scope(firm.id)):
        return await connection().fetchval(query, *values)


async def until(firm: TestFirm, query: str, *values: object, equals: object, within_s: float) -> None:
    """``within_s`` on a machine with nothing else to do; a minute that begins busy ends busier, so that the load is asked anew."""
    began = time.monotonic()
    while await asked(firm, query, *values) != equals:
        if time.monotonic() - began > in_time(within_s):
            raise TimeoutError(f"{query} is not {equals} after {time.monotonic() - began:.0f} s")
        await asyncio.sleep(0.01)


async def test_none_lost_none_twice(
    firm: TestFirm, database: str, test_server: TestServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(PEOPLE):
        await make_reachable(firm.id, firm.restaurant, "boss", f"boss{number}")
    log = tmp_path / "worker.log"
    environment = {
        "PATH": os.defpath,
        "ZHANGFANG_DATA_DIR": os.environ["ZHANGFANG_DATA_DIR"],
        "ZHANGFANG_DSN": test_server.addresses(database).application,
        "ZHANGFANG_WORKER_STALLED_S": "1",
        "SSL_CERT_FILE": str(tmp_path / "trusted.pem"),
    }
    moments = random.Random(7)  # noqa: S311  # moments of a test
    async with local_servers(tmp_path) as (post, texts):
        post.answer_s = texts.answer_s = 0.05
        await choose_both(firm, post, texts)

        async def start() -> asyncio.subprocess.Process:
            with log.open("ab") as said:
                return await asyncio.create_subprocess_exec(
                    *(sys.executable, "-c", WORKER, texts.endpoint), env=environment, stdout=said, stderr=said
                )

        workers, killed_at = [await start()], dt.datetime.now(dt.UTC)
        try:
            for number in range(ROUNDS):
                workers.append(await start())
                with declaring(ALARM):
                    async with acting(firm, "owner"):
                        about = Notice(
                            firm.restaurant, f"{DECLARING}.alarm", f"k{number}", "/vouchers", {"what": f"第{number}条"}
                        )
                        await use(Notices).send(about)
                await until(firm, MOVING, killed_at, equals=True, within_s=30)
                await asyncio.sleep(moments.uniform(0, LATEST_KILL_S))
                killed = workers.pop(0)
                killed.kill()
                await killed.wait()
                killed_at = dt.datetime.now(dt.UTC)
            await until(firm, LEFT, equals=0, within_s=150)
        except (AssertionError, TimeoutError):
            print(log.read_text()[-4000:])  # noqa: T201  # what the workers said
            raise
        finally:
            for worker in workers:
                with contextlib.suppress(ProcessLookupError):
                    worker.kill()
                await worker.wait()
        await reckon(firm, post, texts)


async def reckon(firm: TestFirm, post: Any, texts: Any) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch(
            "select channel, state, key, attempts from core_notice_delivery where key <> ''"
        )
    keys = {channel: {row["key"] for row in rows if row["channel"] == channel} for channel in ("email", "sms")}
    states = Counter((row["channel"], row["state"]) for row in rows)
    again = sum(row["attempts"] > 1 for row in rows)
    told = f"{ROUNDS} kills: {dict(states)}; {len(post.inbox)} mails, {len(texts.sent)} SMS; {again} handed over again"
    print(f"\n{told}")  # noqa: T201  # the figures
    interrupted = sum(row["attempts"] > 1 or row["state"] == "uncertain" for row in rows)
    assert interrupted > ROUNDS // 4, "the kills hardly interrupted anything"
    # One key for each notice to each person: a second key would be a second message.
    assert len(keys["email"]) == len(keys["sms"]) == ROUNDS * PEOPLE
    delivered = {str(mail["Message-ID"]).partition("@")[0].lstrip("<") for mail in post.inbox}
    assert delivered == keys["email"]
    assert states["email", "sent"] == ROUNDS * PEOPLE
    by_whom = Counter(
        (str(mail["To"]), str(mail["Subject"])) for mail in {m["Message-ID"]: m for m in post.inbox}.values()
    )
    assert set(by_whom.values()) == {1}
    taken = Counter(sent["OutId"] for sent in texts.sent)
    assert set(taken.values()) <= {1}, "an SMS was sent twice"
    sent = {row["key"] for row in rows if (row["channel"], row["state"]) == ("sms", "sent")}
    uncertain = {row["key"] for row in rows if (row["channel"], row["state"]) == ("sms", "uncertain")}
    assert sent <= set(taken) <= keys["sms"]
    assert sent | uncertain == keys["sms"], "each is sent, or waits for a person"
