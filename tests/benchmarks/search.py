"""Measures searching 1,000,000 things behind the walls, and compares what is found with LIKE.

    python tests/benchmarks/search.py [THINGS] [QUERIES] [COMPARED]

One firm of 400 clients has six tenths of the things, eight others have the rest: vouchers, files with the text of an invoice, tasks. Queries are
random pieces of one to six characters of what is there, asked as people ask them (``Search.find``: permissions, the function, rows through the walls, words
lit up) for the whole firm, for one client by its boss, and for an accountant of 30 clients, each on a connection that has planned
nothing of it before. COMPARED of them are compared, id by id, with LIKE in the same order. A real server on disk, with the settings of a
deployment. The last line is one JSON object; the exit status is 1 when a p99 is above 100 ms or a result differs.
"""

import asyncio
import datetime as dt
import json
import os
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg

from zhangfang_core.database import embedded
from zhangfang_core.database.engine import close_pool, connection, open_pool, scoped_transaction
from zhangfang_core.database.roles import APPLICATION, OWNER, make_database, make_roles
from zhangfang_core.identity.permissions import permissions_of
from zhangfang_core.identity.set_up import make_firm
from zhangfang_core.modules.life import migrate
from zhangfang_core.modules.registry import registry
from zhangfang_core.search.finding import find
from zhangfang_core.services import provide_services
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.money import yuan
from zhangfang_sdk.search_words import fold

BAR_MS = 100.0
CLIENTS = 400
OTHERS = 8
SHARE = 0.6
SHOWN = 20
COMPARED_TO = 200
FIRST_DAY = dt.date(2019, 1, 1)
DAYS = 2800

# fmt: off
PLACES = (
    "杭州", "宁波", "温州", "嘉兴", "湖州", "绍兴", "金华", "衢州", "舟山", "台州", "丽水", "上海", "苏州",
    "南京", "无锡", "广州", "深圳", "东莞", "佛山", "成都", "重庆", "武汉",
)
NAMES = (
    "远洋", "味来香", "海天", "鼎盛", "华联", "金桥", "天成", "瑞丰", "永兴", "博雅", "云帆", "启明", "顺达",
    "恒信", "新世纪", "百合", "青松", "蓝湾", "东方", "康乐",
)
TRADES = (
    "餐饮", "商贸", "物流", "科技", "建材", "服饰", "食品", "广告", "咨询", "机电", "装饰", "物业", "酒店",
    "文化", "农业", "医药",
)
WHAT = (
    "房租", "水电费", "办公用品", "差旅费", "运输服务", "冷链运费", "食材", "餐饮服务", "社保", "公积金", "工资",
    "增值税", "服务费", "设备维修", "广告费", "咨询费", "货款", "酒水", "清洁费", "软件服务",
)
ACCOUNTS = (
    "银行存款", "库存现金", "应收账款", "应付账款", "主营业务收入", "主营业务成本", "管理费用_办公费", "销售费用_运输费",
    "应交税费_应交增值税", "其他应收款",
)
# fmt: on


@dataclass(frozen=True)
class Place:
    firm: int
    clients: tuple[int, ...]


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@asynccontextmanager
async def database(folder: Path) -> AsyncIterator[str]:
    """A migrated database of a deployment; the pool is open as the application. Gives the superuser's address."""
    server = embedded.ensure_running(folder / "postgres", durable=True)
    try:
        passwords = {role: secrets.token_urlsafe(16) for role in (OWNER, APPLICATION)}
        await make_roles(server.superuser_dsn, passwords[OWNER], passwords[APPLICATION])
        await make_database(server.superuser_dsn, "benchmark")
        await migrate(server.dsn(OWNER, passwords[OWNER], "benchmark"))
        await open_pool(server.dsn(APPLICATION, passwords[APPLICATION], "benchmark"), smallest=1, largest=4)
        try:
            yield server.superuser_dsn.replace("/postgres?", "/benchmark?")
        finally:
            await close_pool()
    finally:
        embedded.stop(folder / "postgres")


