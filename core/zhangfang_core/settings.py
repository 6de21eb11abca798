"""Settings of one deployment, read from the environment once."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """``dsn`` and ``owner_dsn`` are None with the embedded database. ``s3_url`` is None with the local object store.

    ``worker_stalled_s``: seconds without a sign of life after which a worker counts as dead and its jobs run again.
    """

    data_dir: Path
    host: str
    port: int
    dsn: str | None
    owner_dsn: str | None
    s3_url: str | None
    master_key: str | None
    secure_cookies: bool
    worker_stalled_s: float

    @property
    def database_dir(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def objects_dir(self) -> Path:
        return self.data_dir / "objects"


def read_settings() -> Settings:
    """ZHANGFANG_DATA_DIR, _HOST, _PORT, _DSN, _OWNER_DSN, _S3_URL, _MASTER_KEY, _SECURE_COOKIES, _WORKER_STALLED_S; see docs/operating.md."""
    env = os.environ
    return Settings(
        data_dir=Path(env.get("ZHANGFANG_DATA_DIR", "var")).resolve(),
        host=env.get("ZHANGFANG_HOST", "127.0.0.1"),
        port=int(env.get("ZHANGFANG_PORT", "8400")),
        dsn=env.get("ZHANGFANG_DSN") or None,
        owner_dsn=env.get("ZHANGFANG_OWNER_DSN") or None,
        s3_url=env.get("ZHANGFANG_S3_URL") or None,
        master_key=env.get("ZHANGFANG_MASTER_KEY") or None,
        secure_cookies=env.get("ZHANGFANG_SECURE_COOKIES", "0") == "1",
        worker_stalled_s=float(env.get("ZHANGFANG_WORKER_STALLED_S", "8")),
    )
