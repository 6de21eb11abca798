"""Alerts with their life, remarks on drafts, what has still to be scanned, the firm's risk list, its thresholds and trials; questionnaires and reports."""

from piccolo.columns import BigInt, BigSerial, Boolean, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.references import DocumentKey, UserKey, VoucherKey
from zhangfang_sdk.tables import ClientRows, FirmRows


class Alert(ClientRows, Table, tablename="risk_rules_alert"):
    """One for each (client, rule, period, subject), for ever; see :mod:`zhangfang_risk_rules.alerts.life` for ``state`` and ``base``.

    ``rule`` is "<plugin>.<id>", ``period`` the last month that it is about, ``month`` the one at whose end it was worked out. ``level`` is the SDK's
    Severity, ``amount`` the figure in its ``unit``. ``slip`` is JSON, see ``alerts/slips.py``. ``opened`` counts how often it opened.
    """

    id = BigSerial(primary_key=True)
    rule = Varchar(length=60)
    period = Integer(default=0)
    month = Integer(default=0)
    subject = Varchar(length=80, default="")
    level = Integer(default=1)
    title = Varchar(length=120)
    sentence = Text()
    todo = Text()
    source = Text()
    unit = Varchar(length=16, default="fen")
    amount = BigInt()
    base = BigInt(null=True, default=None)
    shut_as = Varchar(length=12, default="")
    state = Varchar(length=12, default="open")
    muted = Boolean(default=False)
    opened = Integer(default=1)
    slip = Text(default="{}")
    explanation = Text(default="")
    note = Text(default="")
    assigned_to = ForeignKey(UserKey, null=True, default=None, on_delete=OnDelete.restrict, index=False)
    assigned_name = Varchar(length=80, default="")
    closed_by = Varchar(length=80, default="")
    created_at = Timestamptz()
    updated_at = Timestamptz()


class AlertStep(ClientRows, Table, tablename="risk_rules_alert_step"):
    """What happened to an alert, appended only; ``by`` is "" for the scan."""

    id = BigSerial(primary_key=True)
    alert = ForeignKey(Alert, null=False, on_delete=OnDelete.restrict, index=False)
    at = Timestamptz()
    by = Varchar(length=80, default="")
    step = Varchar(length=12)
    words = Text(default="")
    amount = BigInt(default=0)


class Mark(ClientRows, Table, tablename="risk_rules_mark"):
    """Something that a reader reads has changed in a month, and no scan has looked since."""

    id = BigSerial(primary_key=True)
    reader = Varchar(length=20)
    period = Integer()


class Watch(ClientRows, Table, tablename="risk_rules_watch"):
    """One row for each client, locked by its scan. ``running`` and ``settled`` are the months that were last scanned as such."""

    id = BigSerial(primary_key=True)
    running = Integer(default=0)
    settled = Integer(default=0)
    scanned_at = Timestamptz(null=True, default=None)


class DraftRemarks(ClientRows, Table, tablename="risk_rules_draft"):
    """What there is to say of a draft as it was written: ``content`` is that of ``drafts/effect.py``, ``remarks`` JSON of title, sentence and path."""

    id = BigSerial(primary_key=True)
    voucher = ForeignKey(VoucherKey, null=False, on_delete=OnDelete.restrict, index=False)
    content = Varchar(length=64)
    remarks = Text(default="[]")
    looked_at = Timestamptz()


class Seller(FirmRows, Table, tablename="risk_rules_seller"):
    """A seller on the firm's risk list, unique by tax id, or by name where it has none."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=200)
    tax_id = Varchar(length=30, default="")
    reason = Varchar(length=120)
    source = Varchar(length=200, default="")
    listed_on = Date(null=True, default=None)
    added_by = Varchar(length=80, default="")
    added_at = Timestamptz()


class FirmLimit(FirmRows, Table, tablename="risk_rules_firm_limit"):
    """A threshold that the firm has set, for an industry or ("") for all."""

    id = BigSerial(primary_key=True)
    rule = Varchar(length=60)
    name = Varchar(length=40)
    industry = Varchar(length=40, default="")
    value = BigInt()
    set_by = Varchar(length=80, default="")
    set_at = Timestamptz()


class ClientLimit(ClientRows, Table, tablename="risk_rules_client_limit"):
    """A threshold that the firm has set for one client."""

    id = BigSerial(primary_key=True)
    rule = Varchar(length=60)
    name = Varchar(length=40)
    value = BigInt()
    set_by = Varchar(length=80, default="")
    set_at = Timestamptz()


class RuleSwitch(FirmRows, Table, tablename="risk_rules_switch"):
    """A rule that the firm has muted: what it finds is kept, and shown to nobody unasked."""

    id = BigSerial(primary_key=True)
    rule = Varchar(length=60)
    muted = Boolean(default=True)
    set_by = Varchar(length=80, default="")
    set_at = Timestamptz()


class Trial(FirmRows, Table, tablename="risk_rules_trial"):
    """A rule run over past months with thresholds that are not in force. ``wanted`` and ``found`` are JSON, see ``trying.py``."""

    id = BigSerial(primary_key=True)
    rule = Varchar(length=60)
    wanted = Text(default="{}")
    found = Text(default="{}")
    asked = Integer(default=0)
    hit = Integer(default=0)
    made_by = Varchar(length=80, default="")
    made_at = Timestamptz()
    done_at = Timestamptz(null=True, default=None)


class Questionnaire(FirmRows, Table, tablename="risk_rules_questionnaire"):
    """One that the firm wrote, see ``questionnaires/definition.py`` for ``body``. It stands before one of ours with the same ``code``."""

    id = BigSerial(primary_key=True)
    code = Varchar(length=20)
    title = Varchar(length=60)
    body = Text()
    is_on = Boolean(default=True)
    written_by = Varchar(length=80, default="")
    written_at = Timestamptz()


class Run(ClientRows, Table, tablename="risk_rules_run"):
    """A client's questionnaire, open until ``done_at``; one open for each ``code``. ``body`` is the text as it was when it began.

    ``score`` is of 100, None where nothing is scored; ``document`` its report.
    """

    id = BigSerial(primary_key=True)
    code = Varchar(length=20)
    title = Varchar(length=60)
    body = Text()
    started_by = Varchar(length=80, default="")
    started_at = Timestamptz()
    done_by = Varchar(length=80, default="")
    done_at = Timestamptz(null=True, default=None)
    score = Integer(null=True, default=None)
    document = ForeignKey(DocumentKey, null=True, default=None, on_delete=OnDelete.restrict, index=False)


class Answer(ClientRows, Table, tablename="risk_rules_answer"):
    """The option (its number from 1) of one question of a run, as it was chosen last."""

    id = BigSerial(primary_key=True)
    run = ForeignKey(Run, null=False, on_delete=OnDelete.restrict, index=False)
    question = Varchar(length=20)
    option = Integer()
    by = Varchar(length=80, default="")
    at = Timestamptz()


class Checkup(ClientRows, Table, tablename="risk_rules_checkup"):
    """A 体检报告 of a month, kept as ``document``; made again, it is another row."""

    id = BigSerial(primary_key=True)
    period = Integer()
    document = ForeignKey(DocumentKey, null=False, on_delete=OnDelete.restrict, index=False)
    made_by = Varchar(length=80, default="")
    made_at = Timestamptz()
