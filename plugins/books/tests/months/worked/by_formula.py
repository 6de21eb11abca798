"""A company's books and statements by the formulas of the printed forms, written out a second time. Imports nothing of the product."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

D = Decimal
CASH = ("1001", "1002", "1012")
SMALL_RESULT = ("5",)
Entry = tuple[str, str, str]
"""Account (with a party behind a blank), "debit" or "credit", yuan."""


def money(value: str | Decimal) -> Decimal:
    return D(value).quantize(D("0.01"), ROUND_HALF_UP)


class Company:
    """``opening`` and ``year_before`` are debit positive; ``flows`` name lines of the cash flow statement, payments positive on their lines."""

    def __init__(self, **about: object) -> None:
        self.about = about
        self.opening: dict[str, Decimal] = {}
        self.year_before: dict[str, Decimal] = {}
        self.cash_before: dict[int, Decimal] = {}
        self.vouchers: list[tuple[int, str, str, list[Entry]]] = []
        self.flows: dict[int, Decimal] = {}

    def book(self, day: int, text: str, entries: Sequence[Entry], kind: str = "normal", **cash: str) -> None:
        """``cash``: "l7" = yuan on line 7. Raises AssertionError for what does not balance or does not say where its cash belongs."""
        debit = sum((money(v) for _, side, v in entries if side == "debit"), D(0))
        credit = sum((money(v) for _, side, v in entries if side == "credit"), D(0))
        assert debit == credit, (text, debit, credit)
        moved = sum((self._signed(e) for e in entries if e[0].startswith(CASH)), D(0))
        said = {int(key[1:]): money(v) for key, v in cash.items()}
        outgoing = self.about["outgoing"]
        assert isinstance(outgoing, tuple)
        assert moved == sum(-v if n in outgoing else v for n, v in said.items()), (text, moved, said)
        for line, amount in said.items():
            self.flows[line] = self.flows.get(line, D(0)) + amount
        self.vouchers.append((day, text, kind, list(entries)))

    @staticmethod
    def _signed(entry: Entry) -> Decimal:
        return money(entry[2]) * (1 if entry[1] == "debit" else -1)

    def at_end(self, *prefixes: str) -> Decimal:
        return self._sum(prefixes, self.opening) + self.moved(*prefixes)

    def at_start(self, *prefixes: str) -> Decimal:
        """At the year's start: the opening less what the year moved before."""
        return self._sum(prefixes, self.opening) - self._sum(prefixes, self.year_before)

    def moved(self, *prefixes: str, closing: bool = True) -> Decimal:
        found = (e for _, _, kind, entries in self.vouchers if closing or kind != "closing" for e in entries)
        return sum((self._signed(e) for e in found if e[0].startswith(prefixes)), D(0))

    def by_party(self, *prefixes: str) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        entries = [e for _, _, _, es in self.vouchers for e in es]
        amounts = [*self.opening.items(), *((e[0], self._signed(e)) for e in entries)]
        for name, amount in amounts:
            if name.startswith(prefixes):
                party = name.partition(" ")[2]
                key = f"{name[:4]} {party}"
                sums[key] = sums.get(key, D(0)) + amount
        return sums

    def debit_parties(self, *prefixes: str) -> Decimal:
        return sum((v for v in self.by_party(*prefixes).values() if v > 0), D(0))

    def credit_parties(self, *prefixes: str) -> Decimal:
        return -sum((v for v in self.by_party(*prefixes).values() if v < 0), D(0))

    @staticmethod
    def _sum(prefixes: Iterable[str], amounts: Mapping[str, Decimal]) -> Decimal:
        return sum((v for k, v in amounts.items() if k.startswith(tuple(prefixes))), D(0))

    def earned(self, *prefixes: str, year: bool) -> Decimal:
        """Credit less debit without 结转, of the month or of the year to date."""
        before = self._sum(prefixes, self.year_before) if year else D(0)
        return -(self.moved(*prefixes, closing=False) + before)

    def closing_balances(self) -> dict[str, Decimal]:
        codes = {k.partition(" ")[0] for k in self.opening} | {
            e[0].partition(" ")[0] for _, _, _, es in self.vouchers for e in es
        }
        return {code: sum((v for k, v in self._all() if k == code), D(0)) for code in sorted(codes)}

    def _all(self) -> list[tuple[str, Decimal]]:
        entries = [e for _, _, _, es in self.vouchers for e in es]
        return [
            *((k.partition(" ")[0], v) for k, v in self.opening.items()),
            *((e[0].partition(" ")[0], self._signed(e)) for e in entries),
        ]

    def carry_over(self, day: int, result: tuple[str, ...], profit: str) -> None:
        """结转损益: one voucher for income and one for cost, each account by itself."""
        sums: dict[str, Decimal] = {}
        for _, _, kind, entries in self.vouchers:
            for e in entries:
                if kind != "closing" and e[0].startswith(result):
                    sums[e[0]] = sums.get(e[0], D(0)) + self._signed(e)
        for title, positive in (("收入", False), ("成本费用", True)):
            some = {k: v for k, v in sorted(sums.items()) if v and (v > 0) is positive}
            entries = [(k, "credit" if positive else "debit", str(abs(v))) for k, v in some.items()]
            whole = sum((abs(v) for v in some.values()), D(0))
            if whole:
                self.book(
                    day,
                    f"结转本月{title}",
                    [*entries, (profit, "debit" if positive else "credit", str(whole))],
                    "closing",
                )


