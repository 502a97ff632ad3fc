"""The packaging recipes of docs/bundles.md.

Debian's is built by test_pages.py. bitbake and Buildroot are in no package registry: a linter, a
parser, bash and GNU make take their part.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from judges.environment import prepare_environment
from pages.blocks import ROOT, read_blocks

UNIT = "usr/lib/systemd/system/edgemote.service"
# What Buildroot does with a package that it has copied to its build folder.
MAKEFILE = """\
TARGET_DIR = target
INSTALL = install
include package/edgemote/edgemote.mk
build/installed:
	$(EDGEMOTE_INSTALL_TARGET_CMDS)
	$(EDGEMOTE_INSTALL_INIT_SYSTEMD)
"""


@pytest.fixture
def recipes(tmp_path: Path) -> Path:
    """A folder with the page's files, and a bundle in `build`."""
    for block in read_blocks((ROOT / "docs/bundles.md").read_text()):
        if block.file:
            (tmp_path / block.file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block.file).write_text(block.text)
    (tmp_path / "build/edgemote").mkdir(parents=True)
    (tmp_path / "build/edgemote/__init__.py").touch()
    (tmp_path / "build/edgemote.service").write_text("[Unit]\n")
    return tmp_path


@pytest.fixture(scope="module")
def judges() -> Path:
    """Folder with the programs of oelint-adv and the Python of kconfiglib."""
    packages = ["oelint-adv==9.11.2", "kconfiglib==14.1.0"]
    return prepare_environment("recipes", [packages]).parent


def run(recipes: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=recipes, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def assert_installed(target: Path) -> None:
    assert (target / "opt/edgemote/edgemote/__init__.py").is_file()
    assert (target / UNIT).is_file()


@pytest.mark.slow
def test_the_linter_of_yocto_finds_no_error(recipes: Path, judges: Path) -> None:
    options = ["--exit-zero", "--quiet", "--suppress", "oelint.vars.homepageping"]
    said = run(recipes, str(judges / "oelint-adv"), *options, "edgemote_0.1.0.bb")
    assert ":error:" not in said, said


def test_the_recipe_of_yocto_installs_a_bundle(recipes: Path) -> None:
    recipe = (recipes / "edgemote_0.1.0.bb").read_text()
    install = recipe[recipe.index("do_install()") : recipe.index("\n}\n") + 3]
    values = "D=$PWD/image S=$PWD/build systemd_system_unitdir=/usr/lib/systemd/system"
    run(recipes, "bash", "-euc", f"{values}\n{install}do_install")
    assert_installed(recipes / "image")


def test_the_recipe_of_buildroot_installs_a_bundle(recipes: Path) -> None:
    (recipes / "Makefile").write_text(MAKEFILE)
    run(recipes, "make", "build/installed")
    assert_installed(recipes / "target")


def test_the_menu_of_buildroot_is_parsed(recipes: Path, judges: Path) -> None:
    script = (
        "import kconfiglib; menu = kconfiglib.Kconfig('package/edgemote/Config.in');"
        "print(menu.unique_defined_syms[0].name, *menu.warnings)"
    )
    assert run(recipes, str(judges / "python"), "-c", script).strip() == "BR2_PACKAGE_EDGEMOTE"
