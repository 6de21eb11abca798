"""税收分类编码: what is preset, and the official table brought in by one upload (CAP-9)."""

from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_capture_ocr.classification import presets
from zhangfang_capture_ocr.classification.official_table import MOST_BYTES
from zhangfang_capture_ocr.pages.asking import Asked
from zhangfang_capture_ocr.services import tax_codes
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import here
from zhangfang_sdk.web import FIRM, Page, action, go, page


@page("/desk/tax-codes", of=FIRM, permission="capture_ocr.review")
async def tax_codes_page() -> Page:
    """How many codes there are, and where the table goes in."""
    return Page(
        "capture_ocr/tax_codes.html",
        title="税收分类编码",
        active="desk",
        preset=len(presets()),
        kept=await tax_codes.count(),
    )


@action("/desk/tax-codes", of=FIRM, permission="capture_ocr.review", request_max_body_size=MOST_BYTES + 2**20)
async def bring_tax_codes(request: Asked) -> Redirect:
    """Put the uploaded table in the place of the one before."""
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile):
        raise Refusal("capture.tax_codes_no_file", "请选择编码表文件。", field="file")
    await tax_codes.bring(await file.read(MOST_BYTES + 1))
    return go(here("/desk/tax-codes"))


PAGES: list[HTTPRouteHandler] = [tax_codes_page, bring_tax_codes]
