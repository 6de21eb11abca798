"""The printed form of fully digital invoices: head, parties, lines on one page or two, sums, remark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .digital import SPECIAL
from .figures import capital, yuan
from .looks import Look
from .marks import oval, square, square_text
from .surfaces import BLACK, Surface, box, down, wrapped
from .truths import Invoice, Line

Pages = list[list[list[list[str]]]]
"""Pages of rows of cells of wrapped lines."""


@dataclass(frozen=True, slots=True)
class Column:
    head: str
    share: float
    figure: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the parts stand. ``body`` is the room for lines."""

    left: float
    top: float
    wide: float
    parties: float
    body: float
    remark: float

    @property
    def table(self) -> float:
        return self.top + self.parties


TALLER = 150.0
TRANSPORT = {"出行", "货运"}
LANDSCAPE, UPRIGHT = (612.0, 397.0), (595.0, 842.0)


LIST = 12
"""With more lines than these the landscape form is drawn taller."""


def page_size(look: Look, invoice: Invoice) -> tuple[float, float]:
    wide, high = LANDSCAPE if look.a else UPRIGHT
    return wide, high + (TALLER if look.a and len(invoice.lines) > LIST else 0)


def draw(on: Surface, invoice: Invoice, look: Look) -> None:
    frame = (
        Frame(22, 88, 568, 62, 116 + TALLER * (len(invoice.lines) > LIST), 58)
        if look.a
        else Frame(30, 128, 535, 76, 230, 80)
    )
    columns = _columns(invoice, look)
    pages = _paged(on, invoice, columns, frame, look)
    for n, rows in enumerate(pages):
        if n:
            on.next_page()
        _head(on, invoice, frame, look)
        if len(pages) > 1:
            on.text(
                frame.left + frame.wide,
                frame.top - 4,
                f"共{len(pages)}页 第{n + 1}页",
                7,
                face=look.label,
                align="right",
                ink=look.ink,
            )
        _parties(on, invoice, frame, look)
        bottom = _table(on, columns, rows, frame, look, ruled_across=bool(invoice.printed.keys() & TRANSPORT))
        bottom = _rides(on, invoice, frame, bottom, look) if invoice.printed.keys() & TRANSPORT else bottom
        _close(on, invoice, frame, look, columns, last=n == len(pages) - 1, part=_part(invoice, pages, n))


def _head(on: Surface, invoice: Invoice, frame: Frame, look: Look) -> None:
    title = f"电子发票（{'增值税专用发票' if invoice.type == SPECIAL else '普通发票'}）"
    assert invoice.date is not None
    told = [("发票号码", invoice.number), ("开票日期", f"{invoice.date:%Y年%m月%d日}")]
    code = square(square_text(invoice))
    middle = frame.left + frame.wide / 2
    if look.a:
        on.image(code, frame.left + 4, 16, 58, 58)
        on.text(middle, 40, title, 19, face=look.label, align="centre", ink=look.ink)
        for lower in (46, 49):
            on.line(middle - 125, lower, middle + 125, lower, ink=look.ink)
        on.image(oval("电子"), middle - 42, 12, 84, 56)
        _pairs(on, told, frame.left + frame.wide - 150, 44, 16, look)
        if invoice.business:
            on.text(frame.left + 72, 70, invoice.business, 10, face=look.value)
    else:
        on.text(frame.left + 8, 62, title, 20, face=look.label, ink=look.ink)
        on.image(code, frame.left + frame.wide - 74, 34, 68, 68)
        _pairs(on, told, frame.left + 8, 92, 16, look)
        on.image(oval("数电"), frame.left + 330, 38, 78, 52)
        if invoice.business:
            on.text(frame.left + 240, 108, invoice.business, 11, face=look.value)


def _pairs(
    on: Surface, told: Iterable[tuple[str, str]], x: float, y: float, lead: float, look: Look, *, after: float = 0
) -> None:
    """Labels with what they label behind them; ``after`` is where the values begin, 0 right behind."""
    put = []
    for n, (label, value) in enumerate(told):
        on.text(x, y + n * lead, label + look.colon, look.size + 1, face=look.label, ink=look.ink)
        begin = after or on.width(label + look.colon, look.size + 1, look.label) + 2
        put.append((x + begin, y + n * lead, value))
        if not look.apart:
            on.text(*put.pop(), look.size + 1, face=look.value)
    for spot in put:
        on.text(*spot, look.size + 1, face=look.value)


