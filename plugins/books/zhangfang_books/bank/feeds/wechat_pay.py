"""WeChat Pay's daily statement of a merchant's account (微信支付 资金账单, APIv3), in the SDK's ``BankFeed``.

Sources: 申请资金账单 https://pay.weixin.qq.com/doc/v3/merchant/4012556742 (as of 2024-09-19), 下载账单
https://pay.weixin.qq.com/docs/merchant/apis/combine-payment-identity/bill-download/download-fund-bill.html with its error codes, 常见问题
https://pay.weixin.qq.com/doc/v3/merchant/4013071254 (2025-11-21). A day's file is made from nine o'clock of the next; three months can be had.
Only the merchant's number and the day are sent.
"""

import csv
import datetime as dt
import hashlib
import json
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from zhangfang_books.bank.feeds.wechat_signature import Merchant, merchants_in
from zhangfang_sdk.bank_feed import BankTransaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, today
from zhangfang_sdk.vendor_http import get
from zhangfang_sdk.vendors import SettingField, Settings, Vendor, VendorAway, VendorKind, VendorMisset, VendorRefused

ENDPOINT: Final = "https://api.mch.weixin.qq.com"
DAYS: Final = 90
LARGEST: Final = 64 * 2**20
SILENCE_S: Final = 30.0
SIGNS: Final = {"收入": 1, "支出": -1}
_SIGNED_WRONG: Final = "微信支付不认商户号 {mchid} 的签名,请核对证书序列号和私钥是不是同一张证书的,服务器的时间准不准。"
_NOT_ALLOWED: Final = "商户号 {mchid} 没有下载资金账单的权限,请在微信支付商户平台开通。"
_NOT_YET: Final = ("bank_feed.not_yet", "微信支付第二天上午 9 点以后才生成前一天的账单,请 10 点以后再取。")


class WechatPayStatements:
    """A `BankFeed` out there; ``account`` is the 商户号."""

    def __init__(self, merchants: str, endpoint: str = ENDPOINT) -> None:
        self._merchants, self._endpoint = merchants, endpoint

    async def transactions(self, account: str, first: dt.date, last: dt.date) -> Sequence[BankTransaction]:
        """See the Protocol. A day that is not over has no file yet: ``bank_feed.not_yet``."""
        merchant = self._merchant(account)
        if last >= today():
            raise VendorRefused(*_NOT_YET)
        if first < today() - dt.timedelta(days=DAYS):
            raise VendorRefused("bank_feed.too_long", f"微信支付只给最近三个月的账单,请从 {today() - dt.timedelta(days=DAYS)} 以后取。")
        days = (last - first).days + 1
        return [line for n in range(days) for line in await self._day(merchant, first + dt.timedelta(days=n))]

    async def balance(self, account: str, day: dt.date) -> int | None:
        """After the day's last line; None for a day without one."""
        lines = await self.transactions(account, day, day)
        return lines[-1].balance if lines else None

    async def test(self) -> None:
        """Yesterday's file of each merchant is asked for, not fetched."""
        for merchant in merchants_in(self._merchants).values():
            with suppress(VendorRefused):  # not made yet: the signature was taken
                await self._bill(merchant, today() - dt.timedelta(days=1))

    def _merchant(self, account: str) -> Merchant:
        merchant = merchants_in(self._merchants).get(account)
        if merchant is None:
            raise VendorRefused("bank_feed.unknown_account", f"设置里没有商户号 {account} 的证书,请先在外部服务里加上。")
        return merchant

    async def _day(self, merchant: Merchant, day: dt.date) -> list[BankTransaction]:
        bill = await self._bill(merchant, day)
        if bill is None:
            return []
        try:
            where = urlsplit(bill["download_url"])
            path = f"{where.path}?{where.query}" if where.query else where.path
            digest = str(bill["hash_value"]).lower()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise VendorAway("the answer is not the JSON that was promised") from error
        status, content = await self._get(merchant, path)
        if status != 200:
            raise _failure(status, content, merchant)
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() != digest:
            raise VendorAway("the file is not the one that was promised")
        return _lines(content, day)

    async def _bill(self, merchant: Merchant, day: dt.date) -> Mapping[str, Any] | None:
        """Where the day's file is; None where nothing moved on it."""
        query = urlencode({"bill_date": day.isoformat(), "account_type": "BASIC"})
        status, content = await self._get(merchant, f"/v3/bill/fundflowbill?{query}")
        if status == 200:
            try:
                answer = json.loads(content)
            except ValueError as error:
                raise VendorAway("the answer is not the JSON that was promised") from error
            if not isinstance(answer, dict):
                raise VendorAway("the answer is not the JSON that was promised")
            return answer
        if _code(content) == "NO_STATEMENT_EXIST":
            return None
        raise _failure(status, content, merchant)

    async def _get(self, merchant: Merchant, path: str) -> tuple[int, bytes]:
        """Of the endpoint, whatever host an answer names."""
        authorization = merchant.authorization(path, at=int(time.time()), nonce=secrets.token_hex(16).upper())
        headers = {"Authorization": authorization, "Accept": "application/json", "User-Agent": "zhangfang"}
        return await get(f"{self._endpoint}{path}", headers, seconds=SILENCE_S, largest=LARGEST)


