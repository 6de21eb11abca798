"""Computes the answers of three worked months and writes them as .toml beside this file: ``python compute.py``.

It imports nothing of the product: amounts are Decimal yuan, each voucher says by itself which line of the cash flow statement its money
belongs to, and the statements are added up by the formulas of the printed forms, written out here a second time. What the product answers is
compared with these files to the fen; a file is only changed by changing what happened here and running this again.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from by_formula import (
    SMALL_RESULT,
    Company,
    D,
    enterprise_balance,
    enterprise_cash,
    enterprise_income,
    money,
    small_balance,
    small_cash,
    small_income,
)

SMALL_OUT = (3, 4, 5, 6, 11, 12, 16, 17, 18)


def taken_over_in_july() -> Company:
    """一般纳税人 whose books are taken over on 1 July with half a year's turnover, items of both signs, and its cash flows to date."""
    c = Company(
        name="接手(一般纳税人)2026年7月",
        period="2026-07",
        taxpayer="general",
        standard="small_business_2013",
        outgoing=SMALL_OUT,
    )
    c.opening = {
        k: D(v)
        for k, v in {
            "1001": "3200.00", "1002": "411870.55", "1122 甲建材": "86400.00", "1122 乙装饰": "-5300.00", "1123 房东": "18000.00",
            "1221": "2000.00", "1405": "152300.00", "1601": "96000.00", "1602": "-30400.00", "1801": "24000.00",
            "2202 宏达": "-64100.00", "2202 顺风": "3900.00", "2203 丙工程": "-20000.00", "221101": "-31000.00", "222102": "-6120.40",
            "222115": "-214.21", "222120": "-91.81", "222121": "-61.20", "222113": "-1480.00", "224101": "-3150.00",
            "2001": "-100000.00", "3001": "-300000.00", "310101": "-8400.00", "310415": "-175600.00", "3103": "-51752.93",
        }.items()
    }  # fmt: skip
    c.year_before = {
        k: D(v)
        for k, v in {
            "1001": "-1300.00", "1002": "96020.15", "1122": "21100.00", "1123": "-18000.00", "1405": "-12700.00", "1602": "-9600.00",
            "1801": "-6000.00", "2202": "-11200.00", "2203": "-20000.00", "221101": "-1000.00", "222102": "2310.10", "222115": "-14.21",
            "222120": "-6.81", "222121": "-6.30", "222113": "-1480.00", "224101": "0", "2001": "0", "1221": "2000.00",
            "3103": "-40122.93", "5001": "-612480.00", "5401": "438200.00", "5403": "2360.17", "5601": "31200.00", "5602": "98412.90",
            "5603": "704.00", "5801": "1480.00",
        }.items()
    }  # fmt: skip
    c.cash_before = {
        1: D("684322.40"),
        2: D("610.00"),
        3: D("441900.00"),
        4: D("98600.00"),
        5: D("21480.25"),
        6: D("27300.00"),
    }
    c.cash_before[17] = D("932.00")
    b = c.book
    b(1, "收甲建材货款", [("1002", "debit", "60000.00"), ("1122 甲建材", "credit", "60000.00")], l1="60000.00")
    b(2, "预付顺风货款", [("2202 顺风", "debit", "12000.00"), ("1002", "credit", "12000.00")], l3="12000.00")
    b(
        3,
        "购进板材 专票13%",
        [("1405", "debit", "48000.00"), ("22210101", "debit", "6240.00"), ("2202 宏达", "credit", "54240.00")],
    )
    b(5, "付宏达货款", [("2202 宏达", "debit", "64100.00"), ("1002", "credit", "64100.00")], l3="64100.00")
    b(
        6,
        "发放6月工资",
        [
            ("221101", "debit", "31000.00"),
            ("1002", "credit", "27680.00"),
            ("224101", "credit", "3150.00"),
            ("222119", "credit", "170.00"),
        ],
        l4="27680.00",
    )
    b(
        8,
        "销售板材 甲建材",
        [("1122 甲建材", "debit", "101700.00"), ("5001", "credit", "90000.00"), ("22210107", "credit", "11700.00")],
    )
    b(
        9,
        "丙工程发货冲预收",
        [("2203 丙工程", "debit", "33900.00"), ("5001", "credit", "30000.00"), ("22210107", "credit", "3900.00")],
    )
    b(
        10,
        "缴社保(单位和个人)",
        [("560201", "debit", "6400.00"), ("224101", "debit", "6300.00"), ("1002", "credit", "12700.00")],
        l4="12700.00",
    )
    b(11, "退乙装饰多付款", [("1122 乙装饰", "debit", "5300.00"), ("1002", "credit", "5300.00")], l1="-5300.00")
    b(15, "缴6月增值税", [("222102", "debit", "6120.40"), ("1002", "credit", "6120.40")], l5="6120.40")
    b(
        15,
        "缴6月附加税费和二季度所得税",
        [
            ("222115", "debit", "214.21"),
            ("222120", "debit", "91.81"),
            ("222121", "debit", "61.20"),
            ("222113", "debit", "1480.00"),
            ("1002", "credit", "1847.22"),
        ],
        l5="1847.22",
    )
    b(
        16,
        "报销差旅费冲备用金",
        [("560206", "debit", "1720.00"), ("1001", "debit", "280.00"), ("1221", "credit", "2000.00")],
        l2="280.00",
    )
    b(
        18,
        "红字冲回甲建材错开的发票",
        [("1122 甲建材", "debit", "-11300.00"), ("5001", "credit", "-10000.00"), ("22210107", "credit", "-1300.00")],
    )
    b(20, "付半年利息", [("560301", "debit", "2150.00"), ("1002", "credit", "2150.00")], l17="2150.00")
    b(
        22,
        "购电脑 专票13%",
        [("1601", "debit", "8000.00"), ("22210101", "debit", "1040.00"), ("1002", "credit", "9040.00")],
        l12="9040.00",
    )
    b(
        25,
        "零售收现",
        [("1001", "debit", "4520.00"), ("5001", "credit", "4000.00"), ("22210107", "credit", "520.00")],
        l1="4520.00",
    )
    b(26, "提现", [("1001", "debit", "2000.00"), ("1002", "credit", "2000.00")])
    b(
        31,
        "摊销房租和装修",
        [
            ("560207", "debit", "3000.00"),
            ("560113", "debit", "1000.00"),
            ("1123 房东", "credit", "3000.00"),
            ("1801", "credit", "1000.00"),
        ],
    )
    b(31, "计提折旧", [("560208", "debit", "1600.00"), ("1602", "credit", "1600.00")])
    b(
        31,
        "计提7月工资",
        [("560101", "debit", "12000.00"), ("560201", "debit", "20000.00"), ("221101", "credit", "32000.00")],
    )
    b(31, "结转销售成本", [("5401", "debit", "81340.00"), ("1405", "credit", "81340.00")])
    b(31, "转出未交增值税", [("22210104", "debit", "7540.00"), ("222102", "credit", "7540.00")])
    b(
        31,
        "计提附加税费",
        [
            ("5403", "debit", "452.40"),
            ("222115", "credit", "263.90"),
            ("222120", "credit", "113.10"),
            ("222121", "credit", "75.40"),
        ],
    )
    c.carry_over(31, SMALL_RESULT, "3103")
    return c


