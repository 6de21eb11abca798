"""Gold: it stays right while it changes: typed, told, in small files, exact about money and time."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from piccolo.columns import DoublePrecision, Float, Real, Timestamp

from zhangfang_sdk.authoring.quality.scale import Findings, Rule, Subject, Tier

LONGEST_FILE = 400
_BLOCKING = (
    "time.sleep",
    "requests.",
    "urllib.request.",
    "subprocess.run",
    "subprocess.check_",
    "os.system",
    "httpx.get",
    "httpx.post",
)
_NOQA = re.compile(r"#\s*noqa(?P<code>:\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?(?P<rest>.*)")
_IGNORE = re.compile(r"#\s*type:\s*ignore(?P<code>\[[\w, -]+\])?(?P<rest>.*)")
_INEXACT = (Real, Float, DoublePrecision)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _parsed(subject: Subject) -> Iterator[tuple[str, Path, ast.Module]]:
    for path in subject.code():
        yield subject.where(path), path, ast.parse(path.read_text("utf-8"))


def _is_migration(where: str) -> bool:
    return where.startswith("migrations/")


def annotated(subject: Subject) -> Findings:
    """Parameters and results of every function."""
    for where, _, module in _parsed(subject):
        for node in ast.walk(module):
            if isinstance(node, Function):
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                arguments += [one for one in (node.args.vararg, node.args.kwarg) if one is not None]
                bare = [a.arg for a in arguments if a.annotation is None and a.arg not in ("self", "cls")]
                if bare or node.returns is None:
                    missing = [*bare, *(["its result"] if node.returns is None else [])]
                    yield f"{where}:{node.lineno} {node.name} does not say the type of {', '.join(missing)}"


def told(subject: Subject) -> Findings:
    """Every module but packages and migrations says in one sentence what it is for."""
    for where, path, module in _parsed(subject):
        said = ast.get_docstring(module)
        if path.stem != "__init__" and not _is_migration(where) and not said and path.name != "piccolo_app.py":
            yield f"{where} does not say what it is for"


def short_files(subject: Subject) -> Findings:
    """No file that nobody reads to its end."""
    for path in subject.code():
        lines = len(path.read_text("utf-8").splitlines())
        if lines > LONGEST_FILE:
            yield f"{subject.where(path)} has {lines} lines, more than {LONGEST_FILE}"


def reasons(subject: Subject) -> Findings:
    """What is waved through says which rule and why."""
    for path in subject.code():
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            for found in (_NOQA.search(line), _IGNORE.search(line)):
                if found is None:
                    continue
                where = f"{subject.where(path)}:{number}"
                if not found["code"]:
                    yield f"{where} waves everything through: name the code"
                elif found["code"] != "[import-untyped]" and not re.search(r"\w{3}", found["rest"]):
                    yield f"{where} does not say why"


def exact(subject: Subject) -> Findings:
    """Money is fen, instants know their zone."""
    app = subject.plugin.app
    for table in () if app is None else app.table_classes:
        for column in table._meta.columns:
            name = f"{table._meta.tablename}.{column._meta.name}"
            if isinstance(column, _INEXACT):
                yield f"{name} is a floating number: money is fen in BigInt, a share is thousandths"
            if type(column) is Timestamp:
                yield f"{name} is an instant without a zone: use Timestamptz"


def waits_for_nobody(subject: Subject) -> Findings:
    """A coroutine that stands still stops the pages of everybody."""
    for where, _, module in _parsed(subject):
        for node in ast.walk(module):
            if isinstance(node, ast.AsyncFunctionDef):
                yield from (
                    f"{where}:{call.lineno} {ast.unparse(call.func)} blocks in {node.name}"
                    for call in _blocking(node.body)
                )


def _blocking(body: Sequence[ast.stmt]) -> Iterator[ast.Call]:
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(_BLOCKING):
                yield node


GOLD = (
    Rule(
        "annotated",
        Tier.GOLD,
        "类型写全",
        "Every function says the types of its parameters and of its result.",
        annotated,
    ),
    Rule("told", Tier.GOLD, "每个文件说明用途", "Every module says in one sentence what it is for.", told),
    Rule("short-files", Tier.GOLD, "文件不过长", f"No file has more than {LONGEST_FILE} lines.", short_files),
    Rule(
        "reasons",
        Tier.GOLD,
        "跳过检查写明理由",
        "What is waved through (`noqa`, `type: ignore`) names the code and says why.",
        reasons,
    ),
    Rule(
        "exact",
        Tier.GOLD,
        "金额和时间准确",
        "No column holds a floating number or an instant without a zone.",
        exact,
    ),
    Rule(
        "waits-for-nobody",
        Tier.GOLD,
        "不阻塞他人",
        "No coroutine calls what stands still (`time.sleep`, `requests`, a child process): one process serves everybody's pages.",
        waits_for_nobody,
    ),
)
