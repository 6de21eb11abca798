"""The headers of tus 1.0.0 (https://tus.io/protocols/resumable-upload, 2016-03-25): read and written, nothing done."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from email.utils import format_datetime

from zhangfang_core.documents.resumable.service import Begun
from zhangfang_core.documents.service import LARGEST
from zhangfang_sdk.errors import Refusal

VERSION = "1.0.0"
MEDIA_TYPE = "application/offset+octet-stream"
DIGESTS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
"""By the protocol's name; sha1 is the one that it demands."""
ALWAYS = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
ABOUT = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,expiration,checksum,termination",
    "Tus-Max-Size": str(LARGEST),
    "Tus-Checksum-Algorithm": ",".join(DIGESTS),
}
"""What a sender may find out beforehand."""
MISMATCH = 460
"""The protocol's own status for a part that is not what its checksum says."""

LONGEST_METADATA = 2000
LONGEST_KEY = 64


def check_version(headers: Mapping[str, str]) -> None:
    """Raises Refusal ``upload.version`` (412)."""
    if headers.get("tus-resumable") != VERSION:
        raise Refusal("upload.version", "上传程序的版本不对,请刷新页面后再传。", status=412)


def number(headers: Mapping[str, str], name: str) -> int:
    """A header that is a count of bytes. Raises Refusal ``upload.header``."""
    text = headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise _unreadable(name)
    return int(text)


def metadata(headers: Mapping[str, str]) -> dict[str, str]:
    """The pairs of Upload-Metadata, their values decoded. Raises Refusal ``upload.header``."""
    given = headers.get("upload-metadata", "")
    if len(given) > LONGEST_METADATA:
        raise _unreadable("upload-metadata")
    found = {}
    for pair in given.split(",") if given else ():
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError) as error:
            raise _unreadable("upload-metadata") from error
    if len(found.get("key", "")) > LONGEST_KEY:
        raise _unreadable("upload-metadata")
    return found


def check_digest(headers: Mapping[str, str], content: bytes) -> None:
    """Raises Refusal ``upload.header`` for an algorithm that is not offered, ``upload.damaged`` (460)."""
    given = headers.get("upload-checksum")
    if given is None:
        return
    algorithm, _, told = given.partition(" ")
    if algorithm not in DIGESTS:
        raise _unreadable("upload-checksum")
    if base64.b64encode(DIGESTS[algorithm](content).digest()).decode() != told:
        raise Refusal("upload.damaged", "这一段在路上传坏了,没有保存,请再传一次。", status=MISMATCH)


def state_of(begun: Begun, received: int | None = None) -> dict[str, str]:
    """The headers that tell where a file stands."""
    return {
        **ALWAYS,
        "Upload-Offset": str(begun.received if received is None else received),
        "Upload-Length": str(begun.length),
        "Upload-Expires": format_datetime(begun.expires_at, usegmt=True),
        **({"Upload-Metadata": begun.metadata} if begun.metadata else {}),
    }


def _unreadable(name: str) -> Refusal:
    return Refusal("upload.header", "上传程序发来的内容看不懂,请刷新页面后再传。", status=400, details={"header": name})
