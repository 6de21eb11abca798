"""What three clients owe, worked out from the law by hand-written steps. Imports nothing of the project, on purpose.

Amounts are yuan as Decimal; a fen is rounded half up.
"""

from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")


def fen(amount: Decimal) -> Decimal:
    return amount.quantize(FEN, ROUND_HALF_UP)


def small_quarter(sold: list[tuple[str, bool, str]]) -> dict[str, Decimal]:
    """Third quarter of 2026 of a small-scale payer in a city; ``sold`` is (amount without tax, special?, "1%" or "3%").

    增值税法 第二十三条 and 公告2026年第10号: exempt while the quarter stays below 300,000; special invoices are taxed anyway. 附加: 7 % + 3 % + 2 %,
    halved (公告2023年第12号), the last two not up to 300,000 (财税〔2016〕12号).
    """
    whole = sum(Decimal(amount) for amount, _, _ in sold)
    exempt = whole < 300_000
    taxed = [(Decimal(amount), rate) for amount, special, rate in sold if special or not exempt]
    base = sum(amount for amount, _ in taxed)
    at_one = sum(amount for amount, rate in taxed if rate == "1%")
    full, reduction = fen(base * 3 / 100), fen(at_one * 2 / 100)
    vat = full - reduction
    city = fen(vat * 7 / 100 / 2)
    education = Decimal(0) if whole <= 300_000 else fen(vat * 3 / 100 / 2) + fen(vat * 2 / 100 / 2)
    return {
        "应征增值税不含税销售额(3%征收率)": base,
        "小微企业免税销售额": whole - base,
        "本期应纳税额": full,
        "本期应纳税额减征额": reduction,
        "应纳税额合计": vat,
        "附加": city + education,
    }


def general_month(sold: list[tuple[str, str]], bought: str, turned_out: str, carried: str) -> dict[str, Decimal]:
    """September 2026 of a general payer in a city that is no 小型微利企业; ``sold`` is (amount without tax, rate or 免税), red letters negative."""
    output = sum(fen(Decimal(a) * Decimal(r.rstrip("%")) / 100) for a, r in sold if r in ("13%", "9%", "6%"))
    simple = sum(fen(Decimal(a) * 3 / 100) for a, r in sold if r == "3%")
    deductible = Decimal(bought) + Decimal(carried) - Decimal(turned_out)
    used = min(deductible, output)
    due = output - used
    total = due + simple
    whole = sum(Decimal(a) for a, _ in sold)
    education = fen(total * 3 / 100) + fen(total * 2 / 100) if whole > 100_000 else Decimal(0)
    return {
        "按适用税率计税销售额": sum(Decimal(a) for a, r in sold if r in ("13%", "9%", "6%")),
        "按简易办法计税销售额": sum(Decimal(a) for a, r in sold if r == "3%"),
        "免税销售额": sum(Decimal(a) for a, r in sold if r == "免税"),
        "销项税额": output,
        "实际抵扣税额": used,
        "应纳税额": due,
        "期末留抵税额": deductible - used,
        "简易计税办法计算的应纳税额": simple,
        "应纳税额合计": total,
        "附加": fen(total * 7 / 100) + education,
    }


def income_quarter(profits: list[str], losses: dict[int, str], year: int, paid: str) -> dict[str, Decimal]:
    """CIT prepayment of a 小型微利企业: losses of the five years before (企业所得税法 第十八条), 5 % of what is left."""
    profit = sum(Decimal(p) for p in profits)
    usable = sum(Decimal(v) for lost, v in losses.items() if year - 5 <= lost < year)
    made_up = min(usable, max(profit, Decimal(0)))
    base = max(profit - made_up, Decimal(0))
    full, own = fen(base * 25 / 100), fen(base * 5 / 100)
    return {
        "利润总额": profit,
        "弥补以前年度亏损": made_up,
        "应纳所得税额": full,
        "减免所得税额": full - own,
        "本期应补(退)所得税额": max(own - Decimal(paid), Decimal(0)),
    }


BELOW = [("50000.00", True, "1%"), ("20000.00", True, "3%"), ("229999.99", False, "1%")]
AT = [("50000.00", True, "1%"), ("20000.00", True, "3%"), ("230000.00", False, "1%")]
ABOVE = [("123456.78", True, "1%"), ("176543.23", False, "1%"), ("0.99", False, "1%")]
GENERAL = [("188888.88", "13%"), ("-12345.67", "13%"), ("4321.09", "9%"), ("2000.55", "6%"), ("-300.33", "6%"), ("7000.00", "免税"), ("1234.56", "3%")]
BOUGHT, TURNED_OUT, CARRIED = "9000.13", "321.98", "1500.07"
PROFITS, LOSSES, PAID = ["180000.00", "-35000.50", "96000.25"], {2019: "70000.00", 2024: "60000.00", 2025: "15000.33"}, "2400.00"
