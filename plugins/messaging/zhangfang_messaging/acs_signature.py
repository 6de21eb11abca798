"""Signatures of Alibaba Cloud's OpenAPI, method V3 (ACS3-HMAC-SHA256).

Source: 阿里云文档,V3 版本请求体&签名机制, https://help.aliyun.com/document_detail/2593177.html (as of 2025-01-06; the same for every RPC product).
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

ALGORITHM: Final = "ACS3-HMAC-SHA256"
NO_BODY: Final = hashlib.sha256(b"").hexdigest()


def query_of(parameters: Mapping[str, str]) -> str:
    """Sorted, and escaped as RFC 3986 says: also what is sent."""
    return "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in sorted(parameters.items()))


def signed_headers(
    key_id: str, key_secret: str, *, host: str, action: str, version: str, query: str, at: dt.datetime, nonce: str
) -> dict[str, str]:
    """The headers of a POST to "/" with everything in ``query`` and no body, signed at ``at`` (an instant)."""
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": NO_BODY,
        "x-acs-date": at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    canonical = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"POST\n/\n{query}\n{canonical}\n{names}\n{NO_BODY}"
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(key_secret.encode(), to_sign.encode(), "sha256").hex()
    credential = f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    return {**headers, "authorization": credential}
