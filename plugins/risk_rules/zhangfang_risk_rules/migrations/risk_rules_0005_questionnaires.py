from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Boolean, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, DocumentKey

ID = "2026-11-27T02:20:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Questionnaires, their runs and answers, monthly reports"


class Questionnaire(Table, tablename="risk_rules_questionnaire"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    code = Varchar(length=20)
    title = Varchar(length=60)
    body = Text()
    is_on = Boolean(default=True)
    written_by = Varchar(length=80, default="")
    written_at = Timestamptz()


class Run(Table, tablename="risk_rules_run"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
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


class Answer(Table, tablename="risk_rules_answer"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    run = ForeignKey(Run, null=False, on_delete=OnDelete.restrict, index=False)
    question = Varchar(length=20)
    option = Integer()
    by = Varchar(length=80, default="")
    at = Timestamptz()


class Checkup(Table, tablename="risk_rules_checkup"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    document = ForeignKey(DocumentKey, null=False, on_delete=OnDelete.restrict, index=False)
    made_by = Varchar(length=80, default="")
    made_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="risk_rules", description=DESCRIPTION)
    new_tables(manager, Questionnaire, Run, Answer, Checkup)
    return manager
