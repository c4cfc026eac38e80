from __future__ import annotations

import os

import pytest

from kgtool.project.fingerprint import Options, is_fresh, source_states, write_record


@pytest.fixture
def built(project):
    """A project whose build is only pretended."""
    project.products.mkdir()
    project.store_path.write_bytes(b"store")
    write_record(project, Options(), source_states(project), {})
    return project


def test_nothing_is_fresh_before_the_first_build(project):
    assert not is_fresh(project)


def test_a_build_is_fresh_until_a_source_changes(built):
    assert is_fresh(built)
    (built.root / "triples" / "example.ttl").write_text("")
    assert not is_fresh(built)


def test_touching_a_file_changes_nothing(built):
    os.utime(built.root / "triples" / "example.ttl", (1, 1))
    assert is_fresh(built)


def test_an_edit_of_the_same_size_is_seen(built):
    path = built.root / "triples" / "example.ttl"
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"first", b"worst"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not is_fresh(built)


@pytest.mark.parametrize("name", ["triples/new.ttl", "ontology/new.ttl"])
def test_a_new_file_is_seen(built, name):
    (built.root / name).write_text("")
    assert not is_fresh(built)


def test_a_deleted_file_is_seen(built):
    (built.root / "triples" / "example.ttl").unlink()
    assert not is_fresh(built)


def test_queries_do_not_count(built):
    (built.queries / "things.rq").unlink()
    assert is_fresh(built)


def test_another_store_in_its_place_is_seen(built):
    built.store_path.write_bytes(b"another")
    assert not is_fresh(built)
    built.store_path.unlink()
    assert not is_fresh(built)


def test_another_version_of_kgtool_builds_anew(built, monkeypatch):
    monkeypatch.setattr("kgtool.project.fingerprint.__version__", "99")
    assert not is_fresh(built)


def test_options_count_where_they_are_given(built):
    assert is_fresh(built, Options(check=False))
    assert not is_fresh(built, Options(infer=False))
    write_record(built, Options(check=False), source_states(built), {})
    assert not is_fresh(built, Options())
    assert is_fresh(built)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": 1'])
def test_a_broken_record_is_no_record(built, content):
    (built.products / "build.json").write_text(content)
    assert not is_fresh(built)
