"""PLAT-5: a firm's admin chooses vendors, orders them, sets them and tests the connection; secrets are never seen again."""

import dataclasses
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.database.roles import APPLICATION
from zhangfang_core.modules.switches import switch
from zhangfang_core.settings import Settings
from zhangfang_core.storage.objects import object_store
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Visitor, running_portal, session_for
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_core.testing.vendors import OFFERING, Steered, offering
from zhangfang_core.vendors.keeping_count import FAILURES, count
from zhangfang_sdk.context import Scope, in_scope, system_scope
from zhangfang_sdk.recognition import Bitmap, TextRecogniser
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import NoVendorAnswered, SettingField, VendorKind, VendorMisset, Vendors
from zhangfang_sdk.vendors import Settings as VendorSettings

HOME = "/settings/vendors"
WHITE = Bitmap(1, 1, b"\xff\xff\xff")
SECRET = "sk-5f1b6bd1c7-never-seen-again"
OTHER_SECRET = "sk-other-0011223344"
FIELDS = (
    SettingField("account", "账号", help="控制台里的账号", longest=20),
    SettingField("key", "密钥", "secret"),
    SettingField("token", "备用密钥", "secret", required=False),
    SettingField("limit", "每秒次数", "number", default=5, smallest=1, largest=20),
    SettingField("region", "地域", "choice", choices=(("north", "华北"), ("south", "华南")), default="north"),
    SettingField("address", "接口地址", "url", required=False),
)
GOOD = {"account": "zf-1", "key": SECRET, "limit": "5", "region": "south"}


async def is_right(settings: VendorSettings) -> None:
    if settings["key"] != SECRET:
        raise VendorMisset("密钥不对,请核对后重新填写。")


@pytest.fixture
def cloud() -> Iterator[Steered]:
    """One vendor with every kind of field, beside one that needs nothing."""
    vendor = Steered("cloud", fields=FIELDS, outside=True, test=is_right)
    with offering(Steered("local"), vendor):
        yield vendor


@pytest_asyncio.fixture(loop_scope="session")
async def admin(firm: TestFirm, database: str, settings: Settings, test_server: TestServer) -> AsyncIterator[Visitor]:
    """The firm's owner at the browser."""
    chosen = dataclasses.replace(settings, dsn=test_server.addresses(database).application)
    token = await session_for(firm.owner)
    async with running_portal(chosen) as portal, portal.visitor(token, f"/f/{firm.id}") as visitor:
        yield visitor


async def add(admin: Visitor, vendor: str = "cloud", **typed: str) -> str:
    """The address of the chosen vendor."""
    answer = await admin.post(f"{HOME}/add/ocr/{OFFERING}.{vendor}", **typed)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def rows(firm: TestFirm, table: str) -> list[dict[str, object]]:
    async with scoped_transaction(system_scope(firm.id)):
        return [dict(row) for row in await connection().fetch(f"select * from {table} order by id")]  # noqa: S608


