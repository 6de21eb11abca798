"""PLAT-2: the isolation kit sees what it is for: a parameter that nothing explains, an escaped name, a wall with a hole."""

from typing import Any

import pytest
from litestar import Litestar, get

from zhangfang_sdk.tables import ClientRows
from zhangfang_sdk.testing.isolation import Route, leaked, walk
from zhangfang_sdk.web import CLIENT, page


def test_a_parameter_that_nothing_explains_is_an_error() -> None:
    route = Route("GET", "/things/{thing_id:int}/{colour:str}", module="sample", examples={"colour": "red"})
    assert route.address({"sample_thing": 7}) == "/things/7/red"
    assert Route("GET", "/{voucher_id:int}", module="sample").address({"core_voucher": 3}) == "/3"
    with pytest.raises(LookupError, match="thing_id"):
        route.address({"other_thing": 7})
    with pytest.raises(LookupError, match="colour"):
        Route("GET", "/{colour:str}").address({})


def test_every_method_of_every_handler_is_walked() -> None:
    @page("/a", of=CLIENT, permission="sample.read")
    async def one() -> None: ...

    @get("/b/{thing_id:int}")
    async def unguarded(thing_id: int) -> None: ...

    walked = walk(Litestar([one, unguarded], openapi_config=None))
    assert {route.name: route.permission for route in walked.routes} == {
        "GET /a": "sample.read",
        "GET /b/{thing_id:int}": None,
    }


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("甲公司".encode(), {}),
        (b"&#30002;&#20844;&#21496;", {}),
        (rb'{"name": "\u7532\u516c\u53f8"}', {}),
        (b"", {"content-disposition": "attachment; filename*=UTF-8''%E7%94%B2%E5%85%AC%E5%8F%B8.pdf"}),
    ],
)
def test_a_name_is_found_however_it_is_written(body: bytes, headers: dict[str, str]) -> None:
    assert leaked(body, headers, ["甲公司", "乙公司"]) == ["甲公司"]
    assert leaked(b"nothing", {}, ["甲公司"]) == []


async def test_a_hole_in_both_walls_is_seen(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each wall alone still holds; with both open the neighbour reads the tasks, and the kit's judgement says so."""
    visitor = world.visitors["owner of another firm"]

    there = world.places["乙"].firm

    async def words_read() -> list[str]:
        answer = await visitor.get(f"/admin/{there}/api/tables/collab_task/")
        assert answer.status_code == 200, answer.text
        assert leaked(answer.content, answer.headers, ["机密乙"])
        return leaked(answer.content, answer.headers, ["机密甲"])

    assert await words_read() == []
    with monkeypatch.context() as patched:
        patched.setattr(ClientRows, "wall", classmethod(lambda cls: cls.firm > 0))
        assert await words_read() == [], "the database's wall stands alone"
    await world.superuser.execute("alter table collab_task disable row level security")
    assert await words_read() == [], "the first wall stands alone"
    monkeypatch.setattr(ClientRows, "wall", classmethod(lambda cls: cls.firm > 0))
    assert await words_read() == ["机密甲"]
