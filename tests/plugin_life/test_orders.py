"""What the operator orders on the page: proved again, named, carried out by another process, and told."""

import asyncio
import html
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pyotp
import pytest

from tests.plugin_life.shelves import Deployment, coloured_wheel, deployed, shelf_wheel
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity import recovery
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.identity.set_up import make_operator
from zhangfang_core.plugin_life import carrier
from zhangfang_core.plugin_life.carrier import Carrier
from zhangfang_core.plugin_life.carrying_out import carry_out_all
from zhangfang_core.plugin_life.orders import End, OrderBook, State, Wanted
from zhangfang_core.plugin_life.shelf import Shelf, as_ordered, digest_of
from zhangfang_core.settings import read_settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Visitor, session_for
from zhangfang_core.testing.processes import free_port, running, until_up
from zhangfang_core.testing.tenants import OWNER_PASSWORD
from zhangfang_sdk.context import Scope
from zhangfang_sdk.errors import Refusal

ORDER = "/operator/plugin-orders"
UP_AGAIN_S = 60


class Operator:
    """A browser at a web process of its own, with recovery codes to prove with."""

    def __init__(self, visitor: Visitor, codes: list[str]) -> None:
        self.visitor, self.codes = visitor, codes

    async def order(self, wanted: str, what: str, **other: str) -> httpx.Response:
        """With the right password and an unused code, where ``other`` says nothing else."""
        proof = {} if "proof" in other else {"proof": self.codes.pop()}
        return await self.visitor.post(ORDER, wanted=wanted, what=what, **{"password": OWNER_PASSWORD, **proof, **other})

    async def page(self) -> str:
        return html.unescape((await self.visitor.get("/operator/plugins")).text)


@asynccontextmanager
async def operating(place: Deployment, program: str = "web") -> AsyncIterator[Operator]:
    with pytest.MonkeyPatch.context() as environment:  # secrets are sealed with the key of the deployment's folder
        environment.setenv("ZHANGFANG_DATA_DIR", str(place.folder))
        secret = pyotp.random_base32()
        person = await make_operator(login="operator@test", name="运维小王", password=OWNER_PASSWORD, totp_secret=secret)
        async with scoped_transaction(Scope(user=person)):
            codes = await recovery.make(person)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {**place.settings, "ZHANGFANG_PORT": str(port)}
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(running(program, settings, place.folder / "web.log"))
        await until_up(web, address)
        cookies = {COOKIE: await session_for(person)}
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=address, cookies=cookies, timeout=30))
        yield Operator(Visitor(http), codes)
        assert "Traceback" not in web.said()


def laid_ready(place: Deployment, made: Callable[[Path], Path], into: Path) -> str:
    """A wheel on the shelf of the deployment; its name there."""
    shelf = place.folder / "plugin_wheels"
    shelf.mkdir(exist_ok=True)
    wheel = made(into)
    (shelf / wheel.name).write_bytes(wheel.read_bytes())
    return wheel.name


