"""The list's form: what ``sha256sum -c`` reads. Pure."""

from collections.abc import Iterable

from zhangfang_sdk.documents import Document


def checksum_list(documents: Iterable[Document]) -> bytes:
    """One line a file, "<sha256>  <id>-<name>", by id: the names under which the files are downloaded. UTF-8, LF."""
    lines = [f"{d.sha256}  {d.id}-{d.name}\n" for d in sorted(documents, key=lambda d: d.id)]
    return "".join(lines).encode()