async def test_each_field_is_refused_beside_the_field(admin: Visitor, cloud: Steered, firm: TestFirm) -> None:
    """PLAT-5: in Chinese; what was typed stays, but for secrets."""
    typed = {
        "account": "字" * 21,
        "limit": "三",
        "region": "west",
        "address": "http://10.0.0.5/",
        "key": SECRET,
    }
    answer = await admin.post(f"{HOME}/add/ocr/{OFFERING}.cloud", **typed)
    assert answer.status_code == 422
    said = dict(re.findall(r'id="f-(\w+)-error"><svg.*?</svg>([^<]+)<', answer.text))
    assert said == {
        "account": "最多 20 个字符。",
        "limit": "请填写整数。",
        "region": "请从列表里选择。",
        "address": "请填写 https:// 开头的网址。",
    }
    assert "字" * 21 in answer.text
    assert SECRET not in answer.text
    assert await rows(firm, "core_vendor_choice") == []


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("account", "", "请填写这一项。"),
        ("key", "", "请填写这一项。"),
        ("limit", "0", "不能小于 1。"),
        ("limit", "21", "不能大于 20。"),
        ("limit", "٣", "请填写整数。"),
        ("address", "https://127.0.0.1/", "不能指向内部网络的地址。"),
        ("address", "https://[::1]/", "不能指向内部网络的地址。"),
        ("address", "https://169.254.169.254/latest", "不能指向内部网络的地址。"),
        ("address", "https://localhost/", "不能指向内部网络的地址。"),
        ("address", "https://db.internal/", "不能指向内部网络的地址。"),
        ("address", "https://2130706433/", "不能指向内部网络的地址。"),
        ("address", "https://127.1/", "不能指向内部网络的地址。"),
        ("address", "https://0x7f.1/", "不能指向内部网络的地址。"),
        ("address", "https://0x7f.0.0.0x1/", "不能指向内部网络的地址。"),
        ("address", "https://127.0。0.1/", "不能指向内部网络的地址。"),
        ("address", "https://localhost./", "不能指向内部网络的地址。"),
        ("address", "https://a.localhost/", "不能指向内部网络的地址。"),
        ("address", "https://db.internal./", "不能指向内部网络的地址。"),
        ("address", "https://[64:ff9b::a9fe:a9fe]/", "不能指向内部网络的地址。"),
        ("address", "https://[2002:7f00:1::]/", "不能指向内部网络的地址。"),
        ("address", "https://a:b@ocr.example.com/", "请填写 https:// 开头的网址。"),
        ("address", "https://[", "请填写 https:// 开头的网址。"),
    ],
)
async def test_a_wrong_value(admin: Visitor, cloud: Steered, key: str, value: str, said: str) -> None:
    answer = await admin.post(f"{HOME}/add/ocr/{OFFERING}.cloud", **{**GOOD, key: value})
    assert answer.status_code == 422
    assert re.findall(r'id="f-(\w+)-error"><svg.*?</svg>([^<]+)<', answer.text) == [(key, said)]


async def test_secrets_are_used_and_never_seen_again(
    admin: Visitor, cloud: Steered, firm: TestFirm, caplog: pytest.LogCaptureFixture
) -> None:
    """PLAT-5: not in the database, the pages, the trail, the log; yet the vendor gets them."""
    with caplog.at_level(logging.DEBUG):
        address = await add(admin, **GOOD, token=OTHER_SECRET, address="https://ocr.example.com/v1")
        assert (await admin.post(f"{address}/test")).status_code == 303
        with in_scope(system_scope(firm.id)):
            await use(Vendors).call(TextRecogniser, lambda v: v.recognise(WHITE))
        shown = [(await admin.get(where)).text for where in (HOME, address, "/audit", "/audit?q=vendor")]
    assert cloud.opened_with[-1] == {
        "account": "zf-1",
        "key": SECRET,
        "token": OTHER_SECRET,
        "limit": 5,
        "region": "south",
        "address": "https://ocr.example.com/v1",
    }
    assert shown[1].count("已设置,留空则不变") == 2
    assert "连接正常" in shown[1]
    kept = [str(row) for table in ("core_vendor_choice", "core_audit_entry") for row in await rows(firm, table)]
    assert "vendor.choose" in "".join(kept)
    assert "已设置" in "".join(kept)
    for secret in (SECRET, OTHER_SECRET):
        for text in (*shown, *kept, caplog.text):
            assert secret not in text
            assert secret.encode().hex() not in text


async def test_sealed_settings_open_nowhere_else(admin: Visitor, firm: TestFirm) -> None:
    """PLAT-5: bound to their vendor: copied to another one's row they do not open, and it is not asked without them."""
    cloud, twin = Steered("cloud", fields=FIELDS, test=is_right), Steered("twin", fields=FIELDS, test=is_right)
    with offering(cloud, twin):
        await add(admin, **GOOD)
        address = await add(admin, "twin", **{**GOOD, "key": OTHER_SECRET})
        async with scoped_transaction(system_scope(firm.id)):
            await connection().execute(
                "update core_vendor_choice set sealed = (select sealed from core_vendor_choice where vendor like '%.cloud') "
                "where vendor like '%.twin'"
            )
        await admin.post(f"{address}/test")
        assert "保存的密钥打不开了,请重新填写。" in (await admin.get(address)).text
        with in_scope(system_scope(firm.id)), pytest.raises(NoVendorAnswered) as told:
            await use(Vendors).call(TextRecogniser, lambda v: v.recognise(WHITE), vendor=f"{OFFERING}.twin")
    assert told.value.details["vendors"] == {f"{OFFERING}.twin": "misset"}
    assert twin.opened_with == []


