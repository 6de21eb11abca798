"""Settings of one deployment, read from the environment once."""

import os
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class Settings:
    """``dsn`` and ``owner_dsn`` are None with the embedded database, ``owner_dsn`` alone on a node that does not migrate.

    ``s3_url`` is None with the local object store.

    ``public_url``: scheme and host by which people reach the portal, with no slash at the end; None when it was not told.
    ``trusted_proxies``: whose X-Forwarded-For and -Proto are believed. ``allowed_hosts``: names (no ports) that requests may
    ask for; empty for any. ``requests_per_address``: under way at once.
    ``worker_stalled_s``: seconds without a sign of life after which a worker counts as dead and its jobs run again.
    ``log_level``: of the portal and of libraries; None where each has its own.
    """

    data_dir: Path
    host: str
    port: int
    dsn: str | None
    owner_dsn: str | None
    s3_url: str | None
    master_key: str | None
    secure_cookies: bool
    public_url: str | None
    trusted_proxies: tuple[Network, ...]
    allowed_hosts: frozenset[str]
    requests_per_address: int
    worker_stalled_s: float
    log_level: str | None

    @property
    def database_dir(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def objects_dir(self) -> Path:
        return self.data_dir / "objects"

    @property
    def is_https(self) -> bool:
        """Whether people reach the portal by TLS only."""
        return self.public_url is not None and self.public_url.startswith("https://")


def is_reached_by_tls() -> bool:
    """``read_settings().is_https``, for what asks at every request."""
    return os.environ.get("ZHANGFANG_PUBLIC_URL", "").startswith("https://")


def read_settings() -> Settings:
    """ZHANGFANG_DATA_DIR, _HOST, _PORT, _DSN, _OWNER_DSN, _S3_URL, _MASTER_KEY, _SECURE_COOKIES, _PUBLIC_URL, _TRUSTED_PROXIES,
    _ALLOWED_HOSTS, _REQUESTS_PER_ADDRESS, _WORKER_STALLED_S, _LOG; see docs/operating.md.

    Raises ValueError with a sentence for the operator.
    """
    env = os.environ
    public_url = _public_url(env.get("ZHANGFANG_PUBLIC_URL", ""))
    return Settings(
        data_dir=Path(env.get("ZHANGFANG_DATA_DIR", "var")).resolve(),
        host=env.get("ZHANGFANG_HOST", "127.0.0.1"),
        port=_number("ZHANGFANG_PORT", env.get("ZHANGFANG_PORT", "8400")),
        dsn=env.get("ZHANGFANG_DSN") or None,
        owner_dsn=env.get("ZHANGFANG_OWNER_DSN") or None,
        s3_url=env.get("ZHANGFANG_S3_URL") or None,
        master_key=env.get("ZHANGFANG_MASTER_KEY") or None,
        secure_cookies=env.get("ZHANGFANG_SECURE_COOKIES", "0") == "1" or (public_url or "").startswith("https://"),
        public_url=public_url,
        trusted_proxies=tuple(_network(text) for text in _listed(env.get("ZHANGFANG_TRUSTED_PROXIES", ""))),
        allowed_hosts=_allowed_hosts(env.get("ZHANGFANG_ALLOWED_HOSTS", ""), public_url),
        requests_per_address=_number(
            "ZHANGFANG_REQUESTS_PER_ADDRESS", env.get("ZHANGFANG_REQUESTS_PER_ADDRESS", "64")
        ),
        worker_stalled_s=_seconds("ZHANGFANG_WORKER_STALLED_S", env.get("ZHANGFANG_WORKER_STALLED_S", "8")),
        log_level=_log_level(env.get("ZHANGFANG_LOG", "")),
    )


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError(f"{name}={text!r}: 请填大于 0 的整数。")
    return int(text)


def _seconds(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"{name}={text!r}: 请填秒数,例如 8 或 0.5。") from error


def _log_level(text: str) -> str | None:
    if text and text not in LOG_LEVELS:
        raise ValueError(f"ZHANGFANG_LOG={text!r}: 请填 {'、'.join(LOG_LEVELS)} 之一。")
    return text or None


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _public_url(text: str) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"ZHANGFANG_PUBLIC_URL={text!r}: 请写成 https://portal.example 这样的网址,后面不带路径。")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ValueError(f"ZHANGFANG_TRUSTED_PROXIES: {text!r} 不是 IP 地址或网段,例如 10.0.0.0/24。") from error


def _allowed_hosts(text: str, public_url: str | None) -> frozenset[str]:
    """Those that are told, else the public address's; with them always the public address's."""
    told = {name.lower() for name in _listed(text)}
    if public_url is not None:
        told.add(urlsplit(public_url).hostname or "")
    return frozenset(told)
