"""Who can sign in to the demo, and what the person who started it is told."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import pyotp

from zhangfang_core.settings import Settings


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """``place`` is "operator", "firm", "second" (the second firm) or a client's key.

    ``second_factor`` tells who signs in with a dynamic code; ``looks_after`` names an accountant's clients.
    """

    login: str
    name: str
    role: str
    place: str
    what: str
    second_factor: bool = False
    looks_after: tuple[str, ...] = ()


PEOPLE = (
    DemoPerson("boss@demo", "李总", "boss", "restaurant", "老板(手机)"),
    DemoPerson("gao@demo", "高总", "boss", "materials", "老板(建材公司,有风险提醒)"),
    DemoPerson("cashier@demo", "陈出纳", "cashier", "restaurant", "出纳"),
    DemoPerson("sales@demo", "孙经理", "sales_manager", "trading", "销售经理(商贸公司)"),
    DemoPerson("driver@demo", "小赵", "driver", "restaurant", "司机,只能上传票据"),
    DemoPerson(
        "wang@demo", "王会计", "accountant", "firm", "会计,负责餐饮、商贸和建材", looks_after=("restaurant", "trading", "materials")
    ),
    DemoPerson("liu@demo", "刘会计", "accountant", "firm", "会计,负责软件公司", looks_after=("software",)),
    DemoPerson("owner@demo", "周老板", "owner", "firm", "代账公司负责人,管理后台", second_factor=True),
    DemoPerson("neighbour@demo", "吴老板", "owner", "second", "另一家代账公司", second_factor=True),
    DemoPerson("operator@demo", "运维", "operator", "operator", "平台运维", second_factor=True),
)


@dataclass(frozen=True, slots=True)
class DemoSecrets:
    """Made once for each deployment, so that no two demos share a password."""

    password: str
    totp: str


def demo_secrets(settings: Settings) -> DemoSecrets:
    """Read ``demo.json`` (mode 0600) of the data folder, made the first time."""
    path = _path(settings)
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        fresh = {"password": f"demo-{secrets.token_hex(4)}", "totp": pyotp.random_base32()}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(fresh, file)
    return DemoSecrets(**json.loads(path.read_text()))


def _path(settings: Settings) -> Path:
    return settings.data_dir / "demo.json"


def greeting(address: str, settings: Settings) -> str:
    """The address and the sign-ins, in Chinese, for the terminal."""
    known = demo_secrets(settings)
    lines = [f"\n账房已启动: {address}", f"演示账号(密码都是 {known.password}):"]
    lines += [f"  {p.login:<16}{p.name}  {p.what}{'  需要动态码' if p.second_factor else ''}" for p in PEOPLE]
    lines.append(f"动态码密钥 {known.totp},或运行 .venv/bin/zhangfang code 查看当前动态码。按 Ctrl-C 停止。\n")
    return "\n".join(lines)
