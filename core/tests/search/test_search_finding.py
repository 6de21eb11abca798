"""What is found: exactly what LIKE finds, by those who may see it, and what changed a moment ago."""

import dataclasses
import datetime as dt
import random
from collections.abc import Callable, Sequence

import pytest

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.ledger.accounts import change_account
from zhangfang_core.search import sources
from zhangfang_core.search.finding import find
from zhangfang_core.search.rebuilding import build_all
from zhangfang_core.search.writing import build, index, missing
from zhangfang_core.testing.indexing import built, indexed
from zhangfang_core.testing.queue import emptied
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.acting import Acting, NotDeclared, _acting
from zhangfang_sdk.context import in_scope, scope, system_scope
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import DimensionKind, Ledger, Line, VoucherDraft
from zhangfang_sdk.search import Search, SearchEntry
from zhangfang_sdk.search_words import fold
from zhangfang_sdk.services import use

DAY = dt.date(2026, 11, 3)


async def voucher(firm: TestFirm, client: int, summary: str, fen: int = 123_456, day: dt.date = DAY) -> int:
    async with acting(firm, "accountant"):
        lines = (Line("1002", summary, debit=fen), Line("1001", summary, credit=fen))
        return await use(Ledger).draft(VoucherDraft(client, day, summary, lines))


async def titles(words: str, **narrowed: object) -> list[str]:
    page = await find(words, **narrowed)  # type: ignore[arg-type]  # the names are the service's
    return [str(hit.title) for hit in page.hits]


async def test_what_was_written_is_found_and_what_changed_is_told_again(firm: TestFirm) -> None:
    made = await voucher(firm, firm.restaurant, "购买冷链运输服务")
    assert await indexed(firm.id) > 0
    async with acting(firm, "accountant"):
        for words in (
            "冷链",
            "链",
            "运输服务",
            "1,234.56",
            "1234.56",
            "１２３４．５６",
            "¥1,234.56",
            "银行存款",
            "2026-11-03",
            "冷链 1234",
        ):
            assert [hit.id for hit in (await find(words)).hits] == [made], words
        assert await titles("冷运") == []
        assert await titles("冷链 没有") == []
        lines = (Line("1002", "买茶", debit=1), Line("1001", "买茶", credit=1))
        await use(Ledger).redraft(made, VoucherDraft(firm.restaurant, DAY, "买茶", lines))
    await indexed(firm.id)
    async with acting(firm, "accountant"):
        assert await titles("冷链") == []
        assert [str(hit.title) for hit in (await find("买茶")).hits] == ["草稿 <mark>买茶</mark>"]


