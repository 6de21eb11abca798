from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="core_documents",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=table_finder(
        ["zhangfang_core.documents.tables", "zhangfang_core.documents.resumable.tables"], exclude_imported=True
    ),
    migration_dependencies=["zhangfang_core.identity.piccolo_app", "zhangfang_core.tenancy.piccolo_app"],
)
