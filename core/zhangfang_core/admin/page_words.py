"""Words that piccolo-admin's page has written into its script, where its translations do not reach.

Each stands here exactly as the script of the installed version has it; a test asserts that it still does.
"""

from functools import cache
from pathlib import Path

from piccolo_admin.endpoints import ASSET_PATH

_NONE = "—"
WORDS = {
    '" All "': '" 全部 "',
    '"All":': '"全部":',
    '" Null "': '" 空 "',
    '" True "': '" 是 "',
    '" False "': '" 否 "',
    'null,"NULL",': f'null,"{_NONE}",',
    '"NULL":""': f'"{_NONE}":""',
    'label:"Equals"': 'label:"等于"',
    'label:"Not Equal"': 'label:"不等于"',
    'label:"Less Than"': 'label:"小于"',
    'label:"Less Than or Equal To"': 'label:"不大于"',
    'label:"Greater Than or Equal To"': 'label:"不小于"',
    'label:"Greater Than"': 'label:"大于"',
    'selected:r=="contains",value:r},M0(r)': 'selected:r=="contains",value:r},'
    '({contains:"包含",exact:"完全相同",starts:"开头是",ends:"结尾是"})[r]',
    '"Are you sure you want to delete the selected rows?"': '"确定删除选中的各行吗?"',
    '"Are you sure you want to delete this row?"': '"确定删除这一行吗?"',
    "`Are you sure you want to delete row ${e}?`": "`确定删除编号 ${e} 的这一行吗?`",
    '"Are you sure you want to logout?"': '"确定退出吗?"',
    '"Please select at least one column."': '"请至少选一列。"',
    '"The form has errors."': '"填写有误,请看上方说明。"',
    '"Successfully added row"': '"已添加"',
    '"Successfully saved row"': '"已保存"',
    '"Successfully updated rows"': '"已更新"',
    '"Successfully deleted row"': '"已删除"',
    '"Successfully applied filter"': '"已按条件查找"',
    '"Unable to delete the row."': '"不能删除这一行。"',
    '"Invalid column name or value"': '"列名或内容不对"',
    "`Problem fetching ${o} rows.`": "`没能取到“${o}”,请检查查找条件。`",
    '" Columns"': '" 列"',
    '" Add sort column"': '" 再加一列排序"',
    '"Set null:"': '"清空:"',
    '"Loading ... "': '"正在载入……"',
    "properties[m].title:m)": 'properties[m].title:"编号")',
    '"of "+M0(e.pageCount)': '"页,共 "+M0(e.pageCount)+" 页"',
    "`${c} per page`": "`每页 ${c} 行`",
    '"Error"': '"出错了"',
}


@cache
def scripts() -> dict[str, bytes]:
    """The page's scripts by name, with Chinese words."""
    found = {}
    for path in Path(ASSET_PATH, "assets").glob("*.js"):
        text = path.read_text("utf-8")
        for english, chinese in WORDS.items():
            text = text.replace(english, chinese)
        found[path.name] = text.encode()
    return found
