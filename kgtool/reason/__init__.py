"""Reasoning: what follows from the ontology and the facts by OWL 2 RL."""

from __future__ import annotations

from kgtool.reason.base import Reasoner, Triple

__all__ = ["Reasoner", "Triple", "default_reasoner"]


def default_reasoner() -> Reasoner:
    """The reasoner that builds use."""
    from kgtool.reason.owlrl import OwlrlReasoner

    return OwlrlReasoner()