async def make_places(superuser: "asyncpg.Connection[asyncpg.Record]") -> list[Place]:
    """The large firm first. Clients are rows alone: their books are not asked."""
    places = []
    for number in range(1 + OTHERS):
        made = await make_firm(
            name=f"基准{number}",
            owner_login=f"o{number}@benchmark.example",
            owner_name="周老板",
            owner_password=secrets.token_hex(12),
        )
        rows = await superuser.fetch(
            """insert into core_client (firm, name, tax_id, standard, books_start, created_at)
            select $1, '客户' || n, 'B' || n, 'small_enterprise_2013', '2019-01-01', now() from generate_series(1, $2::int) n returning id""",
            made.firm,
            CLIENTS if number == 0 else CLIENTS // OTHERS,
        )
        places.append(Place(made.firm, tuple(row["id"] for row in rows)))
    return places


def things(places: Sequence[Place], count: int, chance: random.Random) -> Iterator[tuple[object, ...]]:
    """Rows of the index in the order in which they came about."""
    large, *others = places
    for number in range(count):
        place = large if chance.random() < SHARE else chance.choice(others)
        day = FIRST_DAY + dt.timedelta(days=number * DAYS // count)
        kind, title, body = _voucher(chance, day) if chance.random() < 0.7 else _file(chance, day)
        folded = fold(f"{title}\n{body}")
        yield (
            place.firm,
            chance.choice(place.clients),
            kind,
            number + 1,
            None,
            day,
            title,
            body,
            f"/things/{number}",
            folded,
        )


def company(chance: random.Random) -> str:
    return f"{chance.choice(PLACES)}{chance.choice(NAMES)}{chance.choice(TRADES)}有限公司"


def _voucher(chance: random.Random, day: dt.date) -> tuple[str, str, str]:
    what, amount, other = chance.choice(WHAT), yuan(chance.randrange(1_000, 50_000_000)), company(chance)
    lines = "\n".join(
        f"{what} {chance.randrange(1001, 6900)} {chance.choice(ACCOUNTS)} {other} {amount}" for _ in range(2)
    )
    return (
        "core.vouchers",
        f"记-{chance.randrange(1, 400):04d} {what} · {other}",
        f"{day} {amount} 系统 王会计\n{lines}",
    )


def _file(chance: random.Random, day: dt.date) -> tuple[str, str, str]:
    seller, total = company(chance), chance.randrange(1_000, 50_000_000)
    number = "".join(chance.choices("0123456789", k=20))
    tax_id = "".join(chance.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=18))
    lines = " ".join(f"*{chance.choice(TRADES)}*{chance.choice(WHAT)} {yuan(total // 3)}" for _ in range(3))
    text = f"电子发票(普通发票) 发票号码 {number} 开票日期 {day} 销售方名称 {seller} 统一社会信用代码 {tax_id} {lines} 价税合计 ¥{yuan(total)}"
    return "capture_ocr.items", seller, text


COLUMNS = ("firm", "client", "kind", "object", "owner", "day", "title", "body", "path", "folded")


async def fill(superuser: "asyncpg.Connection[asyncpg.Record]", places: Sequence[Place], count: int) -> None:
    """The index of tokens is made after the rows, as a restore does; what it is, the migration says."""
    began = time.perf_counter()
    definition = await superuser.fetchval("select pg_get_indexdef('core_search_item_tokens'::regclass)")
    await superuser.execute("drop index core_search_item_tokens")
    chance = random.Random(1)  # noqa: S311 - no secret
    await superuser.copy_records_to_table("core_search_item", records=things(places, count, chance), columns=COLUMNS)
    copied = time.perf_counter()
    await superuser.execute("set maintenance_work_mem = '512MB'")
    await superuser.execute(definition)
    await superuser.execute("vacuum analyze core_search_item")
    sizes = await superuser.fetchrow(
        """select pg_table_size('core_search_item') >> 20 as rows, pg_relation_size('core_search_item_tokens') >> 20 as tokens,
        pg_indexes_size('core_search_item') >> 20 as indexes"""
    )
    say(
        f"{count} things: rows in {copied - began:.0f} s, index of tokens in {time.perf_counter() - copied:.0f} s; {dict(sizes or {})} MiB"
    )


def pieces(texts: Sequence[str], count: int, chance: random.Random) -> list[str]:
    """Random pieces of one to six characters, as they stand in ``texts``."""
    found: list[str] = []
    while len(found) < count:
        text = chance.choice(texts)
        start = chance.randrange(len(text))
        piece = text[start : start + chance.randint(1, 6)].strip()
        if piece and not any(c.isspace() for c in piece):
            found.append(piece)
    return found