def _parties(on: Surface, invoice: Invoice, frame: Frame, look: Look) -> None:
    half = frame.wide / 2
    for n, (head, party) in enumerate((("购买方信息", invoice.buyer), ("销售方信息", invoice.seller))):
        left = frame.left + n * half
        box(on, left, frame.top, half, frame.parties, line=0.8, ink=look.ink)
        inner, first = left + 22, frame.top + 18
        if look.upright:
            down(on, left + 9, frame.top + 12, head, look.size, (frame.parties - 6) / 5, face=look.label, ink=look.ink)
            on.line(left + 18, frame.top, left + 18, frame.top + frame.parties, ink=look.ink)
        else:
            on.text(left + 6, frame.top + 11, head, look.size, face=look.label, ink=look.ink)
            inner, first = left + 6, frame.top + 28
        size = look.size + 0.5
        on.text(inner, first, "名称" + look.colon, size, face=look.label, ink=look.ink)
        begin = on.width("名称" + look.colon, size, look.label) + 3
        for row, part in enumerate(wrapped(on, party.name, half - begin - (inner - left) - 4, size, look.value)):
            on.text(inner + begin, first + row * (size + 2), part, size, face=look.value)
        label = "统一社会信用代码/纳税人识别号" + look.colon
        lower = frame.top + frame.parties - (14 if look.a else 12)
        small, room = size - 0.5, left + half - inner - 5
        while on.width(label, small, look.label) + on.width(party.tax_id, small + 0.5, look.value) > room:
            small -= 0.25
        on.text(inner, lower, label, small, face=look.label, ink=look.ink)
        on.text(inner + on.width(label, small, look.label) + 2, lower, party.tax_id, small + 0.5, face=look.value)


def _columns(invoice: Invoice, look: Look) -> list[Column]:
    name, rate = Column("项目名称", 0.235 * (1 + look.slack)), Column("税率/征收率", 0.1)
    amount, tax = Column("金额", 0.12, True), Column("税额", 0.115, True)
    quantity, price = Column("数量", 0.1, True), Column("单价", 0.15, True)
    by_business = {
        "建筑服务": [name, Column("建筑服务发生地", 0.23), Column("建筑项目名称", 0.22), amount, rate, tax],
        "不动产经营租赁服务": [
            name,
            Column("产权证书/不动产权证号", 0.2),
            Column("面积单位", 0.08),
            quantity,
            price,
            amount,
            rate,
            tax,
        ],
        "旅客运输服务": [name, quantity, price, amount, rate, tax],
        "货物运输服务": [name, Column("单位", 0.08), quantity, price, amount, rate, tax],
    }
    usual = [name, Column("规格型号", 0.13), Column("单位", 0.06), quantity, price, amount, rate, tax]
    return by_business.get(invoice.business, usual)


def _cells(invoice: Invoice, line: Line) -> list[str]:
    figures = [line.quantity_text, line.price_text]
    sums = [yuan(line.amount), line.rate, line.tax_text]
    by_business = {
        "建筑服务": [line.name, invoice.printed.get("发生地", ""), invoice.printed.get("项目", ""), *sums],
        "不动产经营租赁服务": [line.name, invoice.printed.get("产权证", ""), line.unit, *figures, *sums],
        "旅客运输服务": [line.name, *figures, *sums],
        "货物运输服务": [line.name, line.unit, *figures, *sums],
    }
    return by_business.get(invoice.business, [line.name, line.model, line.unit, *figures, *sums])


def edges(columns: list[Column], frame: Frame) -> list[float]:
    whole = sum(column.share for column in columns)
    at = [frame.left]
    for column in columns:
        at.append(at[-1] + column.share / whole * frame.wide)
    return at


def _paged(on: Surface, invoice: Invoice, columns: list[Column], frame: Frame, look: Look) -> Pages:
    at, lead, pages, used = edges(columns, frame), look.size + 2, list[list[list[list[str]]]](), 0.0
    room = frame.body - 14 - look.size - 7 - lead
    for line in invoice.lines:
        row = [
            wrapped(on, cell, at[n + 1] - at[n] - 5, look.size, look.value)
            for n, cell in enumerate(_cells(invoice, line))
        ]
        high = lead * max(map(len, row))
        if not pages or used + high > room:
            pages.append([])
            used = 0.0
        pages[-1].append(row)
        used += high
    return pages


def _part(invoice: Invoice, pages: Pages, page: int) -> tuple[Line, ...]:
    begin = sum(map(len, pages[:page]))
    return invoice.lines[begin : begin + len(pages[page])] if len(pages) > 1 else ()