async def test_a_rotated_key_still_opens_them(admin: Visitor, cloud: Steered, firm: TestFirm) -> None:
    """PLAT-5, ARCH-6: secrets are sealed anew with the firm's new key."""
    address = await add(admin, **GOOD)
    before = (await rows(firm, "core_vendor_choice"))[0]
    async with scoped_transaction(system_scope(firm.id)):
        assert await object_store().rotate_firm_key() >= 1
    after = (await rows(firm, "core_vendor_choice"))[0]
    assert after["key_version"] == 2
    assert after["sealed"] != before["sealed"]
    await admin.post(f"{address}/test")
    assert cloud.opened_with[-1]["key"] == SECRET


async def test_settings_are_changed_and_secrets_left_empty_stay(admin: Visitor, cloud: Steered, firm: TestFirm) -> None:
    address = await add(admin, **GOOD, token=OTHER_SECRET)
    assert (await admin.post(address, account="zf-2", limit="7", region="north", clear_token="1")).status_code == 303
    await admin.post(f"{address}/test")
    assert cloud.opened_with[-1] == {"account": "zf-2", "key": SECRET, "limit": 7, "region": "north"}
    trail = [row for row in await rows(firm, "core_audit_entry") if row["action"] == "vendor.change"]
    assert json.loads(str(trail[0]["before"]))["账号"] == "zf-1"
    assert json.loads(str(trail[0]["after"])) == {
        "账号": "zf-2",
        "每秒次数": 7,
        "地域": "north",
        "备用密钥": "已清除",
    }


async def test_a_new_address_wants_the_secret_again(admin: Visitor, cloud: Steered) -> None:
    """PLAT-5: nobody has a secret sent to a place of their own that they could not read here."""
    address = await add(admin, **GOOD)
    answer = await admin.post(address, account="zf-1", limit="5", region="south", address="https://evil.example/")
    assert answer.status_code == 422
    assert re.findall(r'id="f-(\w+)-error"', answer.text) == ["key"]


async def test_the_result_of_a_test_is_told_plainly(admin: Visitor, cloud: Steered, firm: TestFirm) -> None:
    """PLAT-5: what is wrong, in Chinese; it is counted, and a vendor that was left out comes back when it works."""
    address = await add(admin, **{**GOOD, "key": OTHER_SECRET})
    await admin.post(f"{address}/test")
    page = (await admin.get(address)).text
    assert "密钥不对,请核对后重新填写。" in page
    assert "本月使用 1 次,失败 1 次" in page
    async with scoped_transaction(system_scope(firm.id)):
        for _ in range(FAILURES):
            await count(VendorKind.OCR, f"{OFFERING}.cloud", failed="timeout", seconds=0.1)
    assert "之前不再使用" in (await admin.get(HOME)).text
    await admin.post(address, account="zf-1", key=SECRET, limit="5", region="south")
    page = (await admin.get(address)).text
    assert "密钥不对" not in page, "an earlier test says nothing of new settings"
    assert "之前不再使用" not in page
    await admin.post(f"{address}/test")
    assert "连接正常" in (await admin.get(address)).text


async def test_an_adapter_that_says_its_secret_is_not_quoted(admin: Visitor, cloud: Steered) -> None:
    async def chatty(settings: VendorSettings) -> None:
        raise VendorMisset(f"密钥 {settings['key']} 不对")

    cloud.test = chatty
    address = await add(admin, **GOOD)
    await admin.post(f"{address}/test")
    page = (await admin.get(address)).text
    assert "连接程序出错了" in page
    assert SECRET not in page


