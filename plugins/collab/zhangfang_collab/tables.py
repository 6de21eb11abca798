"""Tasks with their trail, the templates that a month's list is made from, and what has arrived."""

from piccolo.columns import JSONB, BigSerial, Boolean, Date, ForeignKey, Integer, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.references import DocumentKey, UserKey
from zhangfang_sdk.tables import ClientRows, FirmRows


class Task(ClientRows, Table, tablename="collab_task"):
    """``key`` is one in the firm. ``period`` is the month whose list it is on, ``covers`` the one that it is about (202611; a year's: 202500).

    ``steps`` are those of ``steps.py``; ``turn`` is the side of the first open one, "" when ``done_at`` (UTC) is set. ``feeds`` is the
    template of the return that is filed with it. ``due_rule``, ``due_number`` and ``due_tax`` are the template's, "" where somebody named the day.
    ``asked_on`` is the day from which the side whose turn it is has it. ``reminded`` is the highest level of ``reminding.py`` sent, None before the
    first. ``took`` is how many days the client had their last step. ``until`` is how far into its month what is there of what it asks for reaches,
    None where nothing is, or all.
    """

    id = BigSerial(primary_key=True)
    key = Varchar(length=200)
    template = Varchar(length=40, default="")
    period = Integer()
    covers = Integer()
    title = Varchar(length=120)
    note = Varchar(length=400, default="")
    due_on = Date()
    party = Varchar(length=80, default="")
    owner_firm = ForeignKey(UserKey, null=True, default=None, on_delete=OnDelete.restrict)
    owner_client = ForeignKey(UserKey, null=True, default=None, on_delete=OnDelete.restrict)
    steps = JSONB(default="[]")
    turn = Varchar(length=12, default="")
    feeds = Varchar(length=40, default="")
    link = Varchar(length=400, default="")
    created_at = Timestamptz()
    due_rule = Varchar(length=20, default="")
    due_number = SmallInt(default=0)
    due_tax = Varchar(length=40, default="")
    asked_on = Date()
    done_at = Timestamptz(null=True, default=None)
    done_by = Varchar(length=80, default="")
    result = Varchar(length=200, default="")
    reopened = Varchar(length=200, default="")
    document = ForeignKey(DocumentKey, null=True, default=None, on_delete=OnDelete.restrict)
    reminded = SmallInt(null=True, default=None)
    took = SmallInt(null=True, default=None)
    until = Date(null=True, default=None)


class Entry(ClientRows, Table, tablename="collab_entry"):
    """One line of a task's trail, never changed: what happened, a comment, a file. ``kind`` is a key of ``trail.KINDS``."""

    id = BigSerial(primary_key=True)
    task = ForeignKey(Task, null=False, on_delete=OnDelete.restrict)
    kind = Varchar(length=20)
    words = Varchar(length=1000, default="")
    document = ForeignKey(DocumentKey, null=True, default=None, on_delete=OnDelete.restrict)
    by = Varchar(length=80)
    by_firm = Boolean(default=True)
    at = Timestamptz()


class ArrivalRow(ClientRows, Table, tablename="collab_arrival"):
    """Something of a kind and month has come; ``live`` until it was undone for ``reason``. One row for each reference.

    ``until`` is the last day that it reaches, None where it is of the whole month. ``contradicted`` is when it was told that what people ticked
    until then is not so either (UTC).
    """

    id = BigSerial(primary_key=True)
    kind = Varchar(length=40)
    covers = Integer()
    reference = Varchar(length=160)
    what = Varchar(length=200)
    document = ForeignKey(DocumentKey, null=True, default=None, on_delete=OnDelete.restrict)
    live = Boolean(default=True)
    reason = Varchar(length=200, default="")
    at = Timestamptz()
    until = Date(null=True, default=None)
    contradicted = Timestamptz(null=True, default=None)


class Reminders(FirmRows, Table, tablename="collab_reminders"):
    """A firm's levels of one ``duty`` of ``reminder_levels.py``, once it has changed them: a list of [days, tone]."""

    id = BigSerial(primary_key=True)
    duty = Varchar(length=12)
    levels = JSONB(default="[]")
    changed_at = Timestamptz()


class Template(FirmRows, Table, tablename="collab_template"):
    """What a firm makes for each fitting client, each month or once a year. Tasks that are made keep their own copy.

    ``payer`` and ``package`` are "" for all. ``owner_role`` is the role at the client that has the tasks, "" for the boss. ``month`` is 0 for every
    month, else the one in which a year's task is made. ``due_rule``, ``due_number`` and ``due_tax`` are read by ``due_dates.py``. ``steps`` is a
    list of {side, title, asks}.
    """

    id = BigSerial(primary_key=True)
    key = Varchar(length=40)
    title = Varchar(length=120)
    note = Varchar(length=400, default="")
    payer = Varchar(length=20, default="")
    package = Varchar(length=80, default="")
    month = SmallInt(default=0)
    due_rule = Varchar(length=20)
    due_number = SmallInt(default=0)
    due_tax = Varchar(length=40, default="")
    steps = JSONB(default="[]")
    feeds = Varchar(length=40, default="")
    party = Varchar(length=80, default="")
    link = Varchar(length=400, default="")
    active = Boolean(default=True)
    owner_role = Varchar(length=40, default="")
    changed_at = Timestamptz()
