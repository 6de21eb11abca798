from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from zhangfang_sdk.walls import beyond_walls, build

ID = "2026-11-27T01:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Steps say which return they ask for, in templates and in tasks that are open"

RETURNS = (
    ("vat_return", 0, '[{"side": "firm", "asks": "return_filed", "title": "申报并取得回执"}]', "vat"),
    ("iit_return", 0, '[{"side": "firm", "asks": "done", "title": "扣缴申报并取得回执"}]', "iit"),
    (
        "cit_return", 1,
        '[{"side": "firm", "asks": "done", "title": "核对季度利润表"}, {"side": "firm", "asks": "done", "title": "申报并取得回执"}]',
        "cit",
    ),
)  # fmt: skip
"""The template, the place of the step that files, the preset's steps as they were, the tax."""
SURCHARGES = '[{"side": "firm", "asks": "return_filed:surcharges", "title": "申报附加税费并取得回执"}]'

TEMPLATES = [
    f"""update collab_template set steps = jsonb_set(steps, '{{{place},asks}}', '"return_filed:{tax}"')
    {f"|| '{SURCHARGES}'::jsonb" if tax == "vat" else ""} where key = '{key}' and steps = '{steps}'::jsonb;"""  # noqa: S608  # our own words
    for key, place, steps, tax in RETURNS
]
"""Only where the firm has left them as they were."""
TASKS = [
    f"""update collab_task set steps = jsonb_set(steps, '{{{place},asks}}', '"return_filed:{tax}"')
    where template = '{key}' and done_at is null and jsonb_array_length(steps) = {place + 1};"""  # noqa: S608  # our own words
    for key, place, _, tax in RETURNS
]
ALONE = """
update collab_{table} set steps = (select jsonb_agg(case when step ->> 'asks' = 'return_filed' then step || '{{"asks": "done"}}' else step end
    order by place) from jsonb_array_elements(steps) with ordinality as each(step, place)) where steps @> '[{{"asks": "return_filed"}}]';
"""
"""Whatever else asked for some return is ticked by hand."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)

    async def run() -> None:
        alone = (ALONE.format(table=table) for table in ("template", "task"))
        await build(beyond_walls("\n".join([*TEMPLATES, *TASKS, *alone]), "collab_template", "collab_task"))

    manager.add_raw(run)
    return manager
