"""A passkey's challenge is kept once it was answered, no longer when it is asked for: whose it is stands under its own keyed hash."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-27T12:22:29:000000"
VERSION = "1.38.0"
DESCRIPTION = "challenges of passkeys are kept when they were answered"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)
    for column in ("bound_to", "purpose"):
        manager.drop_column(
            table_class_name="PasskeyChallenge",
            tablename="core_passkey_challenge",
            column_name=column,
            db_column_name=column,
        )
    return manager