def red_letters_with_exempt_sales() -> Company:
    """小规模纳税人 in the last month of a quarter: red letters of this and of earlier months, 普票 exempt below 30 万, 专票 taxed at 1 %."""
    c = Company(
        name="红字与免税(小规模)2026年9月",
        period="2026-09",
        taxpayer="small_scale",
        standard="small_business_2013",
        outgoing=SMALL_OUT,
    )
    c.opening = {
        k: D(v)
        for k, v in {
            "1001": "1500.00", "1002": "88214.30", "1122 城南店": "20200.00", "1122 城北店": "7070.00", "1403": "15600.00", "1601": "40000.00",
            "1602": "-12000.00", "2202 粮油行": "-9800.00", "2203 会员": "-3030.00", "221101": "-18000.00", "222108": "-1214.00",
            "224104": "-30000.00", "3001": "-60000.00", "310415": "9840.70", "3103": "-48381.00",
        }.items()
    }  # fmt: skip
    c.year_before = {
        k: D(v) for k, v in {"5001": "-241400.00", "5401": "112000.00", "5403": "84.00", "5602": "80935.00"}.items()
    }
    b = c.book
    b(
        2,
        "普票销售 城南店",
        [("1122 城南店", "debit", "40400.00"), ("5001", "credit", "40000.00"), ("222108", "credit", "400.00")],
    )
    b(
        3,
        "专票销售 城北店 1%",
        [("1122 城北店", "debit", "20200.00"), ("5001", "credit", "20000.00"), ("222108", "credit", "200.00")],
    )
    b(4, "收城南店货款", [("1002", "debit", "20200.00"), ("1122 城南店", "credit", "20200.00")], l1="20200.00")
    b(
        5,
        "红字:城南店退上月货",
        [("1122 城南店", "debit", "-5050.00"), ("5001", "credit", "-5000.00"), ("222108", "credit", "-50.00")],
    )
    b(
        6,
        "红字:退城北店款",
        [("1122 城北店", "debit", "-2020.00"), ("5001", "credit", "-2000.00"), ("222108", "credit", "-20.00")],
    )
    b(7, "红字:冲回重复记的收款", [("1002", "debit", "-3000.00"), ("1122 城南店", "credit", "-3000.00")], l1="-3000.00")
    b(8, "购粮油", [("1403", "debit", "16000.00"), ("2202 粮油行", "credit", "16000.00")])
    b(9, "红字:粮油退货", [("1403", "debit", "-1600.00"), ("2202 粮油行", "credit", "-1600.00")])
    b(10, "付粮油行货款", [("2202 粮油行", "debit", "20000.00"), ("1002", "credit", "20000.00")], l3="20000.00")
    b(
        10,
        "红字:粮油行退回多付款",
        [("2202 粮油行", "debit", "-1000.00"), ("1002", "credit", "-1000.00")],
        l3="-1000.00",
    )
    b(12, "发8月工资", [("221101", "debit", "18000.00"), ("1002", "credit", "18000.00")], l4="18000.00")
    b(15, "会员储值", [("1001", "debit", "2020.00"), ("2203 会员", "credit", "2020.00")], l1="2020.00")
    b(16, "会员消费", [("2203 会员", "debit", "4040.00"), ("5001", "credit", "4000.00"), ("222108", "credit", "40.00")])
    b(18, "付水电费", [("560213", "debit", "1830.50"), ("1002", "credit", "1830.50")], l6="1830.50")
    b(19, "红字:水电费多付退回", [("560213", "debit", "-130.50"), ("1002", "credit", "-130.50")], l6="-130.50")
    b(20, "存款利息", [("1002", "debit", "21.16"), ("560301", "debit", "-21.16")], l2="21.16")
    b(30, "耗用原材料", [("5401", "debit", "17250.00"), ("1403", "credit", "17250.00")])
    b(30, "计提折旧", [("560208", "debit", "1000.00"), ("1602", "credit", "1000.00")])
    b(30, "计提工资", [("560201", "debit", "18500.00"), ("221101", "credit", "18500.00")])
    b(30, "本季普票免税转入营业外收入", [("222108", "debit", "1604.00"), ("530104", "credit", "1604.00")])
    b(30, "红字:免税额多转", [("222108", "debit", "-20.00"), ("530104", "credit", "-20.00")])
    c.carry_over(30, SMALL_RESULT, "3103")
    return c


