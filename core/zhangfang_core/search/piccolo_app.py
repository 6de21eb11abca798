from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="core_search",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=table_finder(["zhangfang_core.search.tables"], exclude_imported=True),
    migration_dependencies=["zhangfang_core.tenancy.piccolo_app"],
)
