"""The command line: the same bytes each time, honest checks, no half-written tree."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from edgemote_codegen import output
from edgemote_codegen.__main__ import main, make_parser, show_progress
from edgemote_codegen.config import Config, read_config
from edgemote_codegen.errors import CodegenError
from edgemote_codegen.output import compare_files, exchange, write_files

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "sagemaker-edge"


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command line, without the price of a new process."""
    said = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(said["stdout"]),
        contextlib.redirect_stderr(said["stderr"]),
    ):
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["edgemote_codegen", *arguments])
        try:
            status = main()
        except SystemExit as exit_:  # argparse's way out
            status = int(exit_.code or 0)
    texts = {name: stream.getvalue() for name, stream in said.items()}
    return subprocess.CompletedProcess(arguments, status, **texts)


def start(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "edgemote_codegen", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT / "codegen")} | environ,
        capture_output=True,
        text=True,
    )


def read_tree(folder: Path) -> dict[str, bytes]:
    """Path below a folder -> content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def stat_tree(folder: Path) -> dict[Path, tuple[int, int]]:
    """What tells a file that was written again from one that was not."""
    stats = {path: path.stat() for path in folder.rglob("*")}
    return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in stats.items()}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sagemaker-edge in it, never changed."""
    folder = tmp_path_factory.mktemp("written")
    done = start("generate", SERVICE, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"generated/aws: (\d+) files, \1 changed\n", done.stdout)
    return folder


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    """A copy of it, to spoil."""
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    return tmp_path


# The same bytes -----------------------------------------------------------------------------------


def test_two_runs_write_the_same_bytes(written: Path, tmp_path: Path) -> None:
    """Also in another folder, in another order of hashes, in another language."""
    done = start(
        *("generate", "--out", "generated/", SERVICE),
        cwd=tmp_path,
        PYTHONHASHSEED="4711",
        LC_ALL="C",
        PYTHONUTF8="0",
        TZ="Asia/Tokyo",
    )
    assert done.returncode == 0, done.stderr
    assert read_tree(tmp_path / "generated") == read_tree(written / "generated")


def test_nothing_is_touched_where_nothing_changed(copy: Path) -> None:
    before = stat_tree(copy)
    done = run("generate", SERVICE, cwd=copy)
    assert done.stdout.endswith(" files, 0 changed\n")
    assert stat_tree(copy) == before


