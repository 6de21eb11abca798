"""Alerts: what a rule found in a client's books."""

from piccolo.columns import BigInt, BigSerial, Text, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import ClientRows


class Alert(ClientRows, Table, tablename="risk_rules_alert"):
    """One open alert for each client and rule. ``state`` is "open", "explained" (by a person) or "gone" (the figure is right again)."""

    id = BigSerial(primary_key=True)
    rule = Varchar(length=60)
    severity = Varchar(length=10)
    title = Varchar(length=120)
    sentence = Text()
    todo = Text()
    source = Text()
    amount = BigInt()
    state = Varchar(length=12, default="open")
    explanation = Text(default="")
    closed_by = Varchar(length=80, default="")
    created_at = Timestamptz()
    updated_at = Timestamptz()
