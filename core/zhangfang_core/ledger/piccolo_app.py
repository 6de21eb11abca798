from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="core_ledger",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=table_finder(
        [
            "zhangfang_core.ledger.tables",
            "zhangfang_core.ledger.analysis_tables",
            "zhangfang_core.ledger.opening.tables",
            "zhangfang_core.ledger.own_accounts.tables",
        ],
        exclude_imported=True,
    ),
    migration_dependencies=[
        "zhangfang_core.identity.piccolo_app",
        "zhangfang_core.tenancy.piccolo_app",
        "zhangfang_core.documents.piccolo_app",
    ],
)
