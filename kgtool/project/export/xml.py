"""Text for XML documents that are written as they are made."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def element(name: str, text: str, **attributes: str) -> str:
    """An element with text in it."""
    return f"<{name}{attributes_text(attributes)}>{content(text)}</{name}>"


def attributes_text(attributes: dict[str, str]) -> str:
    """Attributes, each with a space before it."""
    return "".join(f" {key}={quoteattr(_clean(value))}" for key, value in attributes.items())


def content(text: str) -> str:
    return escape(_clean(text))


def _clean(text: str) -> str:
    """Characters that XML cannot hold become the one that stands for them (U+FFFD)."""
    return _NOT_IN_XML.sub("\ufffd", text)
