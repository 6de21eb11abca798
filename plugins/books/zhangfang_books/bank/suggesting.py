"""What the accountant is asked about a bank account's lines: each with its reason and a key to accept it by."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from zhangfang_books.bank import memory
from zhangfang_books.bank.accounts import accounts_of
from zhangfang_books.bank.matching.kinds import Line, Proposal, Rule, Target
from zhangfang_books.bank.matching.proposing import proposals_for
from zhangfang_books.bank.rules import TRANSFER, WordRule, own_account_of, rule_for
from zhangfang_books.bank.standing import Entry, Standing, open_items, standing
from zhangfang_books.bank.tables import BankAccount
from zhangfang_books.bank.tax_debits import Part, TaxDebits, tax_debits
from zhangfang_books.bank.tax_payments import said_of
from zhangfang_books.filing.service import title_of
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.filings import Filing
from zhangfang_sdk.ledger import Account
from zhangfang_sdk.money import yuan
from zhangfang_sdk.open_items import OpenItem

RETURNS = "returns"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``entries`` are tied to the lines as they stand; else a voucher is drafted: against ``items``, on ``account``, or on
    those of ``parts``.

    ``fee`` (fen, not negative) goes to the fees. ``rule`` is a matching rule, a word rule, "transfer", "memory" or "returns".
    """

    key: str
    lines: tuple[Line, ...]
    rule: str
    title: str
    reason: str
    sure: bool = False
    entries: tuple[Entry, ...] = ()
    items: tuple[OpenItem, ...] = ()
    account: str = ""
    item: int = 0
    summary: str = ""
    fee: int = 0
    parts: tuple[Part, ...] = ()

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)


@dataclass(slots=True)
class Asked:
    """``unknown`` are lines that nothing is proposed for."""

    standing: Standing
    suggestions: list[Suggestion] = field(default_factory=list)
    unknown: list[Line] = field(default_factory=list)

    @property
    def sure(self) -> list[Suggestion]:
        return [each for each in self.suggestions if each.sure]


@dataclass(frozen=True, slots=True)
class _Words:
    """What a line's own words are judged by: the client's name, its other accounts (bank's number → account), what is remembered, the chart."""

    own_name: str
    numbers: Mapping[str, str]
    remembered: memory.Memories
    charts: Sequence[Account]
    taxes: TaxDebits
    codes: dict[str, str] = field(default_factory=dict)

    def said_of(self, line: Line) -> Suggestion | None:
        key = _key([line], ["words"])
        if other := own_account_of(line, self.own_name, self.numbers):
            return Suggestion(
                key, (line,), TRANSFER, "自己账户之间转账", "对方是这家企业自己的账户", account=other, summary="账户间转账"
            )
        returns, parts = self.taxes.paid_by(line)
        if parts:
            titles = "、".join(title_of(filing) for filing in returns)
            return Suggestion(
                _key([line], [f"r{filing.id}" for filing in returns]), (line,), RETURNS, f"缴纳{titles}"[:120], "金额与已申报的应缴税额相同", parts=parts
            )
        if known := self.remembered.of(line):
            reason = f"这个对方(或摘要)以前 {known.times} 次都这样记"
            return Suggestion(
                key, (line,), "memory", f"记到 {known.account}", reason, account=known.account, item=known.item, summary=known.summary
            )
        if found := rule_for(line):
            rule, word = found
            if code := self._account_of(rule):
                return Suggestion(key, (line,), rule.id, rule.title, f"摘要或对方里有“{word}”", account=code, summary=rule.summary)
        return None

    def _account_of(self, rule: WordRule) -> str:
        if rule.id not in self.codes:
            self.codes[rule.id] = rule.account(self.charts)
        return self.codes[rule.id]


async def suggestions(account: BankAccount) -> Asked:
    """For all lines of the account that are not wholly explained. Costs the vouchers since its first line."""
    client = account.client
    found = Asked(await standing(account))
    items = {f"i{item.id}": item for item in await open_items(client, found.standing.promised())}
    words = await _words_of(account)
    # Some seconds for a year's lines of a busy account: whoever else asks this process meanwhile does not wait for it.
    await asyncio.to_thread(_ask, found, items, words)
    return found


