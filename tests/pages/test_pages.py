"""Every command and every snippet of README.md and docs/ does what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pages.blocks import PAGES, ROOT, read_blocks
from pages.conftest import Cloud
from pages.desk import Desk

EXAMPLES = sorted((ROOT / "docs/examples").glob("*.py"))
LANGUAGES = {"sh", "python", "toml", "ini", "json", "text", "bitbake", "makefile", "kconfig"}
README_BYTES = 9_000
CONTRIBUTING_LINES = 100


def by_name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_a_page_does_what_it_says(page: Path, desk: Desk) -> None:
    desk.follow(page)


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_all_code_of_a_page_is_fenced_and_run(page: Path) -> None:
    text = page.read_text()
    blocks = read_blocks(text)
    assert 2 * len(blocks) == len(re.findall(r"^ *```", text, re.MULTILINE))
    assert {block.language for block in blocks} <= LANGUAGES
    # Output and drawings alone.
    for block in blocks:
        if block.language == "text":
            assert not re.search(r"^(make|pip|edgemote|python|\$) ", block.text, re.MULTILINE)
    outside = re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"\n\n {4,}[^ *-]", outside), "code that is indented, not fenced"


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]*)(?:#[^)]*)?\)", page.read_text()):
        if target and not target.startswith("https://"):
            assert (page.parent / target).exists(), target


def test_every_page_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert f"(docs/{page.name})" in readme


def test_the_readme_and_contributing_are_short() -> None:
    assert len((ROOT / "README.md").read_bytes()) <= README_BYTES
    contributing = (ROOT / "CONTRIBUTING.md").read_text().splitlines()
    assert len(contributing) <= CONTRIBUTING_LINES


@pytest.mark.parametrize("example", EXAMPLES, ids=by_name)
def test_an_example_runs(example: Path, desk: Desk, cloud: Cloud) -> None:
    """The commands are those of its docstring."""
    source = example.read_text()
    desk.write(example.name, source)
    commands = "\n".join(re.findall(r"^    (\S.*)$", source.split('"""')[1], re.MULTILINE))
    assert f"python3 {example.name}" in commands
    bash = ["bash", "-euxo", "pipefail", "-c", desk.localize(commands)]
    desk.run(bash, example.name, endless="agent.step" in source)
