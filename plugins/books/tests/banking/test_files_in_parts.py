"""A statement that came in parts: looked at and kept, sent once."""

from banking.drawing import FILES
from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.resuming import Sender, id_in
from zhangfang_core.testing.tenants import TestFirm


async def test_looked_at_as_often_as_wanted(portal: Portal, firm: TestFirm) -> None:
    token = await session_for(firm.owner)
    async with portal.visitor(token, f"/f/{firm.id}/c/{firm.trading}") as owner:
        upload = str(id_in(await Sender(owner).sent(FILES["建行 xlsx"], "流水.xlsx", part=1000)))
        page = await owner.get("/books/bank/import")
        assert f'data-uploads="/f/{firm.id}/c/{firm.trading}/uploads"' in page.text
        for _ in range(2):
            looked_at = await owner.post("/books/bank/import", upload=upload)
            assert "0011" in looked_at.text
        assert "请选择银行" in (await owner.post("/books/bank/import")).text
