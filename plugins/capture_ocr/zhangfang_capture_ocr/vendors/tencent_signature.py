"""Signatures of Tencent Cloud's API 3.0, method TC3-HMAC-SHA256.

Source: 腾讯云 API 文档,签名方法 v3, https://cloud.tencent.cn/document/product/1108/42544 (as of 2023-12-27; the same for every product).
"""

import datetime as dt
import hashlib
import hmac
from typing import Final

ALGORITHM: Final = "TC3-HMAC-SHA256"
CONTENT_TYPE: Final = "application/json; charset=utf-8"
SIGNED: Final = "content-type;host"


def authorization(secret_id: str, secret_key: str, *, service: str, host: str, body: bytes, at: int) -> str:
    """The header ``Authorization`` of a POST to "/" with a JSON ``body``, signed at ``at`` (Unix seconds, UTC)."""
    request = f"POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\n\n{SIGNED}\n{hashlib.sha256(body).hexdigest()}"
    day = dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%d")
    within = f"{day}/{service}/tc3_request"
    to_sign = f"{ALGORITHM}\n{at}\n{within}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"TC3{secret_key}".encode()
    for step in (day, service, "tc3_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"{ALGORITHM} Credential={secret_id}/{within}, SignedHeaders={SIGNED}, Signature={signature}"