def wechat_pay_vendor(endpoint: str = ENDPOINT) -> Vendor:
    """The vendor as it is offered; tests name another endpoint."""

    def opened(settings: Settings) -> WechatPayStatements:
        return WechatPayStatements(str(settings["merchants"]), endpoint)

    return Vendor(
        VendorKind.BANK_FEED,
        "wechat_pay",
        "微信支付商户资金账单",
        opened,
        settings=(
            SettingField(
                "merchants", "各商户的证书", "secret", longest=60_000,
                help="每个商户依次粘贴:商户号、API 证书序列号、apiclient_key.pem 的全文。多个商户接着写。在微信支付商户平台 → 账户中心 → API 安全里申请。",
            ),
        ),
        summary="按天取商户在微信支付账户里的收支和余额(基本账户)。只发出商户号和日期;当天的第二天上午 10 点以后才有,最多取三个月。",
        seconds=180.0,
    )  # fmt: skip


def _code(content: bytes) -> str:
    try:
        answer = json.loads(content)
    except ValueError:
        return ""
    code = answer.get("code") if isinstance(answer, dict) else None
    return code if isinstance(code, str) else ""


def _failure(status: int, content: bytes, merchant: Merchant) -> Exception:
    code = _code(content)
    if status == 401 or code == "SIGN_ERROR":
        return VendorMisset(_SIGNED_WRONG.format(mchid=merchant.mchid))
    if status == 403:
        return VendorMisset(_NOT_ALLOWED.format(mchid=merchant.mchid))
    if code == "STATEMENT_CREATING":
        return VendorRefused(*_NOT_YET)
    if status == 429:
        return VendorAway("too many requests", maybe_done=False, retry_after=1.0)
    return VendorAway(f"status {status}")


def _lines(content: bytes, day: dt.date) -> list[BankTransaction]:
    """Of a file whose cells begin with a backtick, which ends with a head and a row of sums: these must be the lines'."""
    try:
        rows = [[cell.strip().removeprefix("`") for cell in row] for row in csv.reader(content.decode("utf-8-sig").splitlines()) if row]
        heads = {name.replace("\uff08", "(").replace("\uff09", ")"): place for place, name in enumerate(rows[0])}
        found = [_line(dict(zip(heads, row, strict=False)), day) for row in rows[1:-2]]
        sums = rows[-1]
        said = int(float(sums[0])), fen(sums[2]) - fen(sums[4])
    except (UnicodeDecodeError, csv.Error, IndexError, KeyError, ValueError, Refusal) as error:
        raise VendorAway("the file has another form than was promised") from error
    if said != (len(found), sum(line.amount for line in found)):
        raise VendorAway("the file's lines are not its sums")
    return [line for line in found if line.amount]


def _line(row: Mapping[str, str], day: dt.date) -> BankTransaction:
    moment = dt.datetime.strptime(row["记账时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BUSINESS_TIME_ZONE)
    if moment.date() != day:
        raise ValueError("a line of another day")
    said = dict.fromkeys(text for text in (row["业务名称"], row["业务类型"], row.get("备注", "")) if text)
    return BankTransaction(
        row["资金流水单号"],
        day,
        moment.astimezone(dt.UTC),
        SIGNS[row["收支类型"]] * fen(row["收支金额(元)"]),
        fen(row["账户结余(元)"]),
        purpose=" ".join(said),
    )