def small_balance(c: Company, at: str) -> dict[int, Decimal]:
    b = c.at_end if at == "end" else c.at_start
    a = {n: D(0) for n in range(1, 54)}
    a[1], a[5], a[8] = b(*CASH), b("1123"), b("1221")
    if at == "end":
        a[4], a[34] = c.debit_parties("1122", "2203"), c.credit_parties("1122", "2203")
        a[5], a[33] = c.debit_parties("1123", "2202"), c.credit_parties("1123", "2202")
    else:
        a[4], a[34], a[33] = b("1122"), -b("2203"), -b("2202")
    a[10], a[12], a[9] = b("1403"), b("1405", "1407"), b("14", "4001", "4101")
    a[14] = b("1901")
    a[15] = sum((a[n] for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 14)), D(0))
    a[18], a[19], a[25], a[27] = b("1601"), -b("1602"), b("1701", "1702"), b("1801")
    a[20] = a[18] - a[19]
    a[29] = a[20] + a[25] + a[27]
    a[30] = a[15] + a[29]
    a[31], a[35], a[36], a[38], a[39] = -b("2001"), -b("2211"), -b("2221"), -b("2232"), -b("2241")
    a[41] = sum((a[n] for n in range(31, 41)), D(0))
    a[42] = -b("2501")
    a[46] = a[42]
    a[47] = a[41] + a[46]
    a[48], a[49], a[50] = -b("3001"), -b("3002"), -b("3101")
    a[51] = -b("3103", "3104", *(SMALL_RESULT if at == "end" else ()))
    a[52] = a[48] + a[49] + a[50] + a[51]
    a[53] = a[47] + a[52]
    assert a[30] == a[53], (c.about["name"], at, a[30], a[53])
    return a


def small_income(c: Company, *, year: bool) -> dict[int, Decimal]:
    def g(*prefixes: str) -> Decimal:
        return c.earned(*prefixes, year=year)

    i = {1: g("5001", "5051"), 2: -g("5401", "5402"), 3: -g("5403"), 11: -g("5601"), 14: -g("5602"), 18: -g("5603")}
    i |= {20: g("5111"), 22: g("5301"), 24: -g("5711"), 31: -g("5801")}
    i[21] = i[1] - i[2] - i[3] - i[11] - i[14] - i[18] + i[20]
    i[30] = i[21] + i[22] - i[24]
    i[32] = i[30] - i[31]
    return i


