"""``kgtool fmt``"""

from __future__ import annotations

LOOSE = "@prefix unused: <urn:u:> .\n@prefix : <urn:x:> .\n:b :q 1 ; a :T. # why\n"
FORM = "@prefix : <urn:x:> .\n\n:b\n    a :T ; # why\n    :q 1 .\n"


def test_a_project_is_formatted_once(run, project):
    path = project.root / "triples" / "loose.ttl"
    path.write_text(LOOSE)
    checked = run("fmt", "--check", "--project", str(project.root), code=1)
    assert "-:b :q 1 ; a :T. # why" in checked.output
    assert path.read_text() == LOOSE
    assert "formatted triples/loose.ttl" in run("fmt", "--project", str(project.root)).output
    assert path.read_text() == FORM
    assert "0 of" in run("fmt", "--check", "--project", str(project.root)).output


def test_named_files_need_no_project(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.ttl").write_text(LOOSE)
    (tmp_path / "b.trig").write_text(f"{LOOSE}:g {{ :a :p :b }}")
    run("fmt", "a.ttl", "b.trig")
    assert (tmp_path / "a.ttl").read_text() == FORM
    assert (tmp_path / "b.trig").read_text() == f"{FORM}\n:g {{\n    :a :p :b .\n}}\n"


def test_what_does_not_parse_is_left_as_it_is(run, tmp_path):
    good, bad = tmp_path / "a.ttl", tmp_path / "b.ttl"
    good.write_text(LOOSE)
    for text, words in [
        ("<<<<<<< ours\n:a :p 1 .\n", "b.ttl:1:1: '<<<<<<<' is a mark of a merge conflict"),
        ("@prefix : <urn:x:> .\n:a :p 'x .\n", "b.ttl:2:7"),
        (":a :p 1 .\n", "b.ttl:1:1: the prefix : is not declared"),
    ]:
        bad.write_text(text)
        assert words in run("fmt", str(good), str(bad), code=3).output
        assert (good.read_text(), bad.read_text()) == (LOOSE, text)
    bad.write_bytes(b"# \xff\n")
    assert "b.ttl:1:3: the text is not UTF-8" in run("fmt", str(bad), code=3).output
    other = tmp_path / "c.nt"
    other.write_text("")
    assert "expected a file that ends in .ttl" in run("fmt", str(other), code=2).output


def test_a_new_project_is_in_form(run, project):
    run("fmt", "--check", "--project", str(project.root))
