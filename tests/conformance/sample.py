"""A small plugin that keeps the contract, written to a folder, so that each of its promises can be broken in turn."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

PACKAGE = "zhangfang_sample"

FILES = {
    "README.md": "# 示例\n",
    "CHANGELOG.md": "# Changelog\n\n## 0.1.0\n",
    "zhangfang_sample/__init__.py": "",
    "zhangfang_sample/py.typed": "",
    "zhangfang_sample/manifest.toml": """
id = "sample"
title = "示例"
summary = "一个示例模块。"
category = "示例"
uses = ["clients.read"]
requires = ["Ledger"]
optional = ["Live"]
provides = ["Greeting"]

[[permissions]]
id = "sample.read"
title = "查看示例"
roles = ["owner", "boss"]

[[permissions]]
id = "sample.keep"
title = "维护示例"
roles = ["owner"]
""",
    "zhangfang_sample/tables.py": """
from piccolo.columns import BigSerial, Varchar
from piccolo.table import Table
from zhangfang_sdk.tables import ClientRows


class Thing(ClientRows, Table, tablename="sample_thing"):
    id = BigSerial(primary_key=True)
    title = Varchar()
    colour = Varchar()
""",
    "zhangfang_sample/piccolo_app.py": """
from pathlib import Path

from piccolo.conf.apps import AppConfig

from zhangfang_sample.tables import Thing

APP_CONFIG = AppConfig(
    app_name="sample", migrations_folder_path=str(Path(__file__).parent / "migrations"), table_classes=[Thing]
)
""",
    "zhangfang_sample/migrations/__init__.py": "",
    "zhangfang_sample/migrations/sample_0001_tables.py": 'TABLE = "sample_thing"\n',
    "zhangfang_sample/migrations/sample_0002_walls.py": (
        'from zhangfang_sdk.walls import client_wall\n\nWALL = client_wall("sample_thing")\n'
    ),
    "zhangfang_sample/templates/sample/list.html": "{% if things %}{{ things | length }}{% endif %}\n",
    "zhangfang_sample/plugin.py": """
from typing import Protocol

from pydantic import BaseModel, Field
from zhangfang_sdk import hook, use
from zhangfang_sdk.admin import AdminForm, AdminScreen
from zhangfang_sdk import services
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.ledger import Ledger as Books
from zhangfang_sdk.live import Live
from zhangfang_sdk.web import CLIENT, FIRM, PORTAL, Badge, Card, NavEntry, Page, action, page

from zhangfang_sample.tables import Thing


class Greeting(Protocol):
    async def greet(self) -> str: ...


class PoliteGreeting:
    async def greet(self) -> str:
        return "您好"


class Paint(BaseModel):
    colour: str = Field(title="颜色")


@page("/things", of=CLIENT, permission="sample.read")
async def things_page() -> Page:
    return Page("sample/list.html", things=[])


@action("/things/{thing_id:int}/paint/{colour:str}", of=CLIENT, permission="sample.keep", examples={"colour": "red"})
async def paint(thing_id: int, colour: str) -> None: ...


async def count() -> int:
    return 0


async def load(client: int, period: str) -> None: ...


async def sweep() -> None:
    use(Books)
    services.use(Live)
    use(Greeting)


async def submit(fields: BaseModel) -> str:
    return "好"


class Sample:
    @hook
    def register_pages(self):
        return [things_page, paint]

    @hook
    def register_navigation(self):
        return [NavEntry("things", "示例", "box", "/things", "sample.read", "side")]

    @hook
    def register_badges(self):
        return [Badge("things", count)]

    @hook
    def register_cards(self):
        return [Card("sample.things", "cockpit", "sample/list.html", "sample.read", load)]

    @hook
    def register_admin_screens(self):
        return [AdminScreen(Thing, "示例表", (Thing.client, Thing.title, Thing.colour), {"colour": "颜色"})]

    @hook
    def register_admin_forms(self):
        return [AdminForm("paint", "上色", "给示例上色。", Paint, submit)]

    @hook
    def register_jobs(self):
        return [Job("sweep", sweep, "0 3 * * *")]

    @hook
    def register_services(self):
        return {Greeting: PoliteGreeting()}

    @hook
    async def check_voucher(self, voucher):
        return None

    @hook
    async def on_vouchers_posted(self, ids): ...


plugin = Sample()
""",
}


def write(folder: Path, file: str = "", old: str = "", new: str = "") -> EntryPoint:
    """Write the plugin with one passage replaced (a file whose passage is "" is left out); returns its entry point."""
    for name in [m for m in sys.modules if m.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    for name, text in FILES.items():
        if f"/{name}".endswith(f"/{file}") and not old:
            continue
        if f"/{name}".endswith(f"/{file}"):
            if text.count(old) < 1:
                raise ValueError(f"{old!r} is not in {name}")
            text = text.replace(old, new, 1)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return EntryPoint("sample", f"{PACKAGE}.plugin:plugin", "zhangfang.plugins")
