"""An archive's files become items of their own, a few at a time, so that a thousand of them fill no memory."""

from zhangfang_capture_ocr.moments import now
from zhangfang_capture_ocr.reading import FileType, Refused, sniff
from zhangfang_capture_ocr.reading.archives import Member
from zhangfang_capture_ocr.reading.confined import unpack_confined
from zhangfang_capture_ocr.reading.sniffing import HEAD_BYTES
from zhangfang_capture_ocr.services.dividing import moved
from zhangfang_capture_ocr.services.locks import decide_alone
from zhangfang_capture_ocr.services.uploads import TOPIC, receive_member
from zhangfang_capture_ocr.states import ItemState
from zhangfang_capture_ocr.tables import Item
from zhangfang_sdk.context import transaction
from zhangfang_sdk.live import Live
from zhangfang_sdk.services import use

DEEPEST = 2
"""How many archives may lie inside each other."""
_TOLD = 5
_MEDIA_TYPES = {FileType.PDF: "application/pdf", FileType.XML: "application/xml"}


async def unpack(item: Item, data: bytes) -> None:
    """Keep every file of an archive and queue it; call it with no transaction open. Cut off and called again, each is kept once.

    Files that cannot be opened are named in the archive's own refusal. Raises ``Refused`` for an archive that is broken, too big or too deep.
    """
    if item.upload_key.count("!") >= DEEPEST:
        raise Refused("zip.too_much")
    refused: list[Member] = []
    following: int | None = 0
    while following is not None:
        first = following
        members, following = await unpack_confined(data, first)
        async with transaction():
            await decide_alone(item.client)
            for number, member in enumerate(members, start=first):
                if member.refused or not member.data:
                    refused.append(member)
                else:
                    await receive_member(item, number, member.name, _media_type(member), member.data)
            await use(Live).announce(TOPIC, item.client)
    async with transaction():
        if await moved(item.id, ItemState.READING, ItemState.REFUSED if refused else ItemState.UNPACKED) and refused:
            await Item.update(
                {
                    Item.refusal_code: refused[0].refused or "file.empty",
                    Item.refusal_sentence: _told(refused),
                    Item.updated_at: now(),
                }
            ).where(Item.id == item.id)
        await use(Live).announce(TOPIC, item.client)


def _told(refused: list[Member]) -> str:
    names = "、".join(member.name.rpartition("/")[2] for member in refused[:_TOLD])
    return (
        f"压缩包里有 {len(refused)} 个文件没有打开：{names}{'等' if len(refused) > _TOLD else ''}。其余的已经收下，不用重传；"
        "请把没打开的这几个去掉密码后单独上传。"
    )


def _media_type(member: Member) -> str:
    """By content; what the name says where that tells nothing."""
    try:
        return _MEDIA_TYPES.get(sniff(member.data[:HEAD_BYTES], member.name), "")
    except Refused:
        return ""
