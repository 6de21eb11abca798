from pathlib import Path

from piccolo.conf.apps import AppConfig

from zhangfang_shelf.tables import Box, Paper

APP_CONFIG = AppConfig("shelf", str(Path(__file__).parent / "migrations"), table_classes=[Box, Paper])
