"""A task's title as its reader reads it: what we wrote in the language of the request, what people wrote as it is."""

from zhangfang_collab.letter_kinds import LETTER, kind_in
from zhangfang_collab.tables import Task
from zhangfang_collab.templates import COVERS, preset_title
from zhangfang_sdk import use
from zhangfang_sdk.periods import Period
from zhangfang_sdk.texts import Texts, translatable

MONTH, YEAR = translatable("%(n)s月"), translatable("%(n)s年度")


def title_of(row: Task) -> str:
    said = use(Texts).said
    if preset := preset_title(row.template, row.title, Period.from_number(row.period)):
        year, month = divmod(row.covers, 100)
        return said(preset).replace(COVERS, said(MONTH) % {"n": month} if month else said(YEAR) % {"n": year})
    if LETTER in row.key and (kind := kind_in(row.title)):
        return said(kind) + row.title.removeprefix(kind)
    return str(row.title)
