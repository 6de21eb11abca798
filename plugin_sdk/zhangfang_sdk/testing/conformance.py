"""``PluginConformance("notes").check_all()``: whether a plugin keeps the contract, in one line of its own tests.

Each check looks at one side of the plugin and yields a sentence for each thing that is wrong. Nothing needs a database.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

import jinja2
import pluggy
from litestar.handlers import HTTPRouteHandler

from zhangfang_sdk.admin import AdminScreen
from zhangfang_sdk.fitting import DECLARED, FREE_FOR_ALL, unfit
from zhangfang_sdk.hookspecs import HookSpecs
from zhangfang_sdk.labels import SHARED
from zhangfang_sdk.references import KEY_COLUMNS
from zhangfang_sdk.tables import FirmRows
from zhangfang_sdk.testing.installed import InstalledPlugin, entry_point, hook_manager
from zhangfang_sdk.testing.sources import imported, services_used
from zhangfang_sdk.web import CLIENT, FIRM, PERSON, Place, examples_of

Problems = Iterator[str]

PAST_ITS_PLACE = re.compile(r"""\b(?:href|src|action|hx-\w+|data-uploads?)=["'](/[^"'/][^"']*)""")
"""An address in a template that begins with a slash: it would lead out of the client's or firm's pages."""
NESTED = re.compile(r"""\{\{(?:(?!\}\}).)*["']\s*(\{\{[^}]*\}\}[^"']*)""")
"""Braces inside a text that stands in braces already (``{{ item(href="{{ here }}/things") }}``): the page would show them."""
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
CHINESE = re.compile("[\u4e00-\u9fff]")


class PluginConformance:
    """The checks of one plugin, by its entry point's id or by an entry point that is not installed.

    ``environment`` is the host's Jinja environment where there is one: templates are then compiled with its filters, else
    read for their syntax. ``shared_labels`` names columns that a screen need not name.
    """

    def __init__(
        self,
        plugin: str | EntryPoint,
        *,
        environment: jinja2.Environment | None = None,
        shared_labels: Mapping[str, str] = SHARED,
    ) -> None:
        self.plugin = InstalledPlugin(entry_point(plugin) if isinstance(plugin, str) else plugin)
        self._environment = environment
        self._labels = shared_labels

    def check_all(self) -> None:
        """Raises AssertionError with every problem, one a line."""
        found = [f"{check}: {problem}" for check, problems in self.problems().items() for problem in problems]
        if found:
            raise AssertionError(f"{self.plugin.id} does not keep the contract:\n" + "\n".join(found))

    def problems(self) -> dict[str, list[str]]:
        """What is wrong, by check; checks that found nothing are left out. A check that raises has found that."""
        found: dict[str, list[str]] = {}
        for name, check in self.checks().items():
            try:
                wrong = list(check())
            except Exception as error:  # whatever a stranger's code raises is the finding
                wrong = [f"{type(error).__name__}: {error}"]
            if wrong:
                found[name] = wrong
        return found

    def checks(self) -> dict[str, Callable[[], Problems]]:
        """All checks by name, in the order in which they are worth reading."""
        return {
            "manifest": self._manifest,
            "papers": self._papers,
            "imports": self._imports,
            "hooks": self._hooks,
            "declarations": self._declarations,
            "tables": self._tables,
            "migrations": self._migrations,
            "pages": self._pages,
            "navigation": self._navigation,
            "cards": self._cards,
            "admin": self._admin,
            "templates": self._templates,
            "services": self._services,
            "uses": self._uses,
        }

    def _manifest(self) -> Problems:
        manifest = self.plugin.manifest
        if manifest.id != self.plugin.id:
            yield f"id {manifest.id!r} is not the entry point's, {self.plugin.id!r}"
        for field in ("title", "summary", "category"):
            if not CHINESE.search(getattr(manifest, field)):
                yield f"{field} is not Chinese"
        seen: set[str] = set()
        for permission in manifest.permissions:
            if not CHINESE.search(permission.title):
                yield f"the title of permission {permission.id!r} is not Chinese"
            if not permission.roles:
                yield f"no role holds the permission {permission.id!r}"
            if permission.id in seen:
                yield f"permission {permission.id!r} is declared twice"
            seen.add(permission.id)

    def _papers(self) -> Problems:
        distribution = self.plugin.folder.parent
        if any(distribution.glob("*.dist-info")):
            return  # installed from a wheel: its papers stayed at its author's
        for name in ("README.md", "CHANGELOG.md"):
            path = distribution / name
            if not path.is_file() or not path.read_text("utf-8").strip():
                yield f"{name} is missing or empty"
        if not (self.plugin.folder / "py.typed").is_file():
            yield "py.typed is missing: the host's type checker would not see the plugin"

    def _imports(self) -> Problems:
        allowed = {"zhangfang_sdk", self.plugin.package}
        for path in sorted(self.plugin.folder.rglob("*.py")):
            for line, module in imported(path):
                root = module.partition(".")[0]
                if root.startswith("zhangfang_") and root not in allowed:
                    yield f"{path.relative_to(self.plugin.folder)}:{line} imports {module}"

    def _hooks(self) -> Problems:
        manager = hook_manager()
        try:
            manager.register(self.plugin.plugin, name=self.plugin.id)
            manager.check_pending()
        except pluggy.PluginValidationError as error:
            yield str(error)
            return
        for caller in manager.get_hookcallers(self.plugin.plugin) or ():
            specified = inspect.iscoroutinefunction(getattr(HookSpecs, caller.name))
            for implementation in caller.get_hookimpls():
                if inspect.iscoroutinefunction(implementation.function) != specified:
                    yield f"{caller.name} must be {'a coroutine' if specified else 'an ordinary function'}"
                if implementation.opts.get("wrapper") or implementation.opts.get("hookwrapper"):
                    yield f"{caller.name} wraps other plugins' implementations"

    def _declarations(self) -> Problems:
        """What the host would refuse at start."""
        for hook in ("register_pages", *DECLARED, "register_services"):
            yield from unfit(self.plugin.manifest, hook, self.plugin.declared(hook) or {})

    def _tables(self) -> Problems:
        app = self.plugin.app
        if app is None:
            return
        if app.app_name != self.plugin.id:
            yield f"the Piccolo app is called {app.app_name!r}, not {self.plugin.id!r}"
        for table in app.table_classes:
            name = table._meta.tablename
            if not name.startswith(f"{self.plugin.id}_"):
                yield f"table {name!r} does not begin with {self.plugin.id}_"
            if not issubclass(table, FirmRows):
                yield f"table {name!r} has neither FirmRows nor ClientRows: it is behind no wall"

    def _migrations(self) -> Problems:
        app = self.plugin.app
        if app is None or not app.table_classes:
            return
        files = sorted(p for p in Path(app.migrations_folder_path).glob("*.py") if p.stem != "__init__")
        if len(files) < 2:
            yield "tables need two migrations at least: the tables, then their walls"
        for path in files:
            if not path.stem.startswith(f"{self.plugin.id}_"):
                yield f"{path.name} does not begin with {self.plugin.id}_"
        text = "\n".join(path.read_text("utf-8") for path in files)
        for table in app.table_classes:
            name = table._meta.tablename
            if not re.search(rf'_wall\(\s*"{name}"|alter table {name} force row level security', text):
                yield f"no migration puts {name} behind a wall"

    def _pages(self) -> Problems:
        for handler in self.plugin.declared("register_pages"):
            where = _where(handler)
            if not set(handler.opt.get("of", ())) & {CLIENT, FIRM, PERSON}:
                yield f"{where} belongs to nobody: say of=CLIENT, FIRM or PERSON"
            examples = examples_of(handler)
            for parameter in {p for path in handler.paths for p in PARAMETER.findall(path)}:
                if parameter not in examples and not self._names_a_table(parameter):
                    yield f"{where}: parameter {parameter!r} is neither <table>_id nor has an example"

    def _names_a_table(self, parameter: str) -> bool:
        name, is_id, rest = parameter.rpartition("_id")
        if not is_id or rest:
            return False
        app = self.plugin.app
        own = set() if app is None else {t._meta.tablename for t in app.table_classes}
        return f"{self.plugin.id}_{name}" in own or f"core_{name}" in KEY_COLUMNS

    def _navigation(self) -> Problems:
        pages = {
            (path, place): str(handler.opt.get("permission"))
            for handler in self.plugin.declared("register_pages")
            if "GET" in handler.http_methods
            for path in handler.paths
            for place in handler.opt.get("of", ())
        }
        entries = self.plugin.declared("register_navigation")
        for entry in entries:
            for place in filter(entry.stands_in, Place):
                if (entry.path, place) not in pages:
                    yield f"navigation {entry.id!r} leads to {entry.path} of a {place}, which is no page of this plugin"
                elif refused := self._holders(entry.permission) - self._holders(pages[entry.path, place]):
                    yield f"navigation {entry.id!r} is shown to {', '.join(sorted(refused))}, whom its page refuses"
            if not CHINESE.search(entry.label):
                yield f"the label of navigation {entry.id!r} is not Chinese"
        for found in self.plugin.declared("register_search_sources"):
            if not CHINESE.search(found.title):
                yield f"the title of search source {found.kind!r} is not Chinese"
        for badge in self.plugin.declared("register_badges"):
            if badge.nav not in {entry.id for entry in entries}:
                yield f"a badge for {badge.nav!r}, which is no navigation entry of this plugin"
        for source in self.plugin.declared("register_waiting"):
            for nav in source.nav:
                if nav not in {entry.id for entry in entries}:
                    yield f"waiting {source.id!r} for {nav!r}, which is no navigation entry of this plugin"

    def _holders(self, permission: str) -> set[str]:
        """Roles that hold a permission of this plugin; for one that is not its own, the permission itself."""
        own = {p.id: set(p.roles) for p in self.plugin.manifest.permissions}
        return own.get(permission, set() if permission in FREE_FOR_ALL else {permission})

    def _cards(self) -> Problems:
        for card in self.plugin.declared("register_cards"):
            if not (self.plugin.folder / "templates" / card.template).is_file():
                yield f"card {card.id!r}: no template {card.template}"

    def _admin(self) -> Problems:
        app = self.plugin.app
        own = () if app is None else app.table_classes
        for screen in self.plugin.declared("register_admin_screens"):
            where = f"admin screen {screen.title!r}"
            if screen.table not in own:
                yield f"{where} shows {screen.table._meta.tablename}, which is no table of this plugin"
            if not CHINESE.search(screen.title):
                yield f"the title of {where} is not Chinese"
            yield from self._columns(screen, where)
        for form in self.plugin.declared("register_admin_forms"):
            where = f"admin form {form.id!r}"
            if not CHINESE.search(form.title):
                yield f"the title of {where} is not Chinese"
            for name, field in form.fields.model_fields.items():
                if not CHINESE.search(field.title or ""):
                    yield f"{where}: field {name!r} has no Chinese title"

    def _columns(self, screen: AdminScreen, where: str) -> Problems:
        for column in screen.columns:
            label = screen.labels.get(column._meta.name, self._labels.get(column._meta.name, ""))
            if not CHINESE.search(label):
                yield f"{where}: column {column._meta.name!r} has no Chinese label"

    def _templates(self) -> Problems:
        folder = self.plugin.folder / "templates"
        own = folder / self.plugin.id
        host = self._environment
        if host is not None:
            both = [jinja2.FileSystemLoader(folder), *([host.loader] if host.loader else [])]
            host = host.overlay(loader=jinja2.ChoiceLoader(both))
        for path in sorted(folder.rglob("*.html")):
            name = path.relative_to(folder).as_posix()
            if own not in path.parents:
                yield f"{name} does not stand in templates/{self.plugin.id}/"
                continue
            text = path.read_text("utf-8")
            for past in PAST_ITS_PLACE.findall(text):
                yield f"{name} links past its place: write {{{{ here }}}} before {past}"
            for nested in NESTED.findall(text):
                yield f"{name} writes braces inside braces, which are shown as they stand: {nested}"
            try:
                if host is None:
                    _SYNTAX.parse(text)
                else:
                    host.get_template(name)
            except jinja2.TemplateError as error:
                yield f"{name}: {error}"

    def _services(self) -> Problems:
        given = dict(self.plugin.declared("register_services") or {})
        names = {protocol.__name__ for protocol in given}
        for name in sorted(set(self.plugin.manifest.provides) - names):
            yield f"the manifest provides {name!r}, register_services does not"
        for name in sorted(names - set(self.plugin.manifest.provides)):
            yield f"register_services gives {name!r}, the manifest does not say so"

    def _uses(self) -> Problems:
        manifest = self.plugin.manifest
        named = {*manifest.requires, *manifest.optional, *manifest.provides}
        for path in sorted(self.plugin.folder.rglob("*.py")):
            for line, service in services_used(path):
                if service not in named:
                    where = f"{path.relative_to(self.plugin.folder)}:{line}"
                    yield f"{where} asks for {service}, which the manifest names in neither `requires` nor `optional`"


_SYNTAX = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)


def _where(handler: HTTPRouteHandler) -> str:
    return f"{'/'.join(sorted(handler.http_methods))} {', '.join(sorted(handler.paths))}"
