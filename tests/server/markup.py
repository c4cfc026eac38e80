"""Reads pages as strictly as a validator, and gives what tests ask of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

_VOID = {"meta", "link", "input", "br", "img", "hr"}
_BLOCKS = {
    "article", "details", "div", "dl", "form", "h1", "h2", "h3", "header", "footer", "main", "nav",
    "ol", "p", "pre", "section", "table", "ul",
}  # fmt: skip
#: What a browser may be told to go to.
_SCHEMES = {"http", "https", "geo"}
_CHILDREN = {
    "ul": {"li"}, "ol": {"li"}, "table": {"thead", "tbody"}, "tr": {"td", "th"},
    "dl": {"div"}, "select": {"option"},
}  # fmt: skip


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)


@dataclass
class Markup(HTMLParser):
    """A page; making one raises AssertionError where it is not as it should be."""

    source: str
    all: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[Element] = []
        assert self.source.startswith("<!DOCTYPE html>")
        self.feed(self.source)
        self.close()
        assert not self.open, [each.tag for each in self.open]
        self._check()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, attrs)
        assert not any(name.startswith("on") or name == "style" for name in names), attrs
        above = [each.tag for each in self.open]
        if tag in _BLOCKS:
            assert not {"p", "span", "a", "h1", "h2", "h3"} & set(above), (above, tag)
        assert tag != "a" or "a" not in above
        if above and above[-1] in _CHILDREN:
            assert tag in _CHILDREN[above[-1]], (above, tag)
        element = Element(tag, {name: value or "" for name, value in attrs})
        if self.open:
            self.open[-1].children.append(element)
        self.all.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop().tag == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        for each in self.open:
            # The end of a line that follows the tag is not part of the text.
            first = each.tag in ("pre", "textarea") and not each.text
            each.text += data.removeprefix("\n") if first else data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def find(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of that name; ``class_`` is one of an element's classes."""
        cls = attributes.pop("class_", None)
        return [
            each
            for each in self.all
            if each.tag == tag
            and all(each.attributes.get(name) == value for name, value in attributes.items())
            and (cls is None or cls in each.attributes.get("class", "").split())
        ]

    def texts(self, tag: str, **attributes: str) -> list[str]:
        return [" ".join(each.text.split()) for each in self.find(tag, **attributes)]

    def link(self, text: str) -> str:
        """Where the first link with that text leads."""
        found = [a for a in self.find("a") if " ".join(a.text.split()) == text]
        assert found, (text, self.texts("a"))
        return found[0].attributes["href"]

    def facts(self) -> dict[str, list[str]]:
        """The values of each property in the lists of facts, without their sources."""
        found: dict[str, list[str]] = {}
        for row in (row for dl in self.find("dl", class_="facts") for row in dl.children):
            name = " ".join(row.children[0].text.split())
            values = [each for dd in row.children[1:] for each in _values(dd)]
            found[name] = [" ".join(each.text.split()) for each in values]
        return found

    def _check(self) -> None:
        assert self.find("html")[0].attributes["lang"]
        assert self.texts("title")[0]
        assert len(self.find("main")) == len(self.find("h1")) == 1
        ids = [each.attributes["id"] for each in self.all if "id" in each.attributes]
        assert len(ids) == len(set(ids)), sorted(ids)
        for each in self.all:
            for name in ("aria-labelledby", "aria-describedby", "for"):
                if name in each.attributes:
                    assert each.attributes[name] in ids, each
            for name in ("href", "src", "action"):
                head, colon, _ = each.attributes.get(name, "").partition(":")
                if colon and "/" not in head and "?" not in head and "#" not in head:
                    assert head in _SCHEMES, each
        labelled = {each.attributes["for"] for each in self.find("label")}
        for control in (e for e in self.all if e.tag in ("input", "select", "textarea")):
            assert control.attributes["id"] in labelled, control
        levels = [int(each.tag[1]) for each in self.all if each.tag in ("h1", "h2", "h3")]
        assert all(after <= before + 1 for before, after in pairwise(levels)), levels


def _values(element: Element) -> list[Element]:
    if element.tag == "div" and "value" in element.attributes.get("class", "").split():
        return [element]
    return [each for child in element.children for each in _values(child)]