def test_the_committed_clients_have_no_drift() -> None:
    done = start("generate", "--check", cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_header_names_the_command_that_writes_the_file_anew(written: Path) -> None:
    for path in (written / "generated" / "aws").rglob("*.py*"):
        text = path.read_text(encoding="utf-8")
        if not text:
            assert path.name == "py.typed"
            continue
        found = re.match(
            r"# Generated, do not edit: `python -m edgemote_codegen (.*)` writes it anew\.\n", text
        )
        assert found, path
        assert found[1] == f"generate {SERVICE}"


def read_commands(folder: Path) -> set[str]:
    """What the headers of all files below a folder say."""
    commands = set()
    for path in folder.rglob("*.py*"):
        if text := path.read_text(encoding="utf-8"):
            head = text[: text.index("writes it anew.")].replace("\n# ", " ")
            commands.add(head.partition("`")[2].rpartition("`")[0])
    return commands


@pytest.mark.slow
def test_the_header_names_the_folder_that_was_asked_for(tmp_path: Path) -> None:
    """As the configuration's folder sees it, so that the command does the same again."""
    home, there = tmp_path / "home", tmp_path / "there"
    below = home / "below"
    below.mkdir(parents=True)
    (home / "pyproject.toml").write_text(f'[tool.edgemote]\nservices = ["{SERVICE}"]\n')
    command = "python -m edgemote_codegen generate"
    for given, cwd, folder, said in (
        ("mine", home, home / "mine", f"{command} --out mine"),
        (str(home / "mine"), below, home / "mine", f"{command} --out mine"),
        (str(there), home, there, f"{command} --out {there}"),
        ("../generated", below, home / "generated", command),
    ):
        done = run("generate", "--out", given, cwd=cwd)
        assert done.returncode == 0, done.stderr
        assert read_commands(folder / "aws") == {said}
        assert run("generate", "--check", "--out", given, cwd=cwd).returncode == 0


# init ---------------------------------------------------------------------------------------------


def test_init_writes_a_table_that_is_read(tmp_path: Path) -> None:
    done = run("init", "iot-data:Publish", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    config, _ = read_config(tmp_path)
    assert config == Config(services=["iot-data:Publish"])
    text = (tmp_path / "pyproject.toml").read_text()
    # What is commented out are the defaults and examples of all other keys, and each can be read.
    live = "\n".join(
        line.removeprefix("# ")
        for line in text.splitlines()
        if not line.startswith("# ") or re.match(r"# [a-z_]+ = ", line)
    )
    (tmp_path / "pyproject.toml").write_text(live)
    config, _ = read_config(tmp_path)
    assert {name for name in Config.__struct_fields__ if f"{name} = " in live} == set(
        Config.__struct_fields__
    )
    examples = {"regions", "models", "protocols", "endpoint_parameters", "services"}
    examples |= {"arns", "bucket_aliases"}  # unset is neither of the two
    for name in set(Config.__struct_fields__) - examples:
        assert getattr(config, name) == getattr(Config(), name), name


def test_init_adds_to_what_is_there_and_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text('[project]\nname = "firmware"')
    assert run("init", cwd=tmp_path).returncode == 0
    text = path.read_text()
    assert text.startswith('[project]\nname = "firmware"\n\n[tool.edgemote]\n')
    assert read_config(tmp_path)[0].services == ["sagemaker-edge", "s3:GetObject,HeadObject"]
    done = run("init", "iot-data", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(
        "already has a [tool.edgemote] table, which was not changed: edit it\n"
    )
    assert path.read_text() == text


@pytest.mark.parametrize("text", ["tool = {}\n", "[project\n"])
def test_init_leaves_a_file_that_takes_no_table(text: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    done = run("init", cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "pyproject.toml").read_text() == text


def test_init_refuses_what_cannot_be_generated(tmp_path: Path) -> None:
    done = run("init", "iot-data:Publisch", cwd=tmp_path)
    assert done.returncode == 2
    assert "Publish" in done.stderr
    assert not (tmp_path / "pyproject.toml").exists()


# --check ------------------------------------------------------------------------------------------


def test_check_of_what_was_written_is_silent(written: Path) -> None:
    done = run("generate", "--check", SERVICE, cwd=written)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_check_names_what_differs_and_the_command_that_mends_it(copy: Path) -> None:
    aws = copy / "generated" / "aws"
    changed = aws / "sagemaker_edge" / "shapes.py"
    content = bytearray(changed.read_bytes())
    content[-2] ^= 1
    changed.write_bytes(content)
    with (aws / "errors.py").open("a") as file:
        file.write("\n")
    (aws / "sigv4.py").unlink()
    (aws / "sagemaker_edge" / "more.py").write_text("# Generated\n")
    before = read_tree(copy)
    done = run("generate", "--check", SERVICE, cwd=copy)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "differs: generated/aws/errors.py",
        "stray: generated/aws/sagemaker_edge/more.py",
        "differs: generated/aws/sagemaker_edge/shapes.py",
        "missing: generated/aws/sigv4.py",
        "to update it: python -m edgemote_codegen generate sagemaker-edge",
    ]
    assert read_tree(copy) == before
    mend = done.stderr.splitlines()[-1].removeprefix("to update it: ").split()
    assert run(*mend[3:], cwd=copy).returncode == 0
    assert run("generate", "--check", SERVICE, cwd=copy).returncode == 0


def test_check_of_an_empty_folder_writes_nothing(tmp_path: Path) -> None:
    done = run("generate", "--check", SERVICE, cwd=tmp_path)
    assert done.returncode == 1
    assert "missing: generated/aws/sagemaker_edge/client.py\n" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_caches_and_empty_folders_are_not_stray(copy: Path) -> None:
    """A checkout keeps such folders of services that are no longer generated."""
    aws = copy / "generated" / "aws"
    (aws / "iot" / "__pycache__").mkdir(parents=True)
    (aws / "iot" / "__pycache__" / "client.cpython-311.pyc").write_bytes(b"x")
    (aws / "lambda_").mkdir()
    assert run("generate", "--check", SERVICE, cwd=copy).returncode == 0


def test_a_link_that_leads_nowhere_differs(tmp_path: Path) -> None:
    (tmp_path / "aws").mkdir()
    (tmp_path / "aws" / "a.py").symlink_to("nowhere")
    assert compare_files(tmp_path, {"aws/a.py": "# Generated\n"}) == [
        f"differs: {tmp_path}/aws/a.py"
    ]


# What may be replaced -----------------------------------------------------------------------------


def test_generate_replaces_what_was_there(copy: Path) -> None:
    done = run("generate", "iot-jobs-data", cwd=copy)
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (copy / "generated" / "aws").iterdir()}
    assert "iot_jobs_data" in names
    assert "sagemaker_edge" not in names
    assert [path.name for path in (copy / "generated").iterdir()] == ["aws"]


@pytest.mark.parametrize("name", ["aws/mine.py", "aws/sagemaker_edge/notes.txt", "aws/sigv4.py"])
def test_files_of_somebody_else_are_refused(name: str, copy: Path) -> None:
    (copy / "generated" / name).write_text("my own work\n")
    before = read_tree(copy)
    done = run("generate", "iot-jobs-data", cwd=copy)
    assert done.returncode == 2
    assert done.stderr == (
        f"edgemote_codegen: generated/{name} was not written by this generator: "
        "move it away, or name another folder with --out\n"
    )
    assert read_tree(copy) == before


def test_a_file_in_the_folder_s_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "aws").write_text("# Generated\n")
    with pytest.raises(CodegenError, match="aws is not a folder: move it away"):
        write_files(tmp_path, {"aws/a.py": "# Generated\n"})
    assert read_tree(tmp_path) == {"aws": b"# Generated\n"}


# Killed in the middle -----------------------------------------------------------------------------

# Writes two trees in turn, for ever; all files of a tree hold the same letter.
_WRITER = """
import sys
from pathlib import Path
from edgemote_codegen import output
if sys.argv[2] == "no-exchange":
    output.exchange = lambda one, other: False
print("ready", flush=True)
while True:
    for letter in "ab":
        names = [f"aws/{letter}{number}.py" for number in range(5)]
        names += ["aws/both.py", "aws/deep/er/both.py"]
        text = "# Generated " + letter * 20000 + "\\n"
        output.write_files(Path(sys.argv[1]), dict.fromkeys(names, text))
"""


@contextlib.contextmanager
def writer(out: Path, mode: str = "exchange") -> Iterator[subprocess.Popen[bytes]]:
    """The writer above, killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(out), mode],
        env=os.environ | {"PYTHONPATH": str(ROOT / "codegen")},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def expected_tree(letter: str) -> dict[str, bytes]:
    names = [f"{letter}{number}.py" for number in range(5)] + ["both.py", "deep/er/both.py"]
    return {name: f"# Generated {letter * 20000}\n".encode() for name in names}


TREES = [expected_tree("a"), expected_tree("b")]


def test_a_killed_run_leaves_the_old_tree_or_the_new_one(tmp_path: Path) -> None:
    """SIGKILL at random moments: never a mixture, never a missing file, never no tree at all."""
    exchange_or_skip(tmp_path)
    chance = random.Random(4)
    out = tmp_path / "out"
    write_files(out, {f"aws/{name}": content.decode() for name, content in TREES[0].items()})
    leftovers = 0
    for _ in range(12):
        with writer(out) as process:
            threading.Event().wait(chance.uniform(0, 0.03))
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert read_tree(out / "aws") in TREES
        leftovers += (out / ".aws-new").exists()
    assert leftovers, "no run was killed while it wrote: the moments are chosen badly"
    write_files(out, {"aws/a.py": "# Generated\n"})
    assert read_tree(out) == {"aws/a.py": b"# Generated\n"}


def test_where_trees_cannot_change_places_each_file_is_whole(tmp_path: Path) -> None:
    chance = random.Random(5)
    out = tmp_path / "out"
    contents = {content for tree in TREES for content in tree.values()}
    for _ in range(4):
        with writer(out, "no-exchange") as process:
            threading.Event().wait(chance.uniform(0.005, 0.03))
            process.send_signal(signal.SIGKILL)
            process.wait()
        if (out / "aws").exists():
            assert set(read_tree(out / "aws").values()) <= contents
    write_files(out, {f"aws/{name}": content.decode() for name, content in TREES[1].items()})
    assert read_tree(out / "aws") == TREES[1]


def test_runs_side_by_side_do_not_mix(tmp_path: Path) -> None:
    exchange_or_skip(tmp_path)
    out = tmp_path / "out"
    with writer(out), writer(out):
        for _ in range(20):
            threading.Event().wait(0.005)
    assert read_tree(out / "aws") in TREES


def exchange_or_skip(folder: Path) -> None:
    one, other = folder / "one", folder / "other"
    for path in (one, other):
        path.mkdir()
        (path / path.name).touch()
    if not exchange(one, other):
        pytest.skip("this file system cannot exchange two folders in one step")
    assert (one / "other").exists()
    assert (other / "one").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_write_that_fails_leaves_the_old_tree(tmp_path: Path) -> None:
    files = {"aws/a.py": "# Generated\n"}
    write_files(tmp_path, files)
    # A name that is longer than file systems take: it fails after the first file has been written.
    with pytest.raises(CodegenError, match=r"^cannot write to .*: File name too long$"):
        write_files(tmp_path, {"aws/a.py": "# Generated anew\n", f"aws/{'b' * 300}.py": ""})
    assert read_tree(tmp_path) == {"aws/a.py": b"# Generated\n"}
    assert [path.name for path in tmp_path.iterdir()] == ["aws"]


# Words on the screen ------------------------------------------------------------------------------


def test_list_names_services_and_operations(tmp_path: Path) -> None:
    done = run("list", cwd=tmp_path)
    services = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert services == sorted(services)
    assert {SERVICE, "dynamodb", "iot", "s3"} <= set(services)
    done = run("list", SERVICE, cwd=tmp_path)
    assert done.stdout == "GetDeployments\nGetDeviceRegistration\nSendHeartbeat\n"
    done = run("list", "sagemaker-egde", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean sagemaker-edge" in done.stderr


def test_a_reader_that_has_seen_enough_ends_the_list(tmp_path: Path) -> None:
    command = f"{sys.executable} -m edgemote_codegen list | head -n 1"
    environ = os.environ | {"PYTHONPATH": str(ROOT / "codegen")}
    done = subprocess.run(command, shell=True, cwd=tmp_path, env=environ, capture_output=True)
    assert (done.stdout, done.stderr) == (b"accessanalyzer\n", b"")


def test_help_explains_every_option(tmp_path: Path) -> None:
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert {"generate", "list"} <= set(done.stdout.split())
    text = run("generate", "--help", cwd=tmp_path).stdout
    words = "--model --all --out --check --no-docs --region --no-fips --no-dual-stack --no-arns"
    for word in (*words.split(), "SERVICE[:Operation,"):
        assert word in text
    assert "--model" in run("list", "--help", cwd=tmp_path).stdout
    generate = next(
        action for action in make_parser()._actions if getattr(action, "choices", None)
    ).choices
    assert generate is not None
    for command in generate.values():
        assert all(action.help for action in command._actions), "an option without a word about it"


def test_configuration_is_found_from_a_folder_below(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.edgemote]\nservices = ["{SERVICE}:SendHeartbeat"]\nout = "made"\ndocs = false\n'
    )
    below = tmp_path / "src" / "deep"
    below.mkdir(parents=True)
    (tmp_path / "src" / "pyproject.toml").write_text('[project]\nname = "without-our-table"\n')
    done = run("generate", cwd=below)
    assert (done.returncode, done.stderr) == (0, "")
    client = (tmp_path / "made" / "aws" / "sagemaker_edge" / "client.py").read_text()
    assert "def send_heartbeat" in client
    assert "def get_deployments" not in client
    assert client.startswith("# Generated, do not edit: `python -m edgemote_codegen generate` ")
    assert run("generate", "--check", cwd=tmp_path).returncode == 0
    # What the command line says goes before what the file says.
    done = run("generate", "--out", "other", "iot-jobs-data", cwd=below)
    assert done.returncode == 0
    assert (below / "other" / "aws" / "iot_jobs_data").is_dir()


class Terminal:
    """A pseudo terminal, as a text stream and as what has arrived on the screen."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        self.stream = os.fdopen(slave, "w")

    def read_screen(self) -> str:
        self.stream.close()
        seen = b""
        try:
            while chunk := os.read(self.master, 4096):
                seen += chunk
        except OSError:  # Linux's way to say that the other end is closed
            pass
        os.close(self.master)
        return seen.decode()


def show(items: Sequence[str], quiet_s: float, monkeypatch: pytest.MonkeyPatch) -> str:
    terminal = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", terminal.stream)
        assert list(show_progress(items, len(items), quiet_s)) == list(items)
    return terminal.read_screen()


def test_a_bar_shows_on_a_terminal_when_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = show(["iot", "ssm", "sqs"], -1, monkeypatch)
    assert re.findall(r"\[(#* *)\] (\d)/3", screen) == [
        (" " * 30, "0"),
        ("#" * 10 + " " * 20, "1"),
        ("#" * 20 + " " * 10, "2"),
    ]
    assert screen.endswith("\r\x1b[K"), "the bar is wiped away at the end"
    assert show(["iot", "ssm", "sqs"], 3600, monkeypatch) == ""


def test_no_bar_shows_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(show_progress(["iot", "ssm"], 2, -1)) == ["iot", "ssm"]
    assert capsys.readouterr() == ("", "")


def test_one_small_service_shows_no_bar_on_a_terminal(tmp_path: Path) -> None:
    terminal = Terminal()
    done = subprocess.run(
        [sys.executable, "-m", "edgemote_codegen", "generate", SERVICE],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT / "codegen")},
        stdout=subprocess.DEVNULL,
        stderr=terminal.stream,
    )
    assert done.returncode == 0
    assert terminal.read_screen() == ""


def test_the_mark_is_what_the_headers_begin_with(written: Path) -> None:
    contents = read_tree(written / "generated").values()
    assert all(content.startswith(output.MARK) for content in contents if content)
