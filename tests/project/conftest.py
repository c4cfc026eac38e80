from __future__ import annotations

import pytest

from kgtool.project.skeleton import new_project


@pytest.fixture
def project(tmp_path):
    """The project that `kgtool new` makes."""
    return new_project(tmp_path / "project")
