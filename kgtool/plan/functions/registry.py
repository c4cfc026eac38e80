"""What a compiled function looks like."""

from __future__ import annotations

from typing import Protocol

from kgtool.plan.scan import Frame
from kgtool.plan.value import Scope, Value


class Function(Protocol):
    """Arguments in, value out; the parser has already checked how many there are."""

    def __call__(self, arguments: list[Value], scope: Scope, frame: Frame) -> Value: ...
