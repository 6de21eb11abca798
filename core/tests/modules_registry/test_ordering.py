"""The order in which plugins start, and the reasons why one cannot."""

from hypothesis import given
from hypothesis import strategies as st

from zhangfang_core.modules.ordering import Order, in_order
from zhangfang_sdk.manifest import Manifest, parse_manifest


def plugin(id_: str, **keys: list[str]) -> Manifest:
    lists = "\n".join(f"{key} = {value!r}" for key, value in keys.items())
    return parse_manifest(f'id = "{id_}"\ntitle = "{id_}"\nsummary = ""\ncategory = ""\n{lists}', version="1")


def ordered(*manifests: Manifest) -> list[str]:
    found = in_order(manifests, ("Ledger",))
    assert found.refused == {}
    return [m.id for m in found.manifests]


def refused(*manifests: Manifest) -> dict[str, str]:
    return dict(in_order(manifests, ("Ledger",)).refused)


def test_a_plugin_comes_after_what_it_requires() -> None:
    assert ordered(
        plugin("a", requires=["plugin:c"]), plugin("b", requires=["Tea"]), plugin("c", provides=["Tea"])
    ) == [
        "c",
        "a",
        "b",
    ]


def test_what_is_optional_comes_first_where_it_is_there() -> None:
    assert ordered(plugin("a", optional=["plugin:b", "Nowhere"]), plugin("b")) == ["b", "a"]


def test_what_is_optional_is_no_cycle() -> None:
    """Two that can do more with each other run, and so does what requires one that wishes for it."""
    assert sorted(ordered(plugin("a", optional=["plugin:b"]), plugin("b", optional=["plugin:a"]))) == ["a", "b"]
    assert ordered(plugin("a", optional=["plugin:b"]), plugin("b", requires=["plugin:a"])) == ["a", "b"]


def test_an_optional_plugin_that_cannot_run_takes_nobody_with_it() -> None:
    found = in_order((plugin("a", optional=["plugin:b"]), plugin("b", requires=["Nowhere"])), ())
    assert [m.id for m in found.manifests] == ["a"]
    assert found.refused == {"b": "缺少依赖: Nowhere"}


def test_whoever_needs_a_refused_one_is_refused_for_that() -> None:
    assert refused(
        plugin("a", requires=["plugin:b"]), plugin("b", requires=["plugin:c"]), plugin("c", requires=["Nowhere"])
    ) == {
        "a": "它依赖的模块 b 没有装入",
        "b": "它依赖的模块 c 没有装入",
        "c": "缺少依赖: Nowhere",
    }


def test_a_cycle_is_named_and_those_that_wait_for_it_are_no_part_of_it() -> None:
    found = refused(
        plugin("a", requires=["plugin:b"]),
        plugin("b", requires=["plugin:c"]),
        plugin("c", requires=["plugin:b"]),
        plugin("d", requires=["plugin:a"]),
    )
    assert found == {
        "a": "它依赖的模块 b 没有装入",
        "b": "依赖成环: b → c → b",
        "c": "依赖成环: b → c → b",
        "d": "它依赖的模块 a 没有装入",
    }


def test_a_second_provider_is_refused_and_both_are_named() -> None:
    assert refused(plugin("a", provides=["Tea"]), plugin("b", provides=["Tea"])) == {
        "b": "服务 Tea 已由模块“a”(a)提供,模块“b”(b)不能再提供一次"
    }
    assert refused(plugin("a", provides=["Ledger"])) == {"a": "服务 Ledger 已由平台本身提供,模块“a”(a)不能再提供一次"}


IDS = "abcde"
wishes = st.lists(st.sampled_from([f"plugin:{id_}" for id_ in IDS]), max_size=3, unique=True)


@given(st.fixed_dictionaries({id_: st.tuples(wishes, wishes) for id_ in IDS}))
def test_any_plugins_are_ordered_or_refused(wanted: dict[str, tuple[list[str], list[str]]]) -> None:
    """Each is once in one of both; whoever runs has all it requires before it; without requirements nobody is refused."""
    found: Order = in_order([plugin(id_, requires=r, optional=o) for id_, (r, o) in wanted.items()], ())
    ids = [m.id for m in found.manifests]
    assert sorted([*ids, *found.refused]) == sorted(IDS)
    for place, id_ in enumerate(ids):
        assert found.requires[id_] <= set(ids[:place])
    for id_ in IDS:
        if not set(wanted[id_][0]) - {f"plugin:{id_}"}:
            assert id_ in ids