def _table(
    on: Surface, columns: list[Column], rows: list[list[list[str]]], frame: Frame, look: Look, *, ruled_across: bool
) -> float:
    """Where the lines end."""
    at, lead, y = edges(columns, frame), look.size + 2, frame.table + 12
    for n, column in enumerate(columns):
        on.text((at[n] + at[n + 1]) / 2, y, column.head, look.size, face=look.label, align="centre", ink=look.ink)
        if not look.a and n and not ruled_across:
            on.line(at[n], frame.table, at[n], frame.table + frame.body, wide=0.3, ink=look.ink)
    y += lead + 2
    if not look.a:
        on.line(frame.left, y - lead + 1, frame.left + frame.wide, y - lead + 1, ink=look.ink)
    for row in rows:
        order = range(len(row)) if not look.apart else sorted(range(len(row)), key=lambda n: not columns[n].figure)
        for n in order:
            for deep, part in enumerate(row[n]):
                if columns[n].figure:
                    on.text(at[n + 1] - 3, y + deep * lead, part, look.size, face=look.value, align="right")
                elif n:
                    on.text((at[n] + at[n + 1]) / 2, y + deep * lead, part, look.size, face=look.value, align="centre")
                else:
                    on.text(at[n] + 3, y + deep * lead, part, look.size, face=look.value)
        y += lead * max(map(len, row))
    return y


def _rides(on: Surface, invoice: Invoice, frame: Frame, y: float, look: Look) -> float:
    """The second table of transport: who went, or what was carried, from where to where."""
    people = "出行" in invoice.printed
    heads = ["出行人", "有效身份证件号", "出行日期", "出发地", "到达地", "等级", "交通工具类型"]
    heads = heads if people else ["运输工具种类", "运输工具牌号", "起运地", "到达地", "运输货物名称"]
    lead, step = look.size + 3, frame.wide / len(heads)
    on.line(frame.left, y - 4, frame.left + frame.wide, y - 4, wide=0.3, ink=look.ink)
    rows = [heads, *(told.split("|") for told in invoice.printed["出行" if people else "货运"].split("\n"))]
    for n, row in enumerate(rows):
        for cell, text in enumerate(row):
            ink, face = (BLACK, look.value) if n else (look.ink, look.label)
            on.text(
                frame.left + (cell + 0.5) * step,
                y + 7 + n * lead,
                text,
                look.size - 0.5,
                face=face,
                align="centre",
                ink=ink,
            )
    return y + 7 + len(rows) * lead


def _close(
    on: Surface,
    invoice: Invoice,
    frame: Frame,
    look: Look,
    columns: list[Column],
    *,
    last: bool,
    part: tuple[Line, ...],
) -> None:
    at, bottom = edges(columns, frame), frame.table + frame.body
    money = [n for n, column in enumerate(columns) if column.head in ("金额", "税额")]
    label_x = frame.left + (at[1] - frame.left) / 2

    def sums(y: float, label: str, amount: int, tax: str) -> None:
        on.text(label_x, y, label, look.size, face=look.label, align="centre", ink=look.ink)
        for n, text in zip(money, (yuan(amount), tax), strict=True):
            sign = look.money_sign if text != "***" else ""
            on.text(at[n + 1] - 3, y, sign + text, look.size, face=look.value, align="right")

    if part:
        sums(
            bottom - look.size - 7, "小    计", sum(line.amount for line in part), yuan(sum(line.tax for line in part))
        )
    if last:
        sums(bottom - 5, "合    计" if look.a else "合计", invoice.amount or 0, invoice.tax_text)
    box(on, frame.left, frame.table, frame.wide, frame.body, line=0.8, ink=look.ink)
    box(on, frame.left, bottom, frame.wide, 22, line=0.8, ink=look.ink)
    if last:
        on.text(label_x, bottom + 14, "价税合计（大写）", look.size, face=look.label, align="centre", ink=look.ink)
        on.text(
            at[1] + 10,
            bottom + 14,
            ("⊗ " if look.family == "b" else "") + capital(invoice.total),
            look.size + 1,
            face=look.value,
        )
        on.text(frame.left + frame.wide * 0.68, bottom + 14, "（小写）", look.size, face=look.label, ink=look.ink)
        on.text(
            frame.left + frame.wide * 0.76,
            bottom + 14,
            look.money_sign + yuan(invoice.total),
            look.size + 1,
            face=look.value,
        )
    lower = bottom + 22
    box(on, frame.left, lower, frame.wide, frame.remark, line=0.8, ink=look.ink)
    down(on, frame.left + 9, lower + frame.remark / 2 - 6, "备注", look.size, 16, face=look.label, ink=look.ink)
    on.line(frame.left + 18, lower, frame.left + 18, lower + frame.remark, ink=look.ink)
    for n, text in enumerate(wrapped(on, invoice.remark, frame.wide - 30, look.size, look.value)[:5]):
        on.text(frame.left + 23, lower + 11 + n * (look.size + 2), text, look.size, face=look.value)
    _pairs(on, [("开票人", invoice.drawer)], frame.left + (30 if look.a else 330), lower + frame.remark + 15, 12, look)
