from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="books",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=table_finder(["zhangfang_books.tables", "zhangfang_books.bank.tables", "zhangfang_books.payroll.tables"], exclude_imported=True),
    migration_dependencies=[
        "zhangfang_core.tenancy.piccolo_app",
        "zhangfang_core.identity.piccolo_app",
        "zhangfang_core.documents.piccolo_app",
        "zhangfang_core.ledger.piccolo_app",
    ],
)
