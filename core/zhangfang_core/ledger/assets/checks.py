"""What a card and its estimates must be: pure."""

import datetime as dt

from zhangfang_core.ledger.assets.categories import categories
from zhangfang_core.ledger.assets.schedule import YEAR
from zhangfang_sdk.assets import AssetCategory, Estimate, Method, NewAsset
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import LARGEST_FEN
from zhangfang_sdk.texts import seen

LONGEST_LIFE = 1200
BY_YEARS = (Method.DOUBLE_DECLINING, Method.SUM_OF_YEARS)


def wrong(field: str, sentence: str) -> Refusal:
    return Refusal("asset.wrong", sentence, field=field)


def check_card(new: NewAsset) -> AssetCategory:
    """The card's category. Raises ``asset.wrong``."""
    known = {c.key: c for c in categories(new.in_use_from)}
    if new.category not in known:
        raise wrong("category", "请选择资产类别。")
    if not 0 < len(seen(new.name).strip()) <= 120:
        raise wrong("name", "请填写资产名称,最多 120 个字。")
    if type(new.cost) is not int or type(new.residual) is not int or type(new.written_off) is not int:
        raise TypeError("amounts are integers of fen")
    if not 0 < new.cost <= LARGEST_FEN:
        raise wrong("cost", "原值应大于零。")
    if new.written_off and new.as_of is None:
        raise wrong("as_of", "填了接手前已计提的金额,请一并填写从哪个月起由我们计提。")
    if not 0 <= new.written_off <= new.cost - max(new.residual, 0):
        raise wrong("written_off", "接手前已计提的金额应在零和原值减残值之间。")
    check_estimate(new.cost, new.method, new.months, new.residual, new.units)
    _check_places(new, known[new.category])
    return known[new.category]


def check_not_far(in_use_from: dt.date, day: dt.date) -> None:
    """A card is of something that is used by the end of the year after ``day`` at most. Raises ``asset.wrong``."""
    last = dt.date(day.year + 1, 12, 31)
    if in_use_from > last:
        raise wrong("in_use_from", f"开始使用日期太远了,最晚到 {last:%Y-%m-%d},请检查年份。")


def _check_places(new: NewAsset, category: AssetCategory) -> None:
    """What an account says must be of the category; what is written off is borne elsewhere."""
    if not new.asset_account.startswith(category.asset_account):
        raise wrong("asset_account", f"{category.title}的资产科目应在 {category.asset_account} 下面。")
    if not new.written_off_account.startswith(category.written_off_account):
        raise wrong("written_off_account", f"{category.title}的累计科目应在 {category.written_off_account} 下面。")
    if new.expense_account.startswith((category.asset_account, category.written_off_account)):
        raise wrong("expense_account", "请选择承担折旧或摊销的成本费用科目。")


def check_estimate(cost: int, method: Method, months: int, residual: int, units: int) -> None:
    """Raises ``asset.wrong``."""
    if not 0 <= residual < cost:
        raise wrong("residual", "预计净残值应在零和原值之间。")
    if method is Method.UNITS:
        if not 1 <= units <= LARGEST_FEN:
            raise wrong("units", "工作量法请填写预计总工作量。")
        return
    if not 1 <= months <= LONGEST_LIFE:
        raise wrong("months", f"使用月数应在 1 到 {LONGEST_LIFE} 之间。")
    if method in BY_YEARS and (months % YEAR or months < 2 * YEAR):
        raise wrong("months", "双倍余额递减法和年数总和法按年计算,使用月数应是 12 的倍数,至少 24 个月。")


def refuse_backwards(estimate: Estimate, last: Estimate) -> None:
    if estimate.since <= last.since:
        raise wrong("since", f"变更的月份应晚于 {last.since.label}:会计估计变更从变更月起,不追溯调整。")


def text_of(reason: str, longest: int = 200) -> str:
    """A reason that goes on the trail. Raises ``asset.wrong`` for an empty one."""
    words = reason.replace("\x00", "").strip()[:longest]
    if not words:
        raise wrong("reason", "请写明原因,它会留在操作记录里。")
    return words


def refuse_early(card_from: dt.date, day: dt.date) -> None:
    if day < card_from:
        raise wrong("date", f"处置日期早于开始使用的日期 {card_from:%Y-%m-%d}。")
