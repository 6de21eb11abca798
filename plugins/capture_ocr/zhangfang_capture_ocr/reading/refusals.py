"""Why a file could not be read: stable codes and the sentence that a client is told."""

from __future__ import annotations

from typing import Final

MEGABYTE: Final = 1024 * 1024
MAX_XML_BYTES: Final = 2 * MEGABYTE
MAX_PDF_BYTES: Final = 20 * MEGABYTE
MAX_PICTURE_BYTES: Final = 50 * MEGABYTE
MAX_PDF_PAGES: Final = 20

_SENTENCES: Final[dict[str, str]] = {
    "file.empty": "这个文件是空的，里面没有内容。请重新选择文件再上传。",
    "file.too_large": "文件太大了（XML 最大 2 MB，PDF 最大 20 MB）。请上传原始的电子发票文件，不要打包或合并。",
    "file.unknown_type": "认不出这是什么文件。请上传发票的照片，或 PDF、OFD、XML 格式的电子发票原件。",
    "file.several_invoices": "这个文件里不止一张发票，或者还有没认出来的内容。请逐张查看。",
    "file.only_pictures": "这个文件里只有图片，没有文字，要按照片来识别。请按照片查看。",
    "page.not_an_invoice": "这一页没有找到发票的号码和金额。请会计看着原件决定要不要录入。",
    "page.nothing_read": "这一页上没有看清文字。请会计看着原件录入，您不用重传。",
    "page.incomplete": "这里像是一张票，但没有看到号码和金额，可能只拍到一部分。请会计看着原件录入。",
    "zip.broken": "这个压缩包打不开，可能没有传完整。请重新打包后再上传。",
    "zip.locked": "这个压缩包设了密码，打不开。请去掉密码，或把里面的文件直接上传。",
    "zip.too_much": "压缩包里的文件太多或太大，没有全部打开。请分成几个小一些的压缩包再上传。",
    "zip.empty": "这个压缩包里没有文件。请重新打包后再上传。",
    "file.not_yet": "文件已可保存，但这种格式暂时不能自动识别。请补传照片或 PDF、OFD、XML 原件，或由会计手工录入。",
    "pdf.encrypted": "这个 PDF 设置了打开密码，读不出来。请去掉密码，或向开票方要一份没有密码的原件。",
    "pdf.broken": "这个 PDF 已损坏或没有下载完整。请重新下载发票后再上传。",
    "pdf.too_many_pages": "这个 PDF 超过 20 页。请把每张发票分开上传。",
    "pdf.too_much_text": "这个 PDF 的文字太多，不像一张发票。请上传电子发票原件。",
    "ofd.broken": "这个 OFD 文件已损坏或没有下载完整。请重新下载发票后再上传。",
    "xml.broken": "这个 XML 文件已损坏或没有下载完整。请重新下载后再上传。",
    "xml.entities": "这个 XML 里含有不允许的内容（外部引用），为了安全没有读取。请从税务平台重新下载发票原件。",
    "xml.too_deep": "这个 XML 的结构太复杂，不像一张发票。请从税务平台重新下载发票原件。",
    "xml.too_many_nodes": "这个 XML 的内容太多，不像一张发票。请从税务平台重新下载发票原件。",
    "xml.not_an_invoice": "这个 XML 不是我们认识的发票文件。请上传税务平台下载的数电发票 XML。",
    "xml.bank_statement": "这是银行电子对账单，不是一笔付款的凭证，已经收到。请会计对银行账时使用，您不用重传。",
    "xml.other_voucher": "这是一份电子凭证，里面没有找到能入账的号码和金额，已经收到。请会计看着原件处理，您不用重传。",
    "picture.broken": "这张照片打不开，可能没有传完整。请重新拍一张再上传。",
    "decode.too_slow": "这个文件读了太久还没有读完，已停止。请重新下载发票原件再上传，或由会计手工录入。",
    "decode.too_big": "这个文件展开后太大，已停止读取。请重新下载发票原件再上传，或由会计手工录入。",
    "decode.crashed": "读取这个文件时出了错，文件可能已损坏。请重新下载发票原件再上传，或由会计手工录入。",
}
CODES: Final = frozenset(_SENTENCES)
LEFT_TO_A_PERSON: Final = frozenset({"xml.bank_statement", "xml.other_voucher"})
"""Codes of what was understood well enough to know that it is no invoice: a person at the firm decides, with its words at hand."""


class Refused(Exception):
    """A file that was not read.

    `code` is stable and one of `CODES`; `sentence` is plain Chinese: what happened and what to do.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self.sentence = _SENTENCES[code]
        super().__init__(f"{code}: {self.sentence}")
