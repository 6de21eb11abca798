"""piccolo-admin's page with Chinese words where its translations do not reach, without buttons that lead nowhere, fit for a phone.

What is replaced stands here exactly as the script of the installed version has it; a test asserts that it still does.
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
    'M0(e.$t("MFA Setup"))': '"动态验证码"',
    'M0(e.$t("Showing"))+" "+M0(e.rows.length)+" "+M0(e.$t("of"))+" "+M0(e.rowCount)+" "+M0(e.$t("result(s)"))': (
        '"这一页 "+M0(e.rows.length)+" 行,共 "+M0(e.rowCount)+" 行"'
    ),
}
"""By what the script says."""

_ONLY_SEEN = "e.schema&&e.schema.extra.read_only"
"""Of a table that the actor may look at and not change: ``presenting.described`` says so."""
_NOTHING = f'{_ONLY_SEEN}?h0("",!0):'
_BULK = "e.selectedRows.length>0"
_DELETE_OF_LIST = 'z0(b,{includeTitle:!0,class:"subtle delete",onTriggered:g=>e.deleteRow(m[e.pkName])},null,8,["onTriggered"])'
_DELETE_OF_ROW = 'z0(a,{includeTitle:!0,class:"subtle",onTriggered:e.deleteRow},null,8,["onTriggered"])'
_KEY = '[z0(c,{icon:"key"}),U0(M0(e.$t("Change Password")),1)]'
PARTS = {
    'z0(p,{to:{name:"addRow",params:{tableName:e.tableName}},': (
        _NOTHING + '(Z(),R0(p,{key:"add",to:{name:"addRow",params:{tableName:e.tableName}},'
    ),
    'M0(e.$t("Add Row")),1)]),_:1},8,["to"])': 'M0(e.$t("Add Row")),1)]),_:1},8,["to"]))',
    _BULK + '?(Z(),p0("a",{key:0,class:"button"': f'{_BULK}&&!({_ONLY_SEEN})?(Z(),p0("a",{{key:0,class:"button"',
    _BULK + "?(Z(),R0(s,{key:1,selected:": f"{_BULK}&&!({_ONLY_SEEN})?(Z(),R0(s,{{key:1,selected:",
    f't0("li",null,[{_DELETE_OF_LIST}])': f'{_NOTHING}(Z(),p0("li",{{key:"delete"}},[{_DELETE_OF_LIST}]))',
    f't0("li",null,[{_DELETE_OF_ROW}])': f'{_NOTHING}(Z(),p0("li",{{key:"delete"}},[{_DELETE_OF_ROW}]))',
    't0("button",{disabled:!e.saveButtonEnabled,"data-uitest":"save_button"},M0(e.$t("Save")),9,W9)': (
        f't0("button",{{hidden:{_ONLY_SEEN},disabled:!e.saveButtonEnabled}},M0(e.$t("Save")),17)'
    ),
    f'z0(a,{{to:{{name:"changePassword"}}}},{{default:J0(()=>{_KEY}),_:1}})': (
        f't0("a",{{href:"/me/account/password",onClick:p=>p.stopPropagation()}},{_KEY})'
    ),
    'href:"./api/mfa-setup/"': 'href:"/me/account/second-factor"',
}
"""By what the script does: a table for reading has no buttons that change it; password and second factor are the portal's."""

NARROW = """
@media (max-width: 48rem) {
  div.table_wrapper table th, div.table_wrapper table td { min-width: 7em; }
  div.table_wrapper table th:is(:first-child, :last-child), div.table_wrapper table td:is(:first-child, :last-child) { min-width: 0; }
}
"""
"""A column is never one sign wide: on a phone the table is pushed sideways in its own frame."""


@cache
def changed_files() -> dict[str, tuple[bytes, bytes]]:
    """The page's scripts and styles as they are sent, by name, each with its media type."""
    found = {}
    for path in Path(ASSET_PATH, "assets").glob("*.js"):
        text = path.read_text("utf-8")
        for before, after in (WORDS | PARTS).items():
            text = text.replace(before, after)
        found[path.name] = (text.encode(), b"text/javascript; charset=utf-8")
    for path in Path(ASSET_PATH, "assets").glob("*.css"):
        found[path.name] = ((path.read_text("utf-8") + NARROW).encode(), b"text/css; charset=utf-8")
    return found
