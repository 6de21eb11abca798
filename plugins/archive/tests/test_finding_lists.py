"""Lists of documents in the search index."""

from zhangfang_archive.services import make_manifest
from zhangfang_core.testing.indexing import indexed
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.periods import Period
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use


async def test_a_list_is_found_by_month_and_fingerprint(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        await use(Documents).store(firm.restaurant, "一.txt", "text/plain", b"x")
        made = await make_manifest(firm.restaurant, Period.current())
    await indexed(firm.id)
    async with acting(firm, "boss"):
        for words in ("单据清单", Period.current().key):
            (hit,) = (await use(Search).find(words, kind="archive.manifests")).hits
            assert (hit.id, hit.address) == (made, f"/f/{firm.id}/c/{firm.restaurant}/archive"), words
    async with acting(firm, "cashier"):
        assert (await use(Search).find("单据清单")).hits == ()
