from pathlib import Path

from piccolo.conf.apps import AppConfig

from zhangfang_witness.tables import Sight

APP_CONFIG = AppConfig("witness", str(Path(__file__).parent / "migrations"), table_classes=[Sight])