async def test_the_order_is_the_firm_s(admin: Visitor, firm: TestFirm) -> None:
    """PLAT-5: up and down; the first is asked first; removing the last one gives back what works by itself."""
    one, two, three = Steered("one"), Steered("two"), Steered("three")
    with offering(one, two, three):
        assert "现在自动使用本机服务" in (await admin.get(HOME)).text
        addresses = [await add(admin, name) for name in ("two", "three")]
        assert (await admin.post(f"{HOME}/add/ocr/{OFFERING}.two")).status_code == 409
        assert await asked_first(firm) == "two"
        await admin.post(f"{addresses[1]}/move", to="up")
        assert await asked_first(firm) == "three"
        await admin.post(f"{addresses[1]}/move", to="up")
        await admin.post(f"{addresses[1]}/move", to="down")
        assert await asked_first(firm) == "two"
        for address in addresses:
            await admin.post(f"{address}/remove")
        assert await asked_first(firm) == "one"
        assert (await admin.get(addresses[0])).status_code == 404
    actions = [row["action"] for row in await rows(firm, "core_audit_entry")]
    assert actions.count("vendor.choose") == 2
    assert actions.count("vendor.order") == 2, "a step beyond the end is none"
    assert actions.count("vendor.remove") == 2


async def asked_first(firm: TestFirm) -> str:
    with in_scope(system_scope(firm.id)):
        answered = await use(Vendors).call(TextRecogniser, lambda v: v.recognise(WHITE))
    return answered.vendor.removeprefix(f"{OFFERING}.")


async def test_a_plugin_that_is_switched_off_takes_its_vendors_along(
    admin: Visitor, cloud: Steered, firm: TestFirm
) -> None:
    """PLAT-3, PLAT-5: the choice stays and says why it is not used; it cannot be tested; the plugin back, it works."""
    address = await add(admin, **GOOD)
    async with scoped_transaction(system_scope(firm.id)):
        await switch(OFFERING, on=False)
    assert "模块“票据采集”已停用" in (await admin.get(HOME)).text
    assert (await admin.get(f"{HOME}/add/ocr/{OFFERING}.local")).status_code == 404
    assert (await admin.post(f"{address}/test")).status_code == 409
    async with scoped_transaction(system_scope(firm.id)):
        await switch(OFFERING, on=True)
    assert "已停用" not in (await admin.get(HOME)).text
    await admin.post(f"{address}/test")
    assert "连接正常" in (await admin.get(address)).text


async def test_a_vendor_that_is_not_installed_any_more_can_be_removed(admin: Visitor, firm: TestFirm) -> None:
    with offering(Steered("old")):
        address = await add(admin, "old")
    with offering(Steered("new")):
        assert "没有安装" in (await admin.get(HOME)).text
        assert "没有安装" in (await admin.get(address)).text
        assert (await admin.post(address)).status_code == 409
        assert (await admin.post(f"{address}/remove")).status_code == 303
    assert await rows(firm, "core_vendor_choice") == []


@pytest.mark.parametrize("table", ["core_vendor_choice", "core_vendor_call", "core_vendor_breaker"])
async def test_both_walls_stand_before_other_firms_and_clients(
    admin: Visitor, cloud: Steered, firm: TestFirm, other_firm: TestFirm, table: str
) -> None:
    """PLAT-2: another firm sees no row, and neither do people of the firm's own clients."""
    await add(admin, **GOOD)
    async with scoped_transaction(system_scope(firm.id)):
        await count(VendorKind.OCR, f"{OFFERING}.cloud", failed="timeout", seconds=0.1)
    assert len(await rows(firm, table)) == 1
    assert await rows(other_firm, table) == []
    boss = Scope(firm=firm.id, user=firm.owner, role="boss", staff=False, clients=frozenset({firm.restaurant}))
    async with scoped_transaction(boss):
        assert await connection().fetchval("select current_user") == APPLICATION
        assert await connection().fetch(f"select id from {table}") == []  # noqa: S608
