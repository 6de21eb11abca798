"""Files that come in parts, over HTTP as tus 1.0.0 has it (CAP-1, PLAT-9, PLAT-13)."""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection, savepoint, scoped_transaction
from zhangfang_core.documents.resumable import service
from zhangfang_core.documents.resumable.pages import LARGEST_PART
from zhangfang_core.documents.resumable.sweeping import sweep_uploads
from zhangfang_core.documents.service import LARGEST
from zhangfang_core.settings import Settings
from zhangfang_core.storage.objects import object_store
from zhangfang_core.testing.portal import Portal
from zhangfang_core.testing.resuming import Sender, id_in
from zhangfang_core.testing.tenants import TestFirm, acting, session_of, somebody
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.services import use
from zhangfang_sdk.uploads import Uploads

CONTENT = secrets.token_bytes(700_000)
HALF = 350_000


@pytest_asyncio.fixture(loop_scope="session")
async def driver(portal: Portal, firm: TestFirm) -> AsyncIterator[Sender]:
    token = await session_of(firm, "driver", firm.restaurant)
    async with portal.visitor(token, f"/f/{firm.id}/c/{firm.restaurant}") as visitor:
        yield Sender(visitor)


@pytest_asyncio.fixture(loop_scope="session")
async def boss(portal: Portal, firm: TestFirm) -> AsyncIterator[Sender]:
    token = await session_of(firm, "boss", firm.restaurant)
    async with portal.visitor(token, f"/f/{firm.id}/c/{firm.restaurant}") as visitor:
        yield Sender(visitor)


def stored(settings: Settings) -> list[Path]:
    return [path for path in settings.objects_dir.rglob("*") if path.is_file()]


async def expire(firm: TestFirm) -> None:
    """A day goes by."""
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute("update core_upload set expires_at = now() - interval '1 second'")


async def test_a_file_in_parts_is_the_file(driver: Sender, firm: TestFirm, settings: Settings) -> None:
    """Begun, asked about, gone on with, whole; what lies on the disk meanwhile is sealed."""
    begun = await driver.begin(len(CONTENT), "油 票.pdf")
    assert begun.status_code == 201, begun.text
    address = begun.headers["location"]
    first = await driver.go_on(address, 0, CONTENT[:HALF])
    assert (first.status_code, first.headers["upload-offset"]) == (204, str(HALF))
    assert "GMT" in first.headers["upload-expires"]
    asked = await driver.ask("HEAD", address)
    assert (asked.status_code, asked.headers["upload-offset"], asked.headers["upload-length"]) == (200, str(HALF), "700000")
    assert (asked.headers["cache-control"], asked.headers["tus-resumable"]) == ("no-store", "1.0.0")
    assert "filename " in asked.headers["upload-metadata"]
    (part,) = stored(settings)
    assert CONTENT[:100] not in part.read_bytes()
    with pytest.raises(Refusal, match=r"upload\.unfinished"):
        await kept(firm, address)
    assert (await driver.go_on(address, HALF, CONTENT[HALF:])).headers["upload-offset"] == "700000"
    for _ in range(2):
        name, media_type, content = await kept(firm, address)
        assert (name, media_type, content) == ("油 票.pdf", "application/pdf", CONTENT)


async def kept(firm: TestFirm, address: str, *, within: bool = True) -> tuple[str, str, bytes]:
    """The file as a page gets it, for the person who sent it, within a transaction or without."""
    async with scoped_transaction(system_scope(firm.id)):
        whose = await connection().fetchval('select "user" from core_upload where id = $1', id_in(address))
    async with acting(firm, "driver", user=whose) as entered:
        if within:
            file = await use(Uploads).file(id_in(address))
    if not within:
        with in_scope(entered):
            file = await use(Uploads).file(id_in(address))
    return file.filename, file.content_type, await file.read()


async def test_a_page_that_opens_no_transaction_gets_it_too(driver: Sender, firm: TestFirm) -> None:
    assert (await kept(firm, await driver.sent(CONTENT), within=False))[2] == CONTENT


