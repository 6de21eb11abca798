"""PLAT-2: whatever a plugin's refusal holds is told as JSON, and nothing that tells no failure is a refusal."""

import httpx
import pytest
from litestar import Litestar, get

from zhangfang_core.web.errors import EXCEPTION_HANDLERS
from zhangfang_sdk.errors import Refusal


@get("/refused")
async def refused() -> None:
    raise Refusal("shop.no", "文件 报表\udc80.xls 读不懂。", status=409, details={"what": object, ("a", 1): 1, "more": [b"x"]})


async def test_what_is_no_json_is_told_as_text() -> None:
    app = Litestar([refused], exception_handlers=EXCEPTION_HANDLERS, openapi_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:  # type: ignore[arg-type]  # Litestar's own protocol types
        answer = await http.get("/refused")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "文件 报表\\udc80.xls 读不懂。"
    assert answer.json()["details"] == {"what": "<class 'object'>", "more": ["b'x'"]}


@pytest.mark.parametrize("status", [200, 204, 303, 99, 600])
def test_a_refusal_tells_a_failure(status: int) -> None:
    """With less than 400 its transaction would be saved."""
    with pytest.raises(ValueError, match="no status of a refusal"):
        Refusal("shop.no", "不行。", status=status)
