"""What a client brings along when its books are taken over."""

from piccolo.columns import BigInt, BigSerial, Date, Numeric, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import ClientRows


class OpeningLineRow(ClientRows, Table, tablename="core_opening_line"):
    """One line of the opening sheet. ``amount`` is fen, debit positive, at the day before the books start; ``year_*`` are what the
    account moved from January to that day. Unique by (client, account, party, due)."""

    id = BigSerial(primary_key=True)
    account = Varchar(length=20)
    party = Varchar(length=120, default="", help_text="往来单位")
    due = Date(null=True, default=None, help_text="到期日")
    quantity = Numeric(digits=(20, 6), null=True, default=None, help_text="期初数量")
    amount = BigInt(null=False, default=0, help_text="期初余额(分)")
    year_debit = BigInt(null=False, default=0, help_text="本年累计借方(分)")
    year_credit = BigInt(null=False, default=0, help_text="本年累计贷方(分)")