def small_cash(c: Company, *, year: bool) -> dict[int, Decimal]:
    f = {n: c.flows.get(n, D(0)) + (c.cash_before.get(n, D(0)) if year else D(0)) for n in range(1, 23)}
    f[7] = f[1] + f[2] - f[3] - f[4] - f[5] - f[6]
    f[13] = f[8] + f[9] + f[10] - f[11] - f[12]
    f[19] = f[14] + f[15] - f[16] - f[17] - f[18]
    f[20] = f[7] + f[13] + f[19]
    f[21] = c.at_start(*CASH) if year else sum((v for k, v in c.opening.items() if k.startswith(CASH)), D(0))
    f[22] = f[20] + f[21]
    assert f[22] == c.at_end(*CASH), (c.about["name"], year, f[22], c.at_end(*CASH))
    return f


def enterprise_balance(c: Company, at: str) -> dict[int, Decimal]:
    b = c.at_end if at == "end" else c.at_start
    a = {n: D(0) for n in range(1, 69)}
    a[1], a[8], a[9] = b(*CASH), b("1221"), b("1405")
    if at == "end":
        a[5], a[40] = c.debit_parties("1122", "2203"), c.credit_parties("1122", "2203")
        a[7], a[39] = c.debit_parties("1123", "2202"), c.credit_parties("1123", "2202")
    else:
        a[5], a[40], a[7], a[39] = b("1122"), -b("2203"), b("1123"), -b("2202")
    a[13] = max(b("222101"), D(0))
    a[14] = a[1] + a[5] + a[7] + a[8] + a[9] + a[13]
    a[22] = b("1601", "1602")
    a[33], a[34] = a[22], a[14] + a[22]
    a[35], a[42], a[44] = -b("2001"), -b("2211"), -b("2241", "2232")
    a[43] = -b("2221") + max(b("222101"), D(0))
    a[48] = a[35] + a[39] + a[40] + a[42] + a[43] + a[44]
    a[58] = a[48]
    a[59], a[61], a[65], a[66] = (
        -b("4001"),
        -b("4002"),
        -b("4101"),
        -b("4103", "4104", *(("6",) if at == "end" else ())),
    )
    a[67] = a[59] + a[61] + a[65] + a[66]
    a[68] = a[58] + a[67]
    assert a[34] == a[68], (at, a[34], a[68])
    return a


def enterprise_income(c: Company, *, year: bool) -> dict[int, Decimal]:
    def g(*prefixes: str) -> Decimal:
        return c.earned(*prefixes, year=year)

    i = {1: g("6001", "6051"), 2: -g("6401", "6402"), 3: -g("6403"), 4: -g("6601"), 5: -g("6602"), 7: -g("6603")}
    i |= {8: -g("660301"), 9: g("660305"), 13: g("6702"), 17: g("6301"), 18: -g("6711"), 20: -g("6801")}
    i[16] = i[1] - i[2] - i[3] - i[4] - i[5] - i[7] + i[13]
    i[19] = i[16] + i[17] - i[18]
    i[21] = i[19] - i[20]
    return i


def enterprise_cash(c: Company, *, year: bool) -> dict[int, Decimal]:
    f = {n: c.flows.get(n, D(0)) + (c.cash_before.get(n, D(0)) if year else D(0)) for n in range(1, 36)}
    f[4], f[9] = f[1] + f[2] + f[3], f[5] + f[6] + f[7] + f[8]
    f[10] = f[4] - f[9]
    f[22] = f[13] - f[17]
    f[16], f[21] = f[13], f[17]
    f[26], f[30] = f[23] + f[24], f[27] + f[28]
    f[31] = f[26] - f[30]
    f[33] = f[10] + f[22] + f[31]
    f[34] = c.at_start(*CASH) if year else sum((v for k, v in c.opening.items() if k.startswith(CASH)), D(0))
    f[35] = f[33] + f[34]
    assert f[35] == c.at_end(*CASH), (year, f[35], c.at_end(*CASH))
    return f
