from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, client_wall, firm_wall

ID = "2026-11-27T02:20:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="risk_rules", description=DESCRIPTION)

    async def run() -> None:
        await build(
            firm_wall("risk_rules_questionnaire"),
            "create unique index risk_rules_questionnaire_one on risk_rules_questionnaire (firm, code);",
            client_wall("risk_rules_run", references={"document": "core_document"}),
            "create unique index risk_rules_run_open on risk_rules_run (firm, client, code) where done_at is null;",
            client_wall("risk_rules_answer", references={"run": "risk_rules_run"}),
            "create unique index risk_rules_answer_one on risk_rules_answer (firm, client, run, question);",
            client_wall("risk_rules_checkup", references={"document": "core_document"}, append_only=True),
            "create index risk_rules_checkup_of on risk_rules_checkup (firm, client, id);",
        )

    manager.add_raw(run)
    return manager
