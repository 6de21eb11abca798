from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import beyond_walls, build, client_wall, firm_wall

ID = "2026-11-27T01:03:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "Walls"

# What stood before was of the running books; an explained one stays shut until its figure worsens.
_ALERTS = """update risk_rules_alert set
    level = case severity when 'bad' then 3 else 2 end,
    rule = case rule when 'cash_negative' then 'risk_rules.B07' when 'bank_negative' then 'risk_rules.B00' else rule end,
    subject = case rule when 'cash_negative' then 'below' else '' end,
    base = case state when 'explained' then amount end,
    shut_as = case state when 'explained' then 'accepted' else '' end,
    state = case state when 'explained' then 'accepted' when 'gone' then 'resolved' else state end,
    period = extract(year from updated_at)::int * 100 + extract(month from updated_at)::int,
    month = extract(year from updated_at)::int * 100 + extract(month from updated_at)::int;
delete from risk_rules_alert a using risk_rules_alert b
    where a.firm = b.firm and a.client = b.client and a.rule = b.rule and a.period = b.period and a.subject = b.subject and a.id < b.id;
drop index risk_rules_alert_one;
create unique index risk_rules_alert_one on risk_rules_alert (firm, client, rule, period, subject);
create index risk_rules_alert_shown on risk_rules_alert (firm, client, state, level);"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="risk_rules", description=DESCRIPTION)

    async def run() -> None:
        await build(
            beyond_walls(_ALERTS, "risk_rules_alert"),
            client_wall("risk_rules_alert_step", references={"alert": "risk_rules_alert"}, append_only=True),
            "create index risk_rules_alert_step_of on risk_rules_alert_step (firm, alert, id);",
            client_wall("risk_rules_mark"),
            "create unique index risk_rules_mark_one on risk_rules_mark (firm, client, reader, period);",
            client_wall("risk_rules_watch"),
            "create unique index risk_rules_watch_one on risk_rules_watch (firm, client);",
            firm_wall("risk_rules_seller"),
            "create unique index risk_rules_seller_one on risk_rules_seller (firm, tax_id, name);",
            "create index risk_rules_seller_name on risk_rules_seller (firm, name);",
            firm_wall("risk_rules_firm_limit"),
            "create unique index risk_rules_firm_limit_one on risk_rules_firm_limit (firm, rule, name, industry);",
            client_wall("risk_rules_client_limit"),
            "create unique index risk_rules_client_limit_one on risk_rules_client_limit (firm, client, rule, name);",
            firm_wall("risk_rules_switch"),
            "create unique index risk_rules_switch_one on risk_rules_switch (firm, rule);",
            firm_wall("risk_rules_trial", staff_only=True),
        )

    manager.add_raw(run)
    manager.drop_column(table_class_name="Alert", tablename="risk_rules_alert", column_name="severity", db_column_name="severity")
    return manager
