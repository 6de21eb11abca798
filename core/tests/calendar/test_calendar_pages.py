"""办税日历 of the firm and the operator's 工作日: what people change, and what they are told (COLL-1)."""

import datetime as dt
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from zhangfang_core.identity.set_up import make_operator
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.tenants import TestFirm


@pytest_asyncio.fixture(loop_scope="session")
async def owner(portal: Portal, firm: TestFirm) -> AsyncIterator[Visitor]:
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}") as visitor:
        yield visitor


async def first_deadline(owner: Visitor) -> tuple[str, dt.date]:
    """As the form offers it, and its day."""
    page = (await owner.get("/calendar")).text
    found = re.search(r'<option value="([^"]+)">[^<]* (\d{4}-\d\d-\d\d)</option>', page)
    assert found is not None
    return found[1], dt.date.fromisoformat(found[2])


async def test_a_deadline_is_moved_and_restored(owner: Visitor) -> None:
    """By its title, never by its code."""
    deadline, day = await first_deadline(owner)
    moved = (day + dt.timedelta(days=3)).isoformat()
    answer = await owner.post("/calendar/move", deadline=deadline, due=moved, area="3301", reason="杭税通告 1 号")
    assert answer.status_code == 303
    page = (await owner.get("/calendar")).text
    moves = page.split("本公司调整过的", 1)[1].split("<h2", 1)[0]
    assert "杭税通告 1 号" in moves
    code = deadline.partition(" ")[0]
    assert code not in re.sub("<[^>]*>", "", moves)
    assert (await owner.post("/calendar/restore", deadline=deadline, area="3301")).status_code == 303
    assert "本公司调整过的" not in (await owner.get("/calendar")).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": ""}, "请写明依据"),
        ({"reason": "据" * 121}, "最多写 120 个字"),
        ({"due": ""}, "请选择日期"),
        ({"due": "0001-01-01"}, "2000 至 2100 年之间"),
        ({"area": "33x"}, "地区写行政区划代码"),
        ({"due": "2029-12-01"}, "相差超过 92 天"),
    ],
)
async def test_what_is_refused_stands_in_the_form_again(owner: Visitor, wrong: dict[str, str], sentence: str) -> None:
    deadline, day = await first_deadline(owner)
    typed = {"deadline": deadline, "due": day.isoformat(), "area": "3301", "reason": "电话通知"} | wrong
    answer = await owner.post("/calendar/move", **typed)
    assert answer.status_code == 422
    assert sentence in answer.text.split("field-error", 1)[1]
    assert all(f'value="{value}"' in answer.text for value in typed.values() if value)


@pytest.mark.parametrize("deadline", ["", "vat", "vat 2026Q9", "vat ９９９９-01", "x 99999999", "no_such_tax 2026-11"])
async def test_a_deadline_that_there_is_not(owner: Visitor, deadline: str) -> None:
    answer = await owner.post("/calendar/move", deadline=deadline, due="2026-12-18", area="", reason="x")
    assert answer.status_code == 404


async def test_the_operator_is_asked_again(portal: Portal) -> None:
    operator = await make_operator(login="op", name="运维", password="eight quiet horses", totp_secret="")
    async with portal.visitor(await session_for(operator)) as visitor:
        for typed, sentence in (
            ({"day": "2027-05-05", "choice": "off", "reason": ""}, "请写明依据"),
            ({"day": "5 月", "choice": "off", "reason": "国办发明电"}, "请选择日期"),
            ({"day": "2027-05-05", "choice": "x", "reason": "国办发明电"}, "放假还是上班"),
        ):
            answer = await visitor.post("/operator/calendar", **typed)
            assert answer.status_code == 422, sentence
            assert sentence in answer.text
            assert f'value="{typed["reason"]}"' in answer.text or not typed["reason"]
        done = await visitor.post("/operator/calendar", day="2027-05-05", choice="off", reason="国办发明电")
        assert done.status_code == 303
        assert "国办发明电" in (await visitor.get("/operator/calendar")).text
