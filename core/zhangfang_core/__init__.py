"""The portal's core."""

import os

# Piccolo finds engine and tables by this name, in every process and before any table is asked; a foreign value would be another program's.
os.environ["PICCOLO_CONF"] = "zhangfang_core.piccolo_conf"
