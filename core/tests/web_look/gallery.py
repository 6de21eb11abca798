"""Sample pages over the real layouts and macros: the tests render them, and a person can look at them.

`python core/tests/web_look/gallery.py FOLDER` writes them as files beside a copy of the static folder.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

import zhangfang_core
from zhangfang_core.web import money_text
from zhangfang_core.web.assets_manifest import STATIC_DIR, asset
from zhangfang_core.web.build_assets import build
from zhangfang_core.web.charts import Point, Share, bars_with_line, composition_bar, donut, sparkline
from zhangfang_core.web.icons import icon
from zhangfang_core.web.switching import Switcher
from zhangfang_sdk.places import portal

TEMPLATES = Path(zhangfang_core.__file__).parent / "templates"
PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Item:
    id: str
    label: str
    icon: str
    href: str
    zone: str
    order: int
    badge: int | None = None


@dataclass(frozen=True)
class Actor:
    name: str
    role_label: str
    firm_name: str
    client_name: str | None
    is_firm_staff: bool
    client: int | None = None
    firm: int | None = 1
    person: int = 1
    is_operator: bool = False


SWITCHER = Switcher("味来香餐饮管理有限公司", [("味来香西湖店", portal("/f/1/c/3"))])
SWITCHER_OF_STAFF = Switcher(
    "加喜财税 · 全部客户", [], portal("/f/1/clients"), portal("/f/1/clients/find"), portal("/f/1")
)
CLIENT = Actor("李总", "企业主", "加喜财税", "味来香餐饮管理有限公司", False)
STAFF = Actor("王会计", "记账会计", "加喜财税", None, True)
CLIENT_NAV = [
    Item("home", "首页", "house", "/", "tab", 0),
    Item("inv", "票据", "receipt-text", "/capture", "tab", 10, 2),
    Item("snap", "拍票", "camera", "/capture/new", "tab", 20),
    Item("msg", "消息", "message-circle", "/collab", "tab", 30, 3),
    Item("me", "我的", "user-round", "/me", "tab", 40),
    Item("archive", "档案", "folder-archive", "/archive", "me", 50),
]
DRIVER_NAV = [item for item in CLIENT_NAV if item.id in ("snap", "msg", "me")]
DESK_NAV = [
    Item("desk", "工作台", "layout-dashboard", "/", "side", 0),
    Item("review", "票据审核", "scan-text", "/capture/review", "side", 10, 18),
    Item("vouchers", "凭证", "book-open-text", "/books", "side", 20),
    Item("tax", "税务申报", "landmark", "/tax", "side", 30),
    Item("chat", "客户沟通", "message-circle", "/collab", "side", 40, 5),
    Item("clients", "客户档案", "building-2", "/clients", "side", 60),
]
REVENUE = [523, 498, 412, 560, 575, 590, 603, 588, 612, 640, 607, 684]
LAST_YEAR = [470, 455, 390, 480, 492, 500, 520, 515, 530, 541, 549, 563]
MONTHS = ["25-12", *(f"26-{m:02d}" for m in range(1, 12))]
POINTS = [
    Point(
        label=f"{int(month[3:])}月",
        name=f"20{month[:2]}年{int(month[3:])}月",
        value=value * 100_000,
        line=before * 100_000,
        href=f"/books/vouchers?month=20{month}",
        now=month == MONTHS[-1],
    )
    for month, value, before in zip(MONTHS, REVENUE, LAST_YEAR, strict=True)
]
SHARES = [
    Share("食材采购", 31_240_000, "/books/vouchers?account=5401"),
    Share("人员工资", 16_840_000, "/books/vouchers?account=5602.01"),
    Share("房租水电", 6_120_000, "/books/vouchers?account=5602.02"),
    Share("运输费", 1_133_101),
    Share("其他", 2_004_000),
]


def environment() -> jinja2.Environment:
    """Templates as the portal renders them, except that every undefined name is an error."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATES, PAGES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(asset=asset, icon=icon, _=lambda text: text, here="/f/1/c/2")
    env.filters.update(fen=money_text.fen, thousand=money_text.thousand, wan=money_text.wan, change=money_text.change)
    return env


def context(page: str) -> dict[str, Any]:
    """What the portal gives to every template, and the sample's own figures."""
    staff = page in {"review", "desk"}
    signed_out = page in {"sign_in", "error"}
    return {
        "nav": DESK_NAV if staff else DRIVER_NAV if page == "driver" else CLIENT_NAV,
        "active": {"review": "review", "upload": "snap", "desk": "desk"}.get(page, "home"),
        "actor": None if signed_out else STAFF if staff else CLIENT,
        "switcher": SWITCHER_OF_STAFF if staff else SWITCHER,
        "csrf_token": "token",
        "lang": "zh-CN",
        "flash": [("good", "已保存。")] if page == "desk" else [],
        "chart": bars_with_line(POINTS, title="近 12 个月收入", bar_name="收入", line_name="去年同期"),
        "profit": bars_with_line(
            [Point(p.label, (i - 4) * 1_234_567, "/books", now=p.now) for i, p in enumerate(POINTS)],
            title="近 12 个月利润",
            bar_name="利润",
        ),
        "spark": sparkline(REVENUE, label="近 12 个月上升"),
        "costs": donut(SHARES, title="成本费用构成", total_label="千元"),
        "composition": composition_bar(SHARES, title="成本费用构成"),
        "revenue": [[p.name, money_text.fen(p.value), money_text.fen(p.line or 0)] for p in POINTS],
    }


def render(page: str) -> str:
    """Renders one sample page by the name of its file."""
    given = context(page)
    titles = {"upload": "拍票", "review": "票据审核", "desk": "工作台"}
    if page in titles:
        given["page_title"] = titles[page]
    return environment().get_template(f"{page}.html").render(given)


def names() -> list[str]:
    """The sample pages."""
    return sorted(path.stem for path in PAGES.glob("*.html"))


def write(folder: Path) -> None:
    """Writes every sample page and the static files into a folder that a plain web server can show."""
    build()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(STATIC_DIR, folder / "static", dirs_exist_ok=True)
    shutil.copy(PAGES / "invoice.svg", folder)
    for page in names():
        (folder / f"{page}.html").write_text(render(page), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