def years_end() -> Company:
    """企业会计准则, December: impairment, income tax, 结转, reserve, dividend, a correction of last year, capital paid in and converted."""
    c = Company(
        name="年末(企业会计准则)2026年12月",
        period="2026-12",
        taxpayer="general",
        standard="enterprise_2006",
        outgoing=(5, 6, 7, 8, 17, 27, 28),
    )
    c.opening = {
        k: D(v)
        for k, v in {
            "1002": "1264300.18", "1122 远大": "456000.00", "1122 新丰": "-12000.00", "1123 园区": "30000.00", "1405": "388000.00",
            "1601": "600000.00", "1602": "-150000.00", "2001": "-300000.00", "2202 华塑": "-182400.00", "221101": "-76000.00",
            "222102": "-21410.00", "222113": "-30125.44", "224104": "-8000.00", "4001": "-1000000.00", "4002": "-160000.00",
            "410101": "-64000.00", "410415": "-241500.00", "4103": "-492864.74",
        }.items()
    }  # fmt: skip
    c.year_before = {
        k: D(v)
        for k, v in {
            "1002": "214200.18", "1122": "81000.00", "1123": "-330000.00", "1405": "24000.00", "1602": "-55000.00", "2202": "-32400.00",
            "221101": "-4000.00", "222102": "-1410.00", "222113": "-30125.44", "1601": "626600.00", "4103": "-492864.74",
            "6001": "-5210000.00", "6401": "3702000.00", "6403": "24110.00", "6601": "318000.00", "6602": "574500.00", "6603": "8230.00",
            "6801": "90295.26",
        }.items()
    }  # fmt: skip
    c.cash_before = {
        1: D("5806300.00"),
        3: D("1200.00"),
        5: D("4210000.00"),
        6: D("790400.00"),
        7: D("218669.82"),
        8: D("146230.00"),
    }
    c.cash_before[17], c.cash_before[28] = D("215000.00"), D("13000.00")
    b = c.book
    b(
        1,
        "股东增资,溢价入资本公积",
        [("1002", "debit", "250000.00"), ("4001", "credit", "200000.00"), ("4002", "credit", "50000.00")],
        l23="250000.00",
    )
    b(2, "资本公积转增资本", [("4002", "debit", "100000.00"), ("4001", "credit", "100000.00")])
    b(3, "收远大货款", [("1002", "debit", "300000.00"), ("1122 远大", "credit", "300000.00")], l1="300000.00")
    b(
        4,
        "购原料 专票13%",
        [("1405", "debit", "200000.00"), ("22210101", "debit", "26000.00"), ("2202 华塑", "credit", "226000.00")],
    )
    b(5, "付华塑货款", [("2202 华塑", "debit", "182400.00"), ("1002", "credit", "182400.00")], l5="182400.00")
    b(
        8,
        "销售 远大",
        [("1122 远大", "debit", "565000.00"), ("6001", "credit", "500000.00"), ("22210107", "credit", "65000.00")],
    )
    b(
        9,
        "销售 新丰",
        [("1122 新丰", "debit", "113000.00"), ("6001", "credit", "100000.00"), ("22210107", "credit", "13000.00")],
    )
    b(10, "发放11月工资", [("221101", "debit", "76000.00"), ("1002", "credit", "76000.00")], l6="76000.00")
    b(
        14,
        "缴11月增值税和所得税",
        [("222102", "debit", "21410.00"), ("222113", "debit", "30125.44"), ("1002", "credit", "51535.44")],
        l7="51535.44",
    )
    b(15, "更正上年多计的费用", [("1002", "debit", "6000.00"), ("6901", "credit", "6000.00")], l3="6000.00")
    b(15, "更正调增上年所得税", [("6901", "debit", "1500.00"), ("222113", "credit", "1500.00")])
    b(15, "以前年度损益调整转入未分配利润", [("6901", "debit", "4500.00"), ("410415", "credit", "4500.00")], "closing")
    b(20, "付利息", [("660301", "debit", "3200.00"), ("1002", "credit", "3200.00")], l28="3200.00")
    b(20, "收存款利息", [("1002", "debit", "411.37"), ("660305", "credit", "411.37")], l3="411.37")
    b(25, "还短期借款", [("2001", "debit", "100000.00"), ("1002", "credit", "100000.00")], l27="100000.00")
    b(31, "摊销园区租金", [("660207", "debit", "30000.00"), ("1123 园区", "credit", "30000.00")])
    b(31, "计提折旧", [("660208", "debit", "5000.00"), ("1602", "credit", "5000.00")])
    b(
        31,
        "计提工资",
        [("660101", "debit", "30000.00"), ("660201", "debit", "52000.00"), ("221101", "credit", "82000.00")],
    )
    b(31, "结转销售成本", [("6401", "debit", "410000.00"), ("1405", "credit", "410000.00")])
    b(31, "转出未交增值税", [("22210104", "debit", "52000.00"), ("222102", "credit", "52000.00")])
    b(
        31,
        "计提附加税费",
        [
            ("6403", "debit", "6240.00"),
            ("222115", "credit", "3640.00"),
            ("222120", "credit", "1560.00"),
            ("222121", "credit", "1040.00"),
        ],
    )
    b(31, "计提所得税", [("6801", "debit", "15993.85"), ("222113", "credit", "15993.85")])
    c.carry_over(31, ("6001", "6051", "6401", "6402", "6403", "66", "6301", "6711", "6801"), "4103")
    profit = -c.at_end("4103")
    b(31, "结转本年利润", [("4103", "debit", str(profit)), ("410415", "credit", str(profit))], "closing")
    reserve = money(profit / 10)
    b(31, "提取法定盈余公积", [("410402", "debit", str(reserve)), ("410101", "credit", str(reserve))])
    b(31, "宣告分配股利", [("410401", "debit", "180000.00"), ("2232", "credit", "180000.00")])
    b(
        31,
        "结转利润分配",
        [
            ("410415", "debit", str(reserve + 180000)),
            ("410402", "credit", str(reserve)),
            ("410401", "credit", "180000.00"),
        ],
        "closing",
    )
    return c


