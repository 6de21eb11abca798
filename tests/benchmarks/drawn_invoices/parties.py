"""Invented firms and people, with numbers that pass their checks (GB 32100-2015, GB 11714-1997, GB 11643-1999)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from .chance import Chance
from .truths import Party

TAX_ID_MARKS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Place:
    """``region`` is the six digits of the county (GB/T 2260)."""

    province: str
    city: str
    district: str
    region: str

    @property
    def whole(self) -> str:
        """The province as its organs call it."""
        special = {"上海": "上海市", "重庆": "重庆市", "新疆": "新疆维吾尔自治区"}
        return special.get(self.province, self.province + "省")

    @property
    def short(self) -> str:
        """One character, as on number plates and deeds."""
        return SHORT[self.province]


SHORT = {
    "浙江": "浙", "江苏": "苏", "四川": "川", "湖北": "鄂", "福建": "闽", "陕西": "陕", "广东": "粤", "山东": "鲁", "河南": "豫",
    "安徽": "皖", "江西": "赣", "上海": "沪", "重庆": "渝", "新疆": "新",
}  # fmt: skip
PLACES = (
    Place("浙江", "绍兴市", "柯桥区", "330603"),
    Place("江苏", "常州市", "武进区", "320412"),
    Place("四川", "绵阳市", "涪城区", "510703"),
    Place("湖北", "襄阳市", "樊城区", "420606"),
    Place("福建", "泉州市", "洛江区", "350504"),
    Place("陕西", "宝鸡市", "渭滨区", "610302"),
    Place("广东", "佛山市", "顺德区", "440606"),
    Place("山东", "潍坊市", "奎文区", "370705"),
    Place("河南", "洛阳市", "涧西区", "410305"),
    Place("安徽", "亳州市", "谯城区", "341602"),
    Place("江西", "赣州市", "章贡区", "360702"),
    Place("上海", "上海市", "闵行区", "310112"),
    Place("重庆", "重庆市", "綦江区", "500110"),
    Place("新疆", "昌吉市", "中山路街道", "652301"),
)
FIRST = (
    "瀚瓴", "沐岚", "拾禾", "栖梧", "昱璟", "森垚", "淼焱", "堃泰", "喆诚", "翀云", "赟丰", "旻远", "祺钰", "煜昇", "澍田", "韫石",
    "九蘅", "青黛", "鹭屿", "舸航", "骐骥", "砼固", "芯屹", "麟阁", "犇腾", "珺和", "汀兰", "叁味", "燊辉", "弘毅达", "新南北", "一二三",
)  # fmt: skip
SECOND = (
    "机电设备", "网络科技", "文化传播", "商贸", "建筑工程", "供应链管理", "食品", "物流", "纺织品", "检测技术服务", "企业管理咨询",
    "环保材料", "医疗器械", "农业科技发展", "酒店管理", "汽车零部件制造", "广告装饰", "信息技术", "劳务派遣", "物业服务",
)  # fmt: skip
FORMS = ("有限公司", "有限责任公司", "股份有限公司", "有限公司", "有限公司", "集团有限公司", "合伙企业（有限合伙）")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜佟仝逄亓厍郄缑仉邬逯"
GIVEN = "伟芳娜敏静磊洋艳勇杰娟涛明超霞平刚桂兰燚喆翀赟旻堃垚淼璟钰煜祎玥琨骞睿涵昀宸彧绮茜"
BANKS = ("中国工商银行", "中国农业银行", "中国建设银行", "招商银行", "交通银行", "中信银行")
ROADS = ("迎宾大道", "解放路", "科创三路", "沿江东路", "创业园北街", "滨河西路", "镜湖路")


def firm(chance: Chance, *, long: bool = False, sole: bool = False) -> Party:
    """``long``: a name of a branch, which wraps in narrow boxes. ``sole``: a sole trader (个体工商户)."""
    place = chance.of(PLACES)
    word, trade = chance.of(FIRST), chance.of(SECOND)
    city = place.city.removesuffix("市")
    if sole:
        name = f"{place.city}{place.district}{word}{chance.of(('小吃店', '五金经营部', '百货商行', '图文工作室'))}"
        name += chance.of(("", "（个体工商户）"))
    else:
        opened, closed = chance.of((("（", "）"), ("(", ")")))
        form = chance.of(FORMS)
        name = chance.of(
            (
                f"{city}{word}{trade}{form}",
                f"{word}{trade}{opened}{city}{closed}{form}",
                f"{place.province}{word}{trade}{form}",
            )
        )
        if long:
            name += chance.of((f"{place.district}第{chance.of('二三四六')}分公司", f"驻{city}{place.district}办事处"))
    kind = "92" if sole else chance.of(("91", "91", "91", "93"))
    phone = f"0{chance.digits(3, '3578')}-{chance.digits(8, '68')}"
    bank = f"{chance.of(BANKS)}股份有限公司{city}{chance.of(('城东', '高新', '开发区', '解放路'))}支行"
    return Party(
        name,
        tax_id(kind + place.region, chance),
        f"{place.city}{place.district}{chance.of(ROADS)}{chance.whole(1, 999)}号{chance.of(('', '3幢201室', 'B座1107'))} {phone}",
        f"{bank} {chance.digits(19, '1346')}",
    )


def place_of(party: Party) -> Place:
    """Where a firm is registered, as its number says."""
    return next(place for place in PLACES if place.region == party.tax_id[2:8])


def plate(chance: Chance) -> str:
    return f"{chance.of(PLACES).short}{chance.of('ABCDH')}{chance.digits(5)}"


def tax_id(head: str, chance: Chance) -> str:
    """18 marks from the first eight: kind of registration and region."""
    body = chance.digits(8) if chance.happens(0.4) else "MA" + chance.marks(TAX_ID_MARKS, 6)
    value = {mark: n for n, mark in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
    check = 11 - sum(value[m] * w for m, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    stem = head + body + {10: "X", 11: "0"}.get(check, str(check))
    total = sum(TAX_ID_MARKS.index(mark) * pow(3, n, 31) for n, mark in enumerate(stem))
    return stem + TAX_ID_MARKS[(31 - total % 31) % 31]


def person(chance: Chance) -> str:
    return chance.of(SURNAMES) + chance.marks(GIVEN, chance.whole(1, 2))


def identity(chance: Chance) -> str:
    """Number of a citizen's card with its check digit."""
    born = chance.date(dt.date(1962, 1, 1), dt.date(2004, 12, 31))
    stem = f"{chance.of(PLACES).region}{born:%Y%m%d}{chance.digits(3)}"
    total = sum(int(digit) * pow(2, 17 - n, 11) for n, digit in enumerate(stem))
    return stem + "10X98765432"[total % 11]


def masked(number: str) -> str:
    return f"{number[:10]}****{number[-4:]}"