async def test_from_the_shelf_to_gone_and_back(test_server: TestServer, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    async with deployed(test_server, tmp_path / "data") as place, operating(place) as operator:
        wheel = laid_ready(place, shelf_wheel, tmp_path)
        assert f"wanted=install&what={wheel}" in await operator.page()
        assert "没有等待办理的单" in await place.plugin("carry-out")

        # A session and a password that were stolen are not enough, nor is a session and the phone.
        assert "没有通过验证" in (await operator.order("install", wheel, proof="000000")).text
        assert "当前密码不对" in (await operator.order("install", wheel, password="wrong")).text
        assert OrderBook(place.folder).orders() == []

        assert (await operator.order("install", wheel)).status_code == 303
        assert "等待办理" in await operator.page()
        assert "办理了 1 单" in await place.plugin("carry-out")
        page = await operator.page()
        assert "已安装 shelf 1.0" in page
        assert "运维小王" in page
        assert "等待重新启动" in page
        assert f"wanted=install&what={wheel}" not in page

        laid_ready(place, coloured_wheel, tmp_path)
        newer = next(name for name in re.findall(r"wanted=upgrade&what=([^\"]+)\"", await operator.page()))
        await operator.order("upgrade", newer)
        await place.plugin("carry-out")
        page = await operator.page()
        assert "shelf 已从 1.0 换成 2.0" in page
        assert "比现在的版本旧" in page.partition("shelf 1.0 ")[2].partition("</li>")[0], "the wheel that was installed first lies there still"
        steps = page.partition("最近的变动")[2]
        assert [wanted for wanted in ("安装", "升级") if f"运维小王 · {wanted}" in steps] == ["安装", "升级"]
        await place.migrate()
        await place.plugin("enable", "shelf", "--all")
        await place.fill(rows=50, files=5)
        before = await place.contents()

        assert (await operator.visitor.post(ORDER, wanted="rehearse", what="shelf")).status_code == 303
        await place.plugin("carry-out")
        page = await operator.page()
        assert "数据表 shelf_paper: 50 行" in page
        assert "wanted=uninstall&what=shelf" in page
        assert await place.contents() == before
        assert "请原样输入模块编号 shelf" in (await operator.order("uninstall", "shelf", named="shelv", proof="-")).text
        await operator.order("uninstall", "shelf", named="shelf")
        await place.plugin("carry-out")
        await place.require_gone()
        export = place.newest_export().name
        assert f"wanted=restore&what={export}" in await operator.page()

        await operator.order("restore", export)
        await place.plugin("carry-out")
        assert "行数据和导出时一样" in await operator.page()
        assert await place.contents() == before
        async with scoped_transaction(Scope(operator=True, staff=True)):
            rows = await connection().fetch(
                "select action, user_name from core_audit_entry where subject = 'module:shelf' order by id"
            )
        steps = ["install", "upgrade", "uninstall", "restore"]
        assert [row["action"] for row in rows if row["action"] != "module.order"] == [f"module.{step}" for step in steps]
        assert {row["user_name"] for row in rows} == {"运维小王"}


async def test_a_refusal_is_told_and_changes_nothing(test_server: TestServer, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    async with deployed(test_server, tmp_path / "data") as place, operating(place) as operator:
        broken = laid_ready(place, lambda into: shelf_wheel(into, files={"plugin.py": "raise ValueError('broken')"}), tmp_path)
        await operator.order("install", broken)
        (place.folder / "plugin_wheels" / "notes.whl").write_bytes(b"no wheel")
        assert "notes.whl 不是完整的 wheel 文件" in await operator.page()
        await place.plugin("carry-out")
        page = await operator.page()
        assert "没有办成" in page
        assert "模块 shelf 在这里运行不了,没有安装" in page
        assert not (place.folder / "plugins" / "shelf" / "current").exists()

        wheel = laid_ready(place, shelf_wheel, tmp_path / "again")
        await operator.order("install", wheel)
        with (place.folder / "plugin_wheels" / wheel).open("ab") as file:
            file.write(b"more")
        await place.plugin("carry-out")
        assert "在下单之后变了,没有执行" in await operator.page()

        for wanted, what in (("install", "../wheels.whl"), ("uninstall", "books"), ("rehearse", "../.."), ("restore", "x.zip")):
            answer = await operator.visitor.post(ORDER, wanted=wanted, what=what)
            assert answer.status_code == 404, (wanted, what)
        assert (await operator.visitor.post(ORDER, wanted="sell", what="shelf")).status_code == 422


@asynccontextmanager
async def kept(place: Deployment) -> AsyncIterator[str]:
    """`zhangfang run` without the demo, which keeps web and worker; the web's address."""
    script = "from zhangfang_core import cli, running; settings = cli._settings(); cli._log(settings); running.run(settings, demo=False)"
    port = free_port()
    environment = {"PATH": os.defpath, **place.settings, "ZHANGFANG_PORT": str(port)}
    with (place.folder / "run.log").open("wb") as said:
        keeper = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, env=environment, cwd=place.folder, stdout=said, stderr=said
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        keeper.terminate()
        await asyncio.wait_for(keeper.wait(), 30)


async def test_who_keeps_the_processes_carries_out_and_starts_them_anew(test_server: TestServer, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    async with deployed(test_server, tmp_path / "data") as place, kept(place) as address:
        wheel = laid_ready(place, shelf_wheel, tmp_path)
        person = await make_operator(login="operator@test", name="运维小王", password=OWNER_PASSWORD)
        async with httpx.AsyncClient(base_url=address, cookies={COOKIE: await session_for(person)}, timeout=30) as http:
            await _until(http, "/operator/plugins", "可以安装的")
            path = Shelf(place.folder).find(wheel)
            OrderBook(place.folder).place(Wanted.INSTALL, wheel, plugin="shelf", digest=digest_of(path), by="运维小王")
            page = await _until(http, "/operator/plugins", "<p class=\"mute\">shelf 1.0 ")
            assert "已安装 shelf 1.0" in page
            assert "等待重新启动" not in page


async def test_who_keeps_the_processes_knows_the_installed_plugins_too(test_server: TestServer, tmp_path: Path) -> None:
    """It migrates before web and worker start, and says what was found."""
    (tmp_path / "data").mkdir()
    async with deployed(test_server, tmp_path / "data") as place:
        await place.plugin("install", str(shelf_wheel(tmp_path)))
        async with kept(place) as address, httpx.AsyncClient(base_url=address) as http:
            await _until(http, "/healthz", "ok")
        said = (place.folder / "run.log").read_text("utf-8")
    found = [line for line in said.splitlines() if "plugins found" in line]
    assert len(found) >= 2, "of the keeper and of those that it started"
    assert all("shelf 1.0" in line for line in found)
    assert "2 of shelf" in said.partition("migrations that ran")[2].partition("\n")[0]


async def _until(http: httpx.AsyncClient, path: str, words: str) -> str:
    """The page, once it says so; the portal may be away meanwhile."""
    began, text = time.monotonic(), ""
    while time.monotonic() - began < UP_AGAIN_S:
        try:
            text = (await http.get(path)).text
        except httpx.TransportError:
            text = "away"
        if words in text:
            return text
        await asyncio.sleep(0.2)
    raise TimeoutError(f"{words} does not come: {text}")


def test_the_same_order_twice_is_one(tmp_path: Path) -> None:
    book = OrderBook(tmp_path)
    first, second = (book.place(Wanted.UNINSTALL, "shelf", plugin="shelf", digest="", by="王") for _ in range(2))
    assert first == second
    with book.carrying_out():
        begun = book.begun()
        assert begun is not None
        assert begun.state is State.WORKING
        assert book.place(Wanted.UNINSTALL, "shelf", plugin="shelf", digest="", by="王").id == first.id
        book.ended(begun, End.DONE, ["已卸载"])
    assert [(order.end, order.told) for order in book.orders()] == [(End.DONE, ("已卸载",))]
    assert book.place(Wanted.UNINSTALL, "shelf", plugin="shelf", digest="", by="王").id != first.id


def test_one_that_has_begun_is_not_withdrawn(tmp_path: Path) -> None:
    book = OrderBook(tmp_path)
    order = book.place(Wanted.REHEARSE, "shelf", plugin="shelf", digest="", by="王")
    book.withdraw(order.id)
    assert not book.waits()
    order = book.place(Wanted.REHEARSE, "shelf", plugin="shelf", digest="", by="王")
    with book.carrying_out():
        assert book.begun() is not None
        for id_ in (order.id, "none", "../../etc/passwd", f"{order.id}.working"):
            with pytest.raises(Refusal) as refused:
                book.withdraw(id_)
            assert refused.value.code == "plugin.order_begun"


def test_what_was_cut_off_is_told_by_the_next(tmp_path: Path) -> None:
    book = OrderBook(tmp_path)
    book.place(Wanted.INSTALL, "a.whl", plugin="a", digest="1", by="王")
    with book.carrying_out():
        assert book.begun() is not None
        with pytest.raises(Refusal) as refused, OrderBook(tmp_path).carrying_out():
            pass
        assert refused.value.code == "plugin.busy"
    with book.carrying_out():
        assert book.begun() is None
    assert [order.end for order in book.orders()] == [End.CUT_OFF]
    assert book.orders()[0].changed_something


def cut_off(folder: Path) -> OrderBook:
    """A book with one order whose process was killed, so that nobody is at it."""
    book = OrderBook(folder)
    book.place(Wanted.INSTALL, "a.whl", plugin="a", digest="1", by="王")
    with book.carrying_out():
        assert book.begun() is not None
    return book


def test_what_was_cut_off_can_be_ordered_again(tmp_path: Path) -> None:
    """The order of the dead process is not the one that is given back: nobody would carry it out."""
    book = cut_off(tmp_path)
    again = book.place(Wanted.INSTALL, "a.whl", plugin="a", digest="1", by="王")
    assert [(order.state, order.end) for order in book.orders() if order.id == again.id] == [(State.WAITING, None)]
    assert [order.end for order in book.orders() if order.id != again.id] == [End.CUT_OFF]


def test_what_was_cut_off_is_told_where_nothing_else_waits(tmp_path: Path) -> None:
    """By the process that keeps web and worker when it starts, and by the command that a timer runs."""
    settings = replace(read_settings(), data_dir=tmp_path)
    for look in (lambda: Carrier(settings), lambda: carry_out_all(settings)):
        book = cut_off(tmp_path)
        look()
        assert all(order.end is End.CUT_OFF for order in book.orders())


async def test_a_killed_process_leaves_its_order_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGFANG_DATA_DIR", str(tmp_path))
    sleeper = "import sys, time; from pathlib import Path; from zhangfang_core.plugin_life.orders import OrderBook\n"
    sleeper += "book = OrderBook(Path(sys.argv[1]))\nwith book.carrying_out():\n    book.begun()\n    time.sleep(60)"
    monkeypatch.setattr(carrier, "COMMAND", (sys.executable, "-c", sleeper, str(tmp_path)))
    book = OrderBook(tmp_path)
    keeper = Carrier(replace(read_settings(), data_dir=tmp_path))
    book.place(Wanted.INSTALL, "a.whl", plugin="a", digest="1", by="王")
    await until(lambda: not keeper.changed() and book.orders()[0].state is State.WORKING)
    assert keeper.child is not None
    os.kill(keeper.child, signal.SIGKILL)
    await until(keeper.changed)
    assert [order.end for order in book.orders()] == [End.CUT_OFF]


async def until(true: Callable[[], bool]) -> None:
    for _ in range(100):
        if true():
            return
        await asyncio.sleep(0.1)
    raise TimeoutError


def test_the_shelf_gives_nothing_that_lies_elsewhere(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "data")
    assert shelf.offers() == []
    shelf.folder.mkdir(parents=True)
    (tmp_path / "outside.whl").write_bytes(b"x")
    (shelf.folder / "linked.whl").symlink_to(tmp_path / "outside.whl")
    for name in ("linked.whl", "../../outside.whl", "", ".", "/etc/passwd"):
        with pytest.raises(Refusal) as refused:
            shelf.find(name)
        assert refused.value.code == "plugin.no_such_file"


def test_a_folder_of_wheels_is_what_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "a.whl").write_bytes(b"a")
    digest = digest_of(folder)
    with as_ordered(folder, digest) as copy:
        assert [wheel.name for wheel in copy.iterdir()] == ["a.whl"]
    (folder / "b.whl").write_bytes(b"b")
    with pytest.raises(Refusal), as_ordered(folder, digest):
        pass