def scope_of(place: Place, role: str, clients: Sequence[int] | None, client: int | None = None) -> Scope:
    may = permissions_of(role, {}, frozenset(registry().modules))
    seen = None if clients is None else frozenset(clients)
    return replace(system_scope(place.firm), role=role, clients=seen, client=client, permissions=may)


async def ask(scope: Scope, words: str) -> float:
    """Milliseconds of one search, on a connection that has planned nothing of it before."""
    async with scoped_transaction(scope):
        await connection().execute("discard plans")
        began = time.perf_counter()
        page = await find(words, limit=SHOWN)
        took = (time.perf_counter() - began) * 1000
    if not page.hits:
        raise RuntimeError(f"{words!r} stands there and was not found")
    return took


_FUNCTION = (
    """select core_search($1, array['core.vouchers', 'capture_ocr.items'], '{}', null, null, null, null, $2) as id"""
)
_LIKE = """select id from core_search_item where firm = $1 and ($2::bigint[] is null or client = any ($2)) and folded like $3
    order by day desc, id desc limit $4"""


async def same_as_like(scope: Scope, words: str) -> bool:
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    allowed = None if scope.clients is None else list(scope.clients)
    async with scoped_transaction(scope):
        await connection().execute("set local statement_timeout = '120s'")
        by_function = await connection().fetch(_FUNCTION, [words], COMPARED_TO)
        by_like = await connection().fetch(_LIKE, scope.firm, allowed, f"%{escaped}%", COMPARED_TO)
    return [row["id"] for row in by_function] == [row["id"] for row in by_like]


async def texts_of(scope: Scope) -> list[str]:
    """Some that the scope sees, from all years."""
    async with scoped_transaction(scope):
        rows = await connection().fetch(
            "select folded from core_search_item where firm = $1 and ($2::bigint[] is null or client = any ($2)) and id % $3 = 0",
            *(scope.firm, None if scope.clients is None else list(scope.clients), 199 if scope.clients is None else 3),
        )
    return [row["folded"] for row in rows]


async def measure(folder: Path, count: int, queries: int, compared: int) -> dict[str, float]:
    provide_services()
    found: dict[str, float] = {}
    async with database(folder) as address:
        superuser = await asyncpg.connect(address)
        places = await make_places(superuser)
        await fill(superuser, places, count)
        large = places[0]
        asking = {
            "firm": scope_of(large, "owner", None),
            "client": scope_of(large, "boss", large.clients[7:8], large.clients[7]),
            "thirty_clients": scope_of(large, "accountant", large.clients[:30]),
        }
        for name, scope in asking.items():
            chance = random.Random(name)  # noqa: S311 - no secret
            words = pieces(await texts_of(scope), queries, chance)
            times = {word + str(place): await ask(scope, word) for place, word in enumerate(words)}
            ordered = sorted(times.values())
            p99 = ordered[int(len(ordered) * 0.99) - 1]
            slowest = sorted(times, key=lambda w: -times[w])[:3]
            say(
                f"{name:16} p50 {statistics.median(ordered):6.1f} p99 {p99:6.1f} max {ordered[-1]:6.1f} ms   slowest {slowest}"
            )
            found |= {
                f"{name}_p50_ms": round(statistics.median(ordered), 2),
                f"{name}_p99_ms": round(p99, 2),
                f"{name}_max_ms": round(ordered[-1], 2),
            }
            different = [word for word in words[:compared] if not await same_as_like(scope, word)]
            say(f"{name:16} {min(compared, queries)} compared with LIKE, {len(different)} differ {different[:3]}")
            found[f"{name}_differ"] = len(different)
        await superuser.close()
    return found


def main(count: int, queries: int, compared: int) -> int:
    with tempfile.TemporaryDirectory(prefix="zhangfang-benchmark-") as folder:
        os.environ["ZHANGFANG_DATA_DIR"] = folder
        found = asyncio.run(measure(Path(folder), count, queries, compared))
    sys.stdout.write(
        json.dumps({"things": count, "queries": queries, "compared": compared, "bar_ms": BAR_MS, **found}) + "\n"
    )
    failed = any(value > BAR_MS for key, value in found.items() if key.endswith("p99_ms"))
    return int(failed or any(value for key, value in found.items() if key.endswith("differ")))


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    sys.exit(main(*given, *(1_000_000, 1_000, 1_000)[len(given) :]))
