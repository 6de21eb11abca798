"""No role that a firm made holds ``people.manage``, and none that is kept to some accounts ``audit.read``.

Who gives roles could give themselves any through a second sign-in; the trail tells amounts of every account. Both go where they were given.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import beyond_walls, build

ID = "2026-11-27T10:05:26:000000"
VERSION = "1.38.0"
DESCRIPTION = "what roles that a firm made never hold"

TAKEN = """
update core_role set permissions = permissions - 'people.manage' where key not in ('owner', 'admin') and permissions ? 'people.manage';
update core_role set permissions = permissions - 'audit.read' where accounts is not null and permissions ? 'audit.read';
"""

CHECKS = """
alter table core_role add constraint core_role_people_by_keepers
  check (key in ('owner', 'admin') or not permissions ? 'people.manage');
alter table core_role drop constraint core_role_accounts_chosen;
alter table core_role add constraint core_role_accounts_chosen check (accounts is null or (jsonb_typeof(accounts) = 'array'
  and not permissions ?| array['ledger.read', 'ledger.draft', 'ledger.post', 'ledger.close', 'bank.read', 'bank.write',
    'taxes.read', 'filings.read', 'filings.write', 'filings.confirm', 'alerts.read', 'audit.read']));
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)

    async def run() -> None:
        await build(beyond_walls(TAKEN, "core_role"), CHECKS)

    manager.add_raw(run)
    return manager