def equity_of_years_end(c: Company) -> dict[str, dict[int, Decimal]]:
    """所有者权益变动表 by hand: (column → row → yuan), from the story and not from its vouchers."""
    profit = enterprise_income(c, year=True)[21]
    reserve = money(profit / 10)
    retained = -c.at_start("4103", "4104")
    return {
        "capital": {1: D(1000000), 5: D(1000000), 6: D(300000), 8: D(200000), 9: D(200000), 17: D(100000), 18: D(100000), 25: D(1300000)},
        "surplus_capital": {1: D(160000), 5: D(160000), 6: D(-50000), 8: D(50000), 9: D(50000), 17: D(-100000), 18: D(-100000), 25: D(110000)},
        "surplus": {1: D(64000), 5: D(64000), 6: reserve, 13: reserve, 14: reserve, 25: 64000 + reserve},
        "retained": {
            1: retained, 3: D(4500), 5: retained + 4500, 6: profit - reserve - 180000, 7: profit, 13: -reserve - 180000, 14: -reserve,
            15: D(-180000), 25: retained + 4500 + profit - reserve - 180000,
        },
    }  # fmt: skip


def written(c: Company) -> str:
    small = c.about["standard"] == "small_business_2013"
    balance, income, cash = (
        (small_balance, small_income, small_cash) if small else (enterprise_balance, enterprise_income, enterprise_cash)
    )
    out = [f'{key} = "{c.about[key]}"' for key in ("name", "period", "taxpayer", "standard")]
    out.append("vouchers = [")
    for day, text, kind, entries in c.vouchers:
        lines = ", ".join(
            f'"{name.partition(" ")[0]} {side} {money(v)}{" " + p if (p := name.partition(" ")[2]) else ""}"'
            for name, side, v in entries
        )
        said = f', kind = "{kind}"' if kind != "normal" else ""
        out.append(f'    {{ day = {day}, text = "{text}"{said}, lines = [{lines}] }},')
    out.append("]")
    tables: dict[str, Mapping[str, Decimal] | Mapping[int, Decimal]] = {
        "opening": c.opening,
        "year_before": c.year_before,
        "cash_before": c.cash_before,
        "balance_sheet": balance(c, "end"),
        "income_month": income(c, year=False),
        "income_year": income(c, year=True),
        "cash_flow": cash(c, year=False),
        "closing": c.closing_balances(),
    }
    if c.cash_before:
        tables |= {"year_start": balance(c, "start"), "cash_year": cash(c, year=True)}
    if not small:
        tables |= {f"equity.{key}": rows for key, rows in equity_of_years_end(c).items()}
    for title, amounts in tables.items():
        out += ["", f"[{title}]", *(f'"{key}" = "{money(v)}"' for key, v in amounts.items())]
    return "\n".join(out) + "\n"


def made() -> dict[str, Company]:
    """File's name → company. Raises AssertionError for opening balances that do not balance."""
    found = {
        "taken_over": taken_over_in_july(),
        "red_letters": red_letters_with_exempt_sales(),
        "years_end": years_end(),
    }
    for name, company in found.items():
        assert sum(company.opening.values()) == 0, (name, sum(company.opening.values()))
    return found


if __name__ == "__main__":
    for file, each in made().items():
        (Path(__file__).parent / f"{file}.toml").write_text(written(each), "utf-8")
