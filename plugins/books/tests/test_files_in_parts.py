"""Every form that brings a file into the books takes one that arrived in parts before it."""

import pytest

from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.resuming import Sender, id_in
from zhangfang_core.testing.tenants import TestFirm

FORMS = ("payroll/import", "sales/import", "import", "take-over")


@pytest.mark.parametrize("form", FORMS)
async def test_the_file_is_looked_at(portal: Portal, firm: TestFirm, form: str) -> None:
    token = await session_for(firm.owner)
    async with portal.visitor(token, f"/f/{firm.id}/c/{firm.trading}") as owner:
        upload = str(id_in(await Sender(owner).sent("甲,乙\n1,2\n".encode(), "表.csv", part=5)))
        page = await owner.get(f"/books/{form}")
        assert f'data-uploads="/f/{firm.id}/c/{firm.trading}/uploads"' in page.text
        answers = [await owner.post(f"/books/{form}", upload=sent, period="2026-09") for sent in ("", upload)]
        nothing, looked_at = ("请选择" in answer.text.partition('id="found"')[2].partition("</form>")[0] for answer in answers)
        assert nothing
        assert not looked_at