def _ask(found: Asked, items: Mapping[str, OpenItem], words: _Words) -> None:
    lines = found.standing.lines()
    entries = {e.key: e for e in found.standing.entries}
    targets = [*found.standing.open_entries(), *(_target(key, item) for key, item in items.items())]
    told: set[int] = set()
    for proposal in proposals_for(lines, targets):
        made = _suggestion(proposal, entries, items)
        if made is not None:
            found.suggestions.append(made)
            told |= {line.id for line in proposal.lines}
    for line in lines:
        if line.id not in told:
            by_words = words.said_of(line)
            if by_words is None:
                found.unknown.append(line)
            else:
                found.suggestions.append(by_words)
    found.suggestions = [_paying(each, words.taxes.owed) for each in found.suggestions]
    found.suggestions.sort(key=lambda s: (not s.sure, s.lines[0].date, s.lines[0].id))


def _paying(suggestion: Suggestion, owed: Sequence[Filing]) -> Suggestion:
    """With the returns that the line pays, where it does."""
    returns = said_of(suggestion.lines[0], owed) if len(suggestion.lines) == 1 else ""
    return replace(suggestion, reason=f"{suggestion.reason};同时登记已缴:{returns}") if returns else suggestion


def _target(key: str, item: OpenItem) -> Target:
    return Target(key, item.date, item.open, item.counterparty, text=f"{item.label} {item.summary}")


def _suggestion(proposal: Proposal, entries: Mapping[str, Entry], items: Mapping[str, OpenItem]) -> Suggestion | None:
    """None for what mixes vouchers that stand with open items, which no one step could do."""
    found = [t.key for t in proposal.targets]
    tied = tuple(entries[key] for key in found if key in entries)
    settled = tuple(items[key] for key in found if key in items)
    if (tied and settled) or (tied and proposal.fee):
        return None
    party = settled[0].counterparty if settled else tied[0].party
    title = f"对应凭证 {'、'.join(e.label for e in tied)}" if tied else f"核销 {party or '往来'} {'、'.join(i.label for i in settled)}"
    return Suggestion(
        _key(proposal.lines, found), proposal.lines, proposal.rule, title, _reason(proposal), proposal.sure, tied, settled, fee=proposal.fee
    )


def _reason(proposal: Proposal) -> str:
    count = len(proposal.targets)
    said = {
        Rule.NAMED: "摘要里写着它的编号,金额相同",
        Rule.EQUAL: "对方和金额都相同",
        Rule.MERGED: f"一笔付了 {count} 项,合计相等",
        Rule.SPLIT: f"分 {len(proposal.lines)} 笔付清,合计相等",
        Rule.FEE: f"少到账 {yuan(proposal.fee)},像是扣了手续费",
        Rule.ALIKE: "金额相同,对方名称相近但不一样,请核对",
        Rule.AMOUNT: "只有金额相同,请核对对方",
        Rule.PART: f"只付了一部分,付后还剩 {yuan(abs(_rest(proposal)))},请核对",
    }[proposal.rule]
    if proposal.alike and proposal.rule not in (Rule.ALIKE, Rule.AMOUNT):
        said += f";对方名称与“{proposal.targets[0].party}”相近但不一样,请核对"
    if proposal.rule is Rule.EQUAL and not proposal.sure:
        said += ";也可能是别的,请核对"
    return said


def _rest(proposal: Proposal) -> int:
    """What stays open after a part."""
    return sum(t.amount for t in proposal.targets) - sum(line.amount for line in proposal.lines)


async def _words_of(account: BankAccount) -> _Words:
    client = account.client
    numbers = {a.number or str(a.id): a.account for a in await accounts_of(client) if a.id != account.id}
    name, taxes = (await use(Clients).client(client)).name, await tax_debits(client)
    return _Words(name, numbers, await memory.memories(client), taxes.charts, taxes)


def _key(lines: Sequence[Line], targets: Sequence[str]) -> str:
    said = [*(f"{line.id}:{line.amount}" for line in lines), *sorted(targets)]
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:20]
