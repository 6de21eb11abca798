"""A web process that is killed while a file comes in parts: what had arrived stands, another process goes on (CAP-1, PLAT-10)."""

import asyncio
import contextlib
import secrets
from pathlib import Path

import httpx

from tests.faults.slow_lines import line
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import CSRF_COOKIE, Visitor, session_for
from zhangfang_core.testing.processes import free_port, start, until_up
from zhangfang_core.testing.resuming import Sender, id_in
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.services import use
from zhangfang_sdk.uploads import Uploads

ROUNDS = 3
PART = 1024 * 1024
CONTENT = secrets.token_bytes(ROUNDS * 2 * PART)


async def test_what_had_arrived_stands(firm: TestFirm, database: str, test_server: TestServer, tmp_path: Path) -> None:
    """Killed with -9 in the middle of a part, each time: the next process knows the parts before it, and no more."""
    token, place = await session_for(firm.owner), f"/f/{firm.id}/c/{firm.restaurant}"
    environment = {"ZHANGFANG_DATA_DIR": str(tmp_path), "ZHANGFANG_DSN": test_server.addresses(database).application}
    address, arrived = "", 0
    for _ in range(ROUNDS):
        port = free_port()
        node = await start("web", environment | {"ZHANGFANG_PORT": str(port)}, tmp_path / "web.log")
        try:
            await until_up(node, f"http://127.0.0.1:{port}")
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", cookies={COOKIE: token}, timeout=20) as http:
                sender = Sender(Visitor(http, place))
                if not address:
                    address = (await sender.begin(len(CONTENT))).headers["location"]
                assert (await sender.ask("HEAD", address)).headers["upload-offset"] == str(arrived)
                for _ in range(2):
                    answer = await sender.go_on(address, arrived, CONTENT[arrived : arrived + PART])
                    assert answer.status_code == 204, answer.text
                    arrived += PART
                csrf = http.cookies[CSRF_COOKIE]
            if arrived == len(CONTENT):
                break
            half = (
                f"PATCH {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {COOKIE}={token}; {CSRF_COOKIE}={csrf}\r\n"
                f"X-CSRF-Token: {csrf}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {arrived}\r\n"
                f"Content-Type: application/offset+octet-stream\r\nContent-Length: {PART}\r\n\r\n{'x' * (PART // 2)}"
            )
            async with line(port, half):
                await asyncio.sleep(0.2)
                node.process.kill()
        finally:
            with contextlib.suppress(ProcessLookupError):
                node.process.kill()
            await node.process.wait()
    async with acting(firm, "owner", client=firm.restaurant):
        assert await (await use(Uploads).file(id_in(address))).read() == CONTENT
