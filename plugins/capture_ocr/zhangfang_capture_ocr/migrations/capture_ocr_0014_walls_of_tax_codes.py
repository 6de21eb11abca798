"""The wall around a firm's tax classification codes; each code once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import build, firm_wall

ID = "2026-11-27T01:34:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "walls and indexes of tax codes"

INDEXES = """
create unique index capture_ocr_tax_code_code on capture_ocr_tax_code (firm, code);
create index capture_ocr_tax_code_name on capture_ocr_tax_code (firm, name);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)

    async def run() -> None:
        await build(firm_wall("capture_ocr_tax_code"), INDEXES)

    manager.add_raw(run)
    return manager
