"""Answers that a browser saves as a file."""

from urllib.parse import quote

from litestar import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """Saved under a Chinese name (RFC 6266)."""
    return Response(
        content, media_type=media_type, headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    )
