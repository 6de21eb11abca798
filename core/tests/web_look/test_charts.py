"""DASH-2, PLAT-12: charts are well-formed, say their figures in words, and each point leads to its vouchers."""

from itertools import pairwise
from xml.etree import ElementTree as Xml

import pytest

from zhangfang_core.web.charts import Point, Share, bars_with_line, composition_bar, donut, sparkline

MONTHS = [Point(f"{m}月", m * 1_234_500, f"/v?m={m}&a=1", m * 1_100_000, f"2026年{m}月", m == 12) for m in range(1, 13)]


def parsed(markup: str) -> Xml.Element:
    return Xml.fromstring(markup)  # noqa: S314  # see above


def bars(points: list[Point]) -> Xml.Element:
    return parsed(bars_with_line(points, title="收入", bar_name="收入", line_name="去年同期"))


def with_class(root: Xml.Element, name: str) -> list[Xml.Element]:
    return [e for e in root.iter() if name in (e.get("class") or "").split()]


def test_every_point_is_one_link_to_its_evidence_that_says_both_figures() -> None:
    links = list(bars(MONTHS).iter("a"))
    assert [a.get("href") for a in links] == [p.href for p in MONTHS]
    assert links[2].get("aria-label") == "2026年3月 收入 37,035.00 元,去年同期 33,000.00 元"
    assert all(a.get("data-sheet") for a in links)


def test_only_the_current_month_is_marked() -> None:
    marked = with_class(bars(MONTHS), "now")
    assert [a.get("href") for a in marked] == [MONTHS[-1].href]


def test_a_loss_hangs_below_the_zero_line() -> None:
    root = bars([Point("1月", 5_000_000, "/a"), Point("2月", -2_000_000, "/b")])
    (base,) = with_class(root, "base")
    gain, loss = with_class(root, "bar")
    zero = int(base.get("y1") or "")
    assert int(gain.get("y") or "") + int(gain.get("height") or "") == zero
    assert int(loss.get("y") or "") == zero
    assert [a.get("class") for a in root.iter("a")] == [None, "loss"]


def test_heights_keep_the_proportion_of_the_figures() -> None:
    whole, half = with_class(bars([Point("1月", 8_000_000, "/a"), Point("2月", 4_000_000, "/b")]), "bar")
    assert abs(int(whole.get("height") or "") - 2 * int(half.get("height") or "")) <= 1


@pytest.mark.parametrize("value", [0, 1, 99, -1, 10**13, -(10**13)])
def test_any_figure_stays_inside_the_picture(value: int) -> None:
    root = bars([Point("1月", value, "/a", line=0), Point("2月", 0, "/b", line=value)])
    for bar in with_class(root, "bar"):
        top, height = int(bar.get("y") or ""), int(bar.get("height") or "")
        assert top >= 0
        assert top + height <= 194
    assert len(with_class(root, "rule") + with_class(root, "base")) <= 8


def test_no_comparison_means_no_line_and_no_key_for_it() -> None:
    root = parsed(bars_with_line([Point("1月", 1, "/a")], title="t", bar_name="收入", line_name="去年同期"))
    assert not with_class(root, "line")
    assert "去年同期" not in "".join(root.itertext())


def test_foreign_text_cannot_become_markup() -> None:
    evil = '"><script>'
    root = bars([Point(evil, 100, f"/v?{evil}", name=evil, now=True)])
    assert not list(root.iter("script"))
    assert next(root.iter("a")).get("href") == f"/v?{evil}"
    share = parsed(donut([Share(evil, 100, evil)], title=evil, total_label=evil))
    assert not list(share.iter("script"))


def test_no_points_draw_nothing() -> None:
    assert bars_with_line([], title="t", bar_name="b") == ""
    assert sparkline([1], label="x") == ""
    assert donut([Share("a", 0)], title="t", total_label="x") == ""
    assert composition_bar([], title="t") == ""


@pytest.mark.parametrize("values", [[1, 2, 3], [3, 2, 1], [5, 5, 5], [-3, 0, 9]])
def test_sparkline_names_itself_and_stays_inside(values: list[int]) -> None:
    root = parsed(sparkline(values, label="近三个月"))
    assert root.get("aria-label") == "近三个月"
    spots = (root.findall("polyline")[1].get("points") or "").split()
    assert len(spots) == len(values)
    assert all(0 <= int(y) <= 28 for _, y in (spot.split(",") for spot in spots))
    assert ("down" in (root.get("class") or "")) == (values[-1] < values[0])


def test_the_parts_fill_the_whole_and_link_where_there_is_evidence() -> None:
    shares = [Share("食材", 1, "/a"), Share("工资", 1, "/b"), Share("其他", 1)]
    root = parsed(composition_bar(shares, title="构成"))
    (picture,) = root.findall("svg")
    edges = [(rect.get("x") or "", rect.get("width") or "") for rect in picture]
    hundredths = [tuple(int(v.rstrip("%").replace(".", "")) for v in pair) for pair in edges]
    assert hundredths[0][0] == 0
    assert all(a[0] + a[1] == b[0] for a, b in pairwise(hundredths))
    assert sum(hundredths[-1]) == 10_000
    assert [a.get("href") for a in root.iter("a")] == ["/a", "/b"]
    assert "33.3%" in "".join(root.itertext())


def test_the_ring_is_closed_and_its_copy_of_the_links_stays_out_of_the_tab_order() -> None:
    root = parsed(donut([Share("食材", 2, "/a"), Share("工资", 1, "/b")], title="构成", total_label="千元"))
    lengths = [int((c.get("stroke-dasharray") or "").split()[0]) for c in with_class(root, "ring")]
    assert sum(lengths) == 1000
    ring_links = [a for a in root.iter("a") if a.find("circle") is not None]
    assert {a.get("tabindex") for a in ring_links} == {"-1"}


@pytest.mark.parametrize(
    "draw", [lambda s: composition_bar(s, title="t"), lambda s: donut(s, title="t", total_label="x")]
)
def test_a_negative_part_is_refused(draw: object) -> None:
    with pytest.raises(ValueError, match="negative"):
        draw([Share("a", -1)])  # type: ignore[operator]  # a lambda of the parameters above
