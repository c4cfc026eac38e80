"""Versions of a project: what git has, how stores of them are kept, and what goes wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from kgtool.errors import DataError, KgtoolError, NotFoundError, RdfSyntaxError, UsageError
from kgtool.project import revisions
from kgtool.project.build import build_project
from kgtool.project.diff import diff_revisions
from kgtool.project.folder import Project, find_project
from kgtool.project.git import Repository
from kgtool.project.revisions import find_versions
from kgtool.project.skeleton import new_project
from tests.project.diffing import replace, repository
from tests.repository import commit, git


@pytest.fixture
def project(tmp_path):
    return repository(tmp_path / "kg")


@pytest.fixture
def builds(monkeypatch):
    """The folders of the projects that are built."""
    built: list[Path] = []

    def build(project, *arguments, **more):
        built.append(project.root)
        return build_project(project, *arguments, **more)

    monkeypatch.setattr(revisions, "build_project", build)
    return built


def kept(project: Project) -> list[Path]:
    return sorted((project.products / "revisions").iterdir())


# What is built --------------------------------------------------------------------------


def test_one_store_serves_where_the_content_is_one(project, builds):
    assert not diff_revisions(project)
    assert builds == [project.root]
    assert not diff_revisions(project, "HEAD", "HEAD")
    commit(project.root, "Nothing")
    assert not diff_revisions(project, "HEAD~1", "HEAD")
    assert builds == [project.root]


def test_a_second_run_builds_nothing(project, builds):
    replace(project, '"B"@en', '"Bee"@en')
    first = diff_revisions(project)
    assert builds == [project.root, *kept(project)]
    builds.clear()
    assert diff_revisions(project).summary == first.summary
    # Back again: what is now HEAD was built as the working tree.
    commit(project.root)
    assert diff_revisions(project, "HEAD~1").summary == first.summary
    assert builds == []


def test_queries_alone_build_nothing(project, builds):
    diff_revisions(project)
    builds.clear()
    replace(project, "ORDER BY ?thing", "ORDER BY DESC(?thing)", "queries/things.rq")
    assert diff_revisions(project).summary == "1 query answers differently"
    commit(project.root)
    assert diff_revisions(project, "HEAD~1", "HEAD").summary == "1 query answers differently"
    assert builds == []


def test_violated_shapes_stop_no_comparison_and_keep_the_projects_store(project, builds):
    build_project(project)
    before = project.store_path.read_bytes()
    replace(project, '    rdfs:label "C"@en .', "    :partOf id:d .")
    assert "1 shape newly violated" in diff_revisions(project).summary
    assert project.store_path.read_bytes() == before
    builds.clear()
    assert "1 shape newly violated" in diff_revisions(project).summary
    assert builds == []


def test_the_store_that_was_edited_by_hand_is_left_alone(project):
    import kgtool

    with kgtool.open(project.root) as graph:
        graph.update("INSERT DATA { <urn:a> <urn:b> 'by hand' }")
    edited = project.store_path.read_bytes()
    assert not diff_revisions(project)
    assert project.store_path.read_bytes() == edited


def test_the_stores_that_were_used_last_are_kept(project, monkeypatch):
    monkeypatch.setattr(revisions, "_MOST_KEPT", 2)
    for number in range(3):
        replace(project, f'"B{number or ""}"@en', f'"B{number + 1}"@en')
        commit(project.root)
    diff_revisions(project, "HEAD~3", "HEAD~2")
    first = set(kept(project))
    os.utime(min(first), (1, 1))
    diff_revisions(project, "HEAD~2" if len(first) < 2 else "HEAD~1", "HEAD~1")
    assert len(kept(project)) == 2
    assert min(first) not in kept(project)


def test_two_runs_at_once_do_not_meet(project):
    replace(project, '"B"@en', '"Bee"@en')
    commit(project.root)
    replace(project, '"Bee"@en', '"Beth"@en')
    summaries: list[str] = []

    def run() -> None:
        summaries.append(diff_revisions(project, "HEAD~1", "HEAD", only=["triples"]).summary)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert summaries == ["+1 -1 asserted triples"] * 3


# Which versions -------------------------------------------------------------------------


def test_ranges_are_as_git_has_them(project):
    first = git(project.root, "rev-parse", "HEAD").strip()
    replace(project, '"B"@en', '"Bee"@en')
    second = commit(project.root)
    git(project.root, "checkout", "-q", "-b", "side", first)
    replace(project, '"C"@en', '"See"@en')
    side = commit(project.root)

    def commits(*arguments: str) -> tuple[str | None, str | None]:
        old, new = find_versions(project, *arguments)
        return old.commit, new.commit

    assert commits() == (side, None)
    assert commits("main") == (second, None)
    assert commits("main", "side") == commits("main..side") == commits("main..") == (second, side)
    assert commits("..main") == (side, second)
    assert commits("main...side") == commits("main...") == (first, side)


def test_files_that_git_does_not_know_yet_count(project):
    (project.root / "triples" / "new.ttl").write_text("<urn:a> <urn:b> <urn:c> .")
    assert diff_revisions(project, only=["triples"]).summary == "+1 -0 asserted triples"


def test_a_project_may_be_a_folder_of_a_repository(tmp_path):
    root = tmp_path / "repository"
    project = repository_in(root, "graphs/one")
    replace(project, '"the first thing"', '"a first thing"', "triples/example.ttl")
    assert diff_revisions(project, only=["triples"]).summary == "+1 -1 asserted triples"
    assert diff_revisions(project, "HEAD", "HEAD").summary == "no difference"
    (root / "elsewhere").mkdir()
    shutil.move(project.root, root / "elsewhere" / "one")
    moved = find_project(root / "elsewhere" / "one")
    with pytest.raises(NotFoundError, match="no project in HEAD at"):
        diff_revisions(moved)


def repository_in(root: Path, folder: str) -> Project:
    (root / folder).parent.mkdir(parents=True)
    project = new_project(root / folder)
    commit(root, "Begin")
    return project


def test_links_lead_to_files_of_the_revision_and_nowhere_else(project, tmp_path):
    (tmp_path / "secret.ttl").write_text("<urn:secret> <urn:is> <urn:known> .")
    (project.root / "shared").mkdir()
    (project.root / "shared" / "more.ttl").write_text("<urn:a> <urn:b> <urn:c> .")
    triples = project.root / "triples"
    (triples / "in.ttl").symlink_to("../shared/more.ttl")
    (triples / "out.ttl").symlink_to("../../secret.ttl")
    (triples / "absolute.ttl").symlink_to(tmp_path / "secret.ttl")
    (triples / "dangling.ttl").symlink_to("nothing.ttl")
    (triples / "two\nlines.ttl").symlink_to("../shared/more.ttl")
    commit(project.root, "Link")
    diff = diff_revisions(project, "HEAD~1", "HEAD", only=["triples"])
    assert diff.summary == "+1 -0 asserted triples"
    assert [note.split(" ")[0] for note in diff.notes] == [
        "HEAD:triples/absolute.ttl", "HEAD:triples/dangling.ttl", "HEAD:triples/out.ttl",
        "HEAD:triples/two\nlines.ttl",
    ]  # fmt: skip


def test_names_that_climb_out_are_not_written(project):
    """Git itself makes no such tree; one can be made by hand."""
    blob = git(project.root, "hash-object", "-w", "triples/facts.ttl").strip()
    root = project.root
    up = _tree(root, f"100644 blob {blob}\tevil.ttl\n")
    triples = _tree(root, f"040000 tree {up}\t..\n100644 blob {blob}\tfacts.ttl\n")
    tree = _tree(root, f"040000 tree {triples}\ttriples\n")
    made = git(root, "commit-tree", tree, "-m", "Harm").strip()
    old, _ = find_versions(project, made)
    assert list(old.ids) == ["triples/facts.ttl"]


def _tree(root: Path, lines: str) -> str:
    command = ["git", "-C", str(root), "mktree"]
    return subprocess.run(
        command, input=lines, capture_output=True, text=True, check=True
    ).stdout.strip()


# What goes wrong ------------------------------------------------------------------------


def test_a_file_of_a_revision_that_does_not_parse_is_placed(project):
    good = git(project.root, "rev-parse", "HEAD").strip()
    replace(project, '"B"@en', "oops:B")
    commit(project.root, "Break")
    git(project.root, "checkout", "-q", good, "--", ".")
    with pytest.raises(RdfSyntaxError) as caught:
        diff_revisions(project)
    assert str(caught.value).startswith("HEAD:triples/facts.ttl:11:16: the prefix oops: is not")
    assert caught.value.exit_code == 3


def test_a_query_of_a_revision_that_is_no_text_is_placed(project):
    path = project.root / "queries" / "things.rq"
    good = path.read_bytes()
    path.write_bytes(b"# \xff")
    commit(project.root, "Break")
    path.write_bytes(good)
    with pytest.raises(DataError, match=r"^HEAD:queries/things\.rq:1:3"):
        diff_revisions(project)


def test_a_merge_that_stopped_is_told(project):
    git(project.root, "checkout", "-q", "-b", "side")
    replace(project, '"B"@en', '"Bee"@en')
    commit(project.root)
    git(project.root, "checkout", "-q", "main")
    replace(project, '"B"@en', '"Beth"@en')
    commit(project.root)
    with pytest.raises(subprocess.CalledProcessError):
        git(project.root, "merge", "side")
    with pytest.raises(RdfSyntaxError) as caught:
        diff_revisions(project)
    assert str(caught.value.location) == "triples/facts.ttl:11:1"
    assert "merge" in caught.value.hint


def test_an_ontology_that_is_missing_in_a_revision_is_placed(project):
    (project.root / "ontology" / "parts.ttl").write_text(
        "<urn:o> <http://www.w3.org/2002/07/owl#imports> <urn:p> .\n"
    )
    commit(project.root, "Import")
    (project.root / "ontology" / "parts.ttl").write_text("")
    with pytest.raises(DataError, match=r"^HEAD:ontology/parts\.ttl:1"):
        diff_revisions(project)


def test_a_revision_that_does_not_exist(project):
    with pytest.raises(NotFoundError, match="no revision 'mian'") as caught:
        diff_revisions(project, "mian")
    assert caught.value.hint == "Did you mean 'main'?"
    for name in ("--all", "", "HEAD~9", "HEAD:triples", "a b", "x\ny"):
        with pytest.raises(NotFoundError, match="no revision"):
            diff_revisions(project, name, "HEAD")


def test_a_repository_without_commits(tmp_path):
    project = new_project(tmp_path / "kg")
    git(project.root, "init", "-q")
    with pytest.raises(NotFoundError, match="'HEAD': the repository has no commit yet"):
        diff_revisions(project)


def test_a_shallow_clone(project, tmp_path):
    replace(project, '"B"@en', '"Bee"@en')
    commit(project.root)
    git(tmp_path, "clone", "-q", "--depth", "1", project.root.as_uri(), "shallow")
    shallow = find_project(tmp_path / "shallow")
    assert not diff_revisions(shallow)
    with pytest.raises(NotFoundError, match="no revision 'HEAD~1'") as caught:
        diff_revisions(shallow, "HEAD~1")
    assert "--unshallow" in caught.value.hint


def test_histories_that_have_nothing_in_common(project):
    git(project.root, "checkout", "-q", "--orphan", "other")
    commit(project.root, "Another beginning")
    with pytest.raises(NotFoundError, match="no commit in common"):
        diff_revisions(project, "main...other")


def test_no_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    project = new_project(tmp_path / "kg")
    with pytest.raises(NotFoundError, match="is not in a git repository"):
        diff_revisions(project)


def test_no_git(project, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotFoundError, match="there is no git here"):
        diff_revisions(project)


def test_a_revision_without_a_project(project):
    git(project.root, "checkout", "-q", "--orphan", "pages")
    git(project.root, "rm", "-rfq", "--cached", ".")
    git(project.root, "commit", "-q", "--allow-empty", "-m", "Pages")
    with pytest.raises(NotFoundError, match="there is no project in pages"):
        diff_revisions(project, "pages", "main")


def test_what_git_refuses_is_told_in_its_words(project, tmp_path, monkeypatch):
    broken = tmp_path / "config"
    broken.write_text("[core\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(broken))
    with pytest.raises(UsageError, match="git: bad config"):
        Repository(project.root)


def test_every_error_is_ours(project):
    """Objects that are missing, as in a damaged repository."""
    blob = git(project.root, "rev-parse", "HEAD:triples/facts.ttl").strip()
    replace(project, '"B"@en', '"Bee"@en')
    (project.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(KgtoolError):
        diff_revisions(project)
