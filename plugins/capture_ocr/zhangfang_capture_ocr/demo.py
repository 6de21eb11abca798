"""Files for the demo's clients, sent the way a person sends them: some good, one for another company, one broken, one photograph twice."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from zhangfang_capture_ocr.services.uploads import receive
from zhangfang_capture_ocr.specimen_service import DrawnSpecimens
from zhangfang_capture_ocr.specimens import photographed
from zhangfang_sdk import use
from zhangfang_sdk.clients import Client, Clients, TaxpayerKind
from zhangfang_sdk.context import Scope, in_scope, scope
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.specimens import Specimen, SpecimenLine


@dataclass
class _SentFile:
    """A file in memory with the face of an uploaded one."""

    filename: str
    content_type: str
    body: BytesIO

    async def read(self, size: int = -1) -> bytes:
        return self.body.read(size)

    async def seek(self, offset: int) -> None:
        self.body.seek(offset)


SELLERS = (
    ("杭州云山办公用品有限公司", "91330106MA2TEXT24J", "*纸制品*复印纸", 3_200_00, "13%"),
    ("杭州顺远冷链物流有限公司", "91330106MA2TEXT16P", "*运输服务*冷链运费", 1_860_00, "9%"),
    ("杭州湖滨餐饮服务有限公司", "91330106MA2TEXT24J", "*餐饮服务*会议用餐", 742_00, "6%"),
)


GREENS = ("杭州富春蔬菜专业合作社", "93330111MADEM00462", "*蔬菜*青菜", 1_286_00, "免税")
"""To the first client alone: a supplier whom the demo's firm holds for risky."""


GOODS = {
    "杭州禾木家居商贸有限公司": (
        "安吉竹溪家具制造有限公司", "91330523MADEM0206G",
        (("*家具*实木餐桌", 62_000_00, "13%"), ("*照明器具*护眼台灯", 16_800_00, "13%"), ("*金属制品*不锈钢保温壶", 9_200_00, "13%")),
    ),
    "杭州宏图建材有限公司": ("长兴固泰水泥有限公司", "91330522MADEM0708L", (("*非金属矿物制品*普通硅酸盐水泥", 22_080_00, "13%"),)),
}  # fmt: skip
"""By client what it bought two months ago and hands in now: one bought all that it sells, the other not."""


PHOTOGRAPHED = {
    "味来香餐饮管理有限公司": (("景德镇窑里陶瓷有限公司", "91360203MADEM0126T", "*日用陶瓷制品*餐盘", 1_080_00, "13%"), ("李总", "陈出纳")),
}  # fmt: skip
"""By client a purchase of which a photograph came, and who sent it: the second did not know that the first had."""


async def send_demo_files(clients: Sequence[int]) -> None:
    """Hand in files for each client; sending them again gives the same items."""
    for number, id_ in enumerate(clients):
        client = await use(Clients).client(id_)
        actor = scope()
        with in_scope(_opening(actor, id_)):
            await receive(_files(client, number), purpose="演示", upload_key=f"demo-files-{id_}")
        if client.name in PHOTOGRAPHED:
            await _photograph_twice(actor, client)


async def _photograph_twice(actor: Scope, client: Client) -> None:
    invoice, senders = PHOTOGRAPHED[client.name]
    day = today() - dt.timedelta(days=3)
    _, _, page = DrawnSpecimens().written(_specimen(client, day, 800_000 + client.id, *invoice[:2], [_line(*invoice[2:])]), "pdf")
    picture = photographed(page)
    for number, sender in enumerate(senders, 1):
        name = f"IMG_{day:%Y%m%d}_1642.jpg" if number == 1 else f"微信图片_{day:%Y%m%d}.jpg"
        with in_scope(_opening(actor, client.id, sender)):
            await receive([_SentFile(name, "image/jpeg", BytesIO(picture))], purpose="店面", upload_key=f"demo-photo-{client.id}-{number}")


def _opening(actor: Scope, client: int, sender: str = "演示上传") -> Scope:
    return replace(actor, client=client, user_name=sender)


def _files(client: Client, number: int) -> list[_SentFile]:
    day = today() - dt.timedelta(days=2)
    good = [_invoice(client, day, number * 10 + i, *seller) for i, seller in enumerate(SELLERS)]
    good += [] if number else [_invoice(client, day, 9, *GREENS)]
    good += [_of_goods(client, *GOODS[client.name])] if client.name in GOODS else []
    stranger = Client(0, "别家公司", "91330106MA2TEXT16P", TaxpayerKind.GENERAL, "small_business_2013", "trading", day)
    wrong = _invoice(stranger, day, number * 10 + 8, *SELLERS[0])
    broken = _SentFile("打不开的发票.pdf", "application/pdf", BytesIO(b"%PDF-1.7 cut off"))
    return [*good, wrong, broken]


def _of_goods(client: Client, seller: str, tax_id: str, bought: Sequence[tuple[str, int, str]]) -> _SentFile:
    """On a day of the month before the last, which is closed; found late."""
    day = Period.of(today()).plus(-2).first_day.replace(day=22)
    return _drawn(client, day, 900_000 + client.id, seller, tax_id, [_line(*one) for one in bought])


def _line(name: str, amount: int, rate: str) -> SpecimenLine:
    per_cent = int(rate.removesuffix("%")) if rate.endswith("%") else 0
    return SpecimenLine(name, amount, rate, (amount * per_cent + 50) // 100, "项", "1", f"{amount // 100}")


def _invoice(
    client: Client, day: dt.date, number: int, seller: str, tax_id: str, name: str, amount: int, rate: str
) -> _SentFile:
    return _drawn(client, day, number, seller, tax_id, [_line(name, amount, rate)])


def _drawn(client: Client, day: dt.date, number: int, seller: str, tax_id: str, lines: Sequence[SpecimenLine]) -> _SentFile:
    specimen = _specimen(client, day, number, seller, tax_id, lines)
    shown, media_type, content = DrawnSpecimens().written(specimen, "pdf" if number % 2 else "xml")
    return _SentFile(shown, media_type, BytesIO(content))


def _specimen(client: Client, day: dt.date, number: int, seller: str, tax_id: str, lines: Sequence[SpecimenLine]) -> Specimen:
    return Specimen(
        number=f"{day:%y}33{20_000_000_000_000 + number:016d}",
        issued_on=day,
        special=number % 2 == 0,
        seller_name=seller,
        seller_tax_id=tax_id,
        buyer_name=client.name,
        buyer_tax_id=client.tax_id,
        lines=tuple(lines),
    )