@pytest.mark.parametrize("offset", ["0", "349999", "350001", "700000"])
async def test_a_wrong_offset_changes_nothing(driver: Sender, firm: TestFirm, settings: Settings, offset: str) -> None:
    address = (await driver.begin(len(CONTENT))).headers["location"]
    await driver.go_on(address, 0, CONTENT[:HALF])
    answer = await driver.go_on(address, int(offset), CONTENT[HALF:])
    assert (answer.status_code, answer.json()["code"]) == (409, "upload.offset")
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert (await driver.ask("HEAD", address)).headers["upload-offset"] == str(HALF)
    assert len(stored(settings)) == 1


async def test_of_two_at_once_one_is_kept(driver: Sender, firm: TestFirm) -> None:
    address = (await driver.begin(len(CONTENT))).headers["location"]
    answers = await asyncio.gather(*(driver.go_on(address, 0, CONTENT[:HALF]) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 409, 409, 409]
    await driver.go_on(address, HALF, CONTENT[HALF:])
    assert (await kept(firm, address))[2] == CONTENT


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_part_that_was_damaged_on_the_way_is_not_kept(driver: Sender, algorithm: str) -> None:
    address = (await driver.begin(len(CONTENT))).headers["location"]
    digest = f"{algorithm} {base64.b64encode(hashlib.new(algorithm, CONTENT).digest()).decode()}"
    damaged = await driver.go_on(address, 0, b"x" + CONTENT[1:], upload_checksum=digest)
    assert (damaged.status_code, damaged.json()["code"]) == (460, "upload.damaged")
    assert (await driver.ask("HEAD", address)).headers["upload-offset"] == "0"
    assert (await driver.go_on(address, 0, CONTENT, upload_checksum=digest)).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"tus_resumable": "0.2.2"}, 412),
        ({"tus_resumable": ""}, 412),
        ({"content_type": "application/octet-stream"}, 415),
        ({"upload_offset": ""}, 400),
        ({"upload_offset": "-1"}, 400),
        ({"upload_checksum": "crc32 AAAA"}, 400),
    ],
)
async def test_what_the_protocol_forbids_is_refused(driver: Sender, headers: dict[str, str], status: int) -> None:
    address = (await driver.begin(len(CONTENT))).headers["location"]
    answer = await driver.go_on(address, 0, CONTENT, **headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["tus-version"] == "1.0.0"
    assert (await driver.ask("HEAD", address)).headers["upload-offset"] == "0"


@pytest.mark.parametrize(
    ("length", "headers", "status", "code"),
    [
        (0, {}, 422, "document.empty"),
        (LARGEST + 1, {}, 413, "document.too_large"),
        (9, {"upload_length": ""}, 400, "upload.header"),
        (9, {"upload_metadata": "filename ***"}, 400, "upload.header"),
        (9, {"tus_resumable": "2.0.0"}, 412, "upload.version"),
    ],
)
async def test_what_cannot_be_is_not_begun(
    driver: Sender, length: int, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await driver.begin(length, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["tus-max-size"] == str(LARGEST)


async def test_more_than_was_announced_is_refused(driver: Sender, settings: Settings) -> None:
    address = (await driver.begin(HALF)).headers["location"]
    assert (await driver.go_on(address, 0, CONTENT)).json()["code"] == "upload.too_long"
    address = (await driver.begin(LARGEST)).headers["location"]
    assert (await driver.go_on(address, 0, bytes(LARGEST_PART + 1))).status_code == 413
    assert stored(settings) == []


async def test_what_is_offered_is_told(driver: Sender) -> None:
    answer = await driver.ask("OPTIONS", "/uploads", tus_resumable="")
    assert (answer.status_code, answer.headers["tus-version"]) == (204, "1.0.0")
    assert answer.headers["tus-extension"] == "creation,expiration,checksum,termination"


async def test_the_same_key_is_the_same_file(driver: Sender, boss: Sender, firm: TestFirm) -> None:
    """The answer to its beginning was lost; another length, another person and one that ended begin anew."""
    first = (await driver.begin(9, key="k")).headers["location"]
    await driver.go_on(first, 0, b"1234")
    again = await driver.begin(9, key="k")
    assert (again.headers["location"], again.headers["upload-offset"]) == (first, "4")
    others = [(await boss.begin(9, key="k")).headers["location"], (await driver.begin(8, key="k")).headers["location"]]
    assert first not in others
    await expire(firm)
    assert (await driver.begin(8, key="k")).headers["location"] not in [first, *others]


async def test_nobody_else_finds_it(
    driver: Sender, boss: Sender, portal: Portal, firm: TestFirm, other_firm: TestFirm
) -> None:
    """PLAT-13: not the same client's boss, not another client's driver, not another firm, not by bare SQL."""
    address = await driver.sent(CONTENT)
    own = f"/uploads/{id_in(address)}"
    token = await session_of(firm, "driver", firm.trading)
    foreign = await session_of(other_firm, "driver", other_firm.restaurant)
    async with (
        portal.visitor(token, f"/f/{firm.id}/c/{firm.trading}") as neighbour,
        portal.visitor(foreign, f"/f/{other_firm.id}/c/{other_firm.restaurant}") as stranger,
    ):
        for intruder in (boss, Sender(neighbour), Sender(stranger)):
            for answer in (
                await intruder.ask("HEAD", own),
                await intruder.go_on(own, len(CONTENT), b"x"),
                await intruder.ask("DELETE", own),
            ):
                assert answer.status_code == 404, answer.request
                assert "upload-offset" not in answer.headers
    for scope in (acting(other_firm, "boss"), acting(firm, "boss", client=firm.trading)):
        async with scope:
            for table in ("core_upload", "core_upload_part"):
                assert await connection().fetch(f"select * from {table}") == []  # noqa: S608
            with pytest.raises(Refusal, match=r"common\.not_found"):
                await use(Uploads).file(id_in(address))
    assert (await driver.ask("HEAD", address)).status_code == 200


@pytest.mark.parametrize("statement", ["update core_upload set length = 1", "update core_upload_part set start = 0"])
async def test_what_was_announced_and_kept_stays(driver: Sender, firm: TestFirm, statement: str) -> None:
    await driver.sent(CONTENT)
    async with acting(firm, "owner"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with savepoint():
                await connection().execute(statement)


async def test_what_ended_is_gone_with_its_bytes(driver: Sender, firm: TestFirm, settings: Settings) -> None:
    """After a day, or at the sender's word; what still stands stays."""
    old = await driver.sent(CONTENT)
    await expire(firm)
    ended, standing = await driver.sent(CONTENT), await driver.sent(CONTENT)
    assert (await driver.ask("DELETE", ended)).status_code == 204
    for address in (old, ended):
        for answer in (await driver.ask("HEAD", address), await driver.go_on(address, 0, b"x")):
            assert answer.status_code == 410
    assert len(stored(settings)) == 9
    with in_scope(system_scope(firm.id)):
        await sweep_uploads()
    assert (await driver.ask("HEAD", ended)).status_code == 404
    assert len(stored(settings)) == 3
    assert (await kept(firm, standing))[2] == CONTENT


async def test_one_person_has_so_many_under_way(driver: Sender, boss: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST", 3)
    first = (await driver.begin(9)).headers["location"]
    answers = await asyncio.gather(*(driver.begin(9) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]
    assert (await boss.begin(9)).status_code == 201
    await driver.ask("DELETE", first)
    assert (await driver.begin(9)).status_code == 201


async def test_a_new_key_of_the_firm_opens_the_parts(driver: Sender, firm: TestFirm) -> None:
    address = await driver.sent(CONTENT)
    async with scoped_transaction(system_scope(firm.id)):
        assert await object_store().rotate_firm_key() == 3
    assert (await kept(firm, address))[2] == CONTENT


async def test_staff_send_for_the_client_that_is_open(portal: Portal, firm: TestFirm) -> None:
    person = await somebody(firm, "reviewer")
    async with acting(firm, "reviewer", client=firm.restaurant, user=person):
        begun = await service.begin(name="流水.xlsx", media_type="", length=3)
        await service.add(begun, b"abc")
        assert await (await use(Uploads).file(begun.id)).read() == b"abc"
    async with acting(firm, "reviewer", client=firm.trading, user=person):
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await service.standing(begun.id)
