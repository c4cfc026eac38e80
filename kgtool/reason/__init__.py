"""Reasoning: what follows from an ontology and facts by OWL 2 RL, RDFS or a project's own rules."""

from __future__ import annotations

from kgtool.reason.derivation import Entailment
from kgtool.reason.entailment import entails
from kgtool.reason.inference import Inference
from kgtool.reason.profile import OWL_RL, PROFILES, RDF, RDFS, Profile

__all__ = ["OWL_RL", "PROFILES", "RDF", "RDFS", "Entailment", "Inference", "Profile", "entails"]
