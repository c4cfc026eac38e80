"""What the service is and can, for its clients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kgtool.reconcile.shown import Shown
from kgtool.server.pages import addresses
from kgtool.server.reconcile.reading import BATCH
from kgtool.version import __version__

WIDTH, HEIGHT = 430, 300
_LIMIT_HELP = "The most values of a row; 0 is for all."


def manifest(
    root: str, path: str, title: str, space: str, schema: str, types: Sequence[Shown]
) -> dict[str, Any]:
    """The manifest of versions 0.1 and 0.2 of the service at a path of the server at ``root``.

    ``space`` and ``schema`` are IRIs that say whose ids those of things and of properties are.
    """
    suggest = {
        kind: {"service_url": root, "service_path": f"{path}/suggest/{kind}"}
        for kind in ("entity", "property", "type")
    }
    limit = {"name": "limit", "label": "Limit", "type": "number", "default": 0,
             "help_text": _LIMIT_HELP}  # fmt: skip
    return {
        "versions": ["0.1", "0.2"],
        **_common(title, types),
        "identifierSpace": space,
        "schemaSpace": schema,
        "view": {"url": f"{root}{addresses.RESOURCE}?iri={{{{id}}}}"},
        "feature_view": {"url": f"{root}{addresses.RESOURCE}?iri={{{{id}}}}"},
        "preview": {
            "url": f"{root}{path}/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT,
        },
        "suggest": suggest,
        "extend": {
            "propose_properties": {
                "service_url": root, "service_path": f"{path}/extend/propose",
            },
            "property_settings": [limit],
        },
    }  # fmt: skip


def draft_manifest(root: str, title: str, types: Sequence[Shown]) -> dict[str, Any]:
    """The manifest of the draft of 1.0, whose services have fixed paths."""
    limit = {"id": "limit", "name": "Limit", "type": "number", "default": 0,
             "helpText": _LIMIT_HELP}  # fmt: skip
    return {
        "versions": ["1.0-draft"],
        **_common(title, types),
        "view": {"url": f"{root}{addresses.RESOURCE}?iri={{id}}"},
        "featureView": {"url": f"{root}{addresses.RESOURCE}?iri={{id}}"},
        "preview": {"width": WIDTH, "height": HEIGHT},
        "suggest": {"entity": True, "property": True, "type": True},
        "extend": {"proposeProperties": True, "propertySettings": [limit]},
        "standardizedScore": True,
    }


def _common(title: str, types: Sequence[Shown]) -> dict[str, Any]:
    return {
        "name": title,
        "defaultTypes": [{"id": each.iri, "name": each.name} for each in types],
        "serviceVersion": __version__,
        "batchSize": BATCH,
    }