async def test_clients_documents_accounts_and_items(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        kept = await use(Documents).store(firm.trading, "十月 对账单.TXT", "text/plain", b"x")
    await indexed(firm.id)
    async with acting(firm, "owner"):
        (by_name,) = (await find("嘉喜商贸")).hits
        assert (by_name.kind, by_name.address) == ("core.clients", f"/f/{firm.id}/c/{firm.trading}/")
        (by_pinyin,) = (await find("JXSM ma2text24j")).hits
        assert (by_pinyin.client, str(by_pinyin.title)) == (firm.trading, "<mark>嘉喜商贸</mark>有限公司")
        assert "jxsm" not in by_pinyin.excerpt
        assert "<mark>MA2TEXT24J</mark>" in by_pinyin.excerpt
        assert [hit.client for hit in (await find("ma2text24j")).hits] == [firm.trading]
        (document,) = (await find("对账单.txt")).hits
        assert "对账单" not in document.excerpt, "its name is its title"
        assert document.address == f"/f/{firm.id}/c/{firm.trading}/documents/{kept.id}"


async def test_a_new_name_of_an_account_or_item_is_found_in_old_vouchers(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        customer = await use(Dimensions).add(firm.restaurant, DimensionKind.CUSTOMER, "007", "海天商行")
        owed = Line("1122", "赊销", debit=100, dimensions={"customer": customer.id})
        draft = VoucherDraft(firm.restaurant, DAY, "赊销", (owed, Line("1002", "赊销", credit=100)))
        made = await use(Ledger).draft(draft)
    async with scoped_transaction(system_scope(firm.id)):
        await use(Ledger).post(made)
    await indexed(firm.id)
    async with acting(firm, "accountant"):
        assert [hit.id for hit in (await find("海天")).hits] == [made]
        await use(Dimensions).change(customer.id, name="云天商行")
        await change_account(firm.restaurant, "1002", name="工行存款")
    await indexed(firm.id)
    async with acting(firm, "accountant"):
        assert [hit.id for hit in (await find("云天")).hits] == [made]
        assert [hit.id for hit in (await find("工行存款")).hits] == [made]
        assert (await find("海天")).hits == ()


async def test_roles_see_what_they_may(firm: TestFirm, other_firm: TestFirm) -> None:
    for home in (firm, other_firm):
        await voucher(home, home.restaurant, "机密付款")
        await voucher(home, home.trading, "机密收款")
        await indexed(home.id)

    async def seen(role: str, client: int | None = None, home: TestFirm = firm) -> set[tuple[str, int]]:
        async with acting(home, role, client=client):
            return {(hit.kind, hit.client) for word in ("机密", "嘉喜", "隔壁") for hit in (await find(word)).hits}

    both = {(kind, client) for kind in ("core.vouchers", "core.clients") for client in (firm.restaurant, firm.trading)}
    assert await seen("owner") == both
    assert await seen("owner", firm.trading) == {(kind, client) for kind, client in both if client == firm.trading}
    assert await seen("boss", firm.restaurant) == {(kind, client) for kind, client in both if client == firm.restaurant}
    assert await seen("driver", firm.restaurant) == {("core.clients", firm.restaurant)}
    assert await seen("sales_manager", firm.restaurant) == {("core.clients", firm.restaurant)}
    assert {client for _, client in await seen("owner", home=other_firm)} == {other_firm.restaurant, other_firm.trading}


async def test_filters_and_pages(firm: TestFirm) -> None:
    for number in range(25):
        await voucher(firm, firm.restaurant, f"房租 {number}", day=dt.date(2025 if number < 5 else 2026, 3, 1 + number))
    await indexed(firm.id)
    async with acting(firm, "accountant"):
        first = await find("房租", limit=20)
        second = await find("房租", limit=20, after=first.following)
        days = [hit.day for hit in (*first.hits, *second.hits)]
        assert (len(first.hits), len(second.hits), second.following) == (20, 5, "")
        assert days == sorted(days, reverse=True)
        assert len({hit.id for hit in (*first.hits, *second.hits)}) == 25
        assert len((await find("房租", year=2025)).hits) == 5
        assert (await find("房租", kind="core.clients")).hits == ()
        assert (await find("房租", kind="core.no_such")).hits == ()
        for nonsense in ("x", "20261399-1", "20260101-", "99999999-9999999999999999999999", "２０２６０１０１-1"):
            assert len((await find("房租", after=nonsense, limit=100)).hits) == 25
        assert (await find("  ")).hits == ()
        for too_long in ("长" * 61, "a b c d e f g h i"):
            with pytest.raises(Refusal, match=r"search\.too_long"):
                await find(too_long)


WORDS = "公司有限贸易餐饮酒店运输服务费房租水电宁波杭州采购销售付款收款ABab12%_'\\\"(),.-*&|!:<>¥ "


async def like(word: str) -> set[int]:
    """What LIKE finds in the actor's rows."""
    escaped = fold(word).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    allowed = scope().clients
    rows = await connection().fetch(
        """select id from core_search_item where firm = $1 and ($2::bigint[] is null or client = any ($2)) and folded like $3""",
        scope().firm,
        None if allowed is None else list(allowed),
        f"%{escaped}%",
    )
    return {row["id"] for row in rows}


async def function(words: Sequence[str], most: int = 200) -> set[int]:
    kinds = ["core.clients", "core.vouchers"]
    rows = await connection().fetch(
        "select core_search($1, $2, '{}', null, null, null, null, $3) as id", words, kinds, most
    )
    return {row["id"] for row in rows}


async def test_equal_to_like(firm: TestFirm, other_firm: TestFirm) -> None:
    """Random pieces of one to six characters, operators of LIKE and of searches among them; by the index alone, too."""
    chance = random.Random(16)  # noqa: S311 - no secret
    for home in (firm, other_firm):
        async with scoped_transaction(system_scope(home.id)):
            await connection().executemany(
                """insert into core_search_item (firm, client, kind, object, day, title, body, path, folded)
                values ($1, $2, 'core.vouchers', $3, $4, 'x', '', '/x', $5)""",
                [
                    (
                        *(home.id, chance.choice((home.restaurant, home.trading)), number),
                        dt.date(2020 + number % 7, 1, 1),
                        fold("".join(chance.choices(WORDS, k=chance.randint(4, 30)))),
                    )
                    for number in range(150)
                ],
            )
    for role, client in (("owner", None), ("boss", firm.restaurant)):
        async with acting(firm, role, client=client):
            texts = [row["folded"] for row in await connection().fetch("select folded from core_search_item")]
            for _ in range(150):
                text = chance.choice(texts)
                start = chance.randrange(len(text))
                piece = text[start : start + chance.randint(1, 6)]
                for word in {*piece.split(), "".join(chance.choices(WORDS, k=chance.randint(1, 3))).strip()} - {""}:
                    assert await function(fold(word).split() or ["?"]) == set.intersection(
                        *[await like(each) for each in fold(word).split() or ["?"]]
                    ), word


async def test_rare_words_far_back(firm: TestFirm) -> None:
    """Beyond the latest thousand, which the function looks through first."""
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute(
            """insert into core_search_item (firm, client, kind, object, day, title, body, path, folded)
            select $1, case n % 2 when 0 then $2::bigint else $3::bigint end, 'core.vouchers', n, date '2026-01-01' - n, 'x', '', '/x',
              '记账 第' || n || '号 ' || case when n % 700 = 699 then '稀有' else '平常' end from generate_series(1, 3000) n""",
            firm.id,
            firm.restaurant,
            firm.trading,
        )
    async with acting(firm, "accountant"):
        assert await function(["稀有"]) == await like("稀有")
        assert await function(["稀"]) == await like("稀")
        assert await function(["2799"]) == await like("2799")
        assert len(await like("稀有")) == 4
        (rare,) = await connection().fetch(
            "select core_search(array['稀有'], array['core.vouchers'], '{}', null, 2020, null, null, 200) as id"
        )
        assert rare["id"] in await like("稀有")
    async with acting(firm, "boss", client=firm.trading):
        assert await function(["稀有"]) == await like("稀有")
        assert len(await like("稀有")) == 4


async def test_a_kind_is_built_anew(firm: TestFirm) -> None:
    """What is gone leaves; what nobody told of comes in; a plugin's kind that was off is built when it is on."""
    made = await voucher(firm, firm.restaurant, "补记工资")
    async with scoped_transaction(system_scope(firm.id)):
        await emptied()
        assert "core.vouchers" in await missing()
        await connection().execute(
            """insert into core_search_item (firm, client, kind, object, day, title, body, path, folded)
            values ($1, $2, 'core.vouchers', 987654, '2026-01-01', '早已没有', '', '/x', '早已没有')""",
            firm.id,
            firm.restaurant,
        )
    with in_scope(system_scope(firm.id)):
        assert await build("core.vouchers") == 1
    async with acting(firm, "accountant"):
        assert [hit.id for hit in (await find("工资")).hits] == [made]
        assert (await find("早已没有")).hits == ()
        assert "core.vouchers" not in await missing()
    await built(firm.id)
    async with acting(firm, "owner"):
        assert await missing() == []


async def test_what_a_plugin_may_tell_and_find(firm: TestFirm) -> None:
    """It tells of its own kinds, and finds what its manifest declares, whatever the person may."""
    await voucher(firm, firm.restaurant, "机密付款")
    await indexed(firm.id)
    reader, stranger = (Acting("notes", "便签", frozenset(may)) for may in ({"ledger.read"}, set[str]()))
    async with acting(firm, "owner"):
        for plugin, count in ((reader, 1), (stranger, 0)):
            token = _acting.set(plugin)
            try:
                assert len((await use(Search).find("机密")).hits) == count
                with pytest.raises(NotDeclared):
                    use(Search).changed("core.vouchers", [1])
                use(Search).changed("notes.things", [1])
            finally:
                _acting.reset(token)
    with in_scope(system_scope(firm.id)), pytest.raises(RuntimeError):
        use(Search).changed("core.vouchers", [1])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda entry: dataclasses.replace(entry, id=4711), "asked for"),
        (lambda entry: dataclasses.replace(entry, path="https://elsewhere"), "path"),
        (lambda entry: dataclasses.replace(entry, path="//elsewhere"), "path"),
        (lambda entry: dataclasses.replace(entry, title=" "), "title"),
        (lambda entry: dataclasses.replace(entry, title="长" * 201), "title"),
    ],
)
async def test_an_entry_that_no_page_could_show(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch, wrong: Callable[[SearchEntry], SearchEntry], said: str
) -> None:
    right = sources.VOUCHERS.write

    async def write(ids: Sequence[int]) -> Sequence[SearchEntry]:
        return [wrong(entry) for entry in await right(ids)]

    broken = dataclasses.replace(sources.VOUCHERS, write=write)
    monkeypatch.setattr(sources, "CORE_SOURCES", (broken,))
    made = await voucher(firm, firm.restaurant, "买茶")
    with in_scope(system_scope(firm.id)), pytest.raises(ValueError, match=said):
        await index("core.vouchers", [made])


async def test_ids_that_do_not_ascend_end_the_building(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ids(after: int, limit: int) -> Sequence[int]:
        return [2, 1]

    monkeypatch.setattr(sources, "CORE_SOURCES", (dataclasses.replace(sources.VOUCHERS, ids=ids),))
    with in_scope(system_scope(firm.id)), pytest.raises(ValueError, match="ascend"):
        await build("core.vouchers")


async def test_everything_anew(firm: TestFirm, other_firm: TestFirm) -> None:
    """As ``zhangfang reindex`` does, for every firm."""
    for home in (firm, other_firm):
        await voucher(home, home.restaurant, "补记")
        async with scoped_transaction(system_scope(home.id)):
            assert await connection().fetchval("select count(*) from core_search_item") == 0
    await build_all()
    for home in (firm, other_firm):
        async with acting(home, "owner"):
            assert len((await find("补记")).hits) == 1
            assert len((await find("有限公司")).hits) == 2
            assert await missing() == []
