"""edgemote.toml, which explains the keys, and the docs have every key, default and bound of the
schema; `make reference` writes them.
"""

import subprocess
import sys
import typing

import msgspec
import pytest
import trustme
from msgspec import NODEFAULT

import reference
from edgemote import ConfigError
from edgemote.agent.config import load, schema
from edgemote.agent.config.retired import KEYS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TOML = reference.TOML.read_text()
DEVICE = '[device]\nname = "cam-7"\nfleet = "dock"\n'
COUNTS = (float, int)


def fill_in(toml):
    return toml.replace('name = ""', 'name = "cam-7"').replace('# fleet = "dock"', 'fleet = "dock"')


def uncomment(toml, names):
    """With the lines that give these keys, or their examples, counting."""
    return "\n".join(
        line.removeprefix("# ") if line.removeprefix("# ").partition(" = ")[0] in names else line
        for line in toml.splitlines()
    )


def names_of(keys):
    return {key.partition(".")[2] for key in keys}


def load_text(tmp_path, text):
    file = tmp_path / "edgemote.toml"
    file.write_text(text)
    return load(str(file))


def test_the_files_are_as_the_schema_has_them():
    hint = "run: make reference"
    assert reference.write_toml(TOML) == TOML, hint
    docs = reference.DOCS.read_text()
    assert reference.write_docs(docs, TOML) == docs, hint


def test_every_key_and_section_is_explained():
    entries = reference.read_entries(TOML)
    silent = [name for name, entry in entries.items() if not reference.is_explained(entry)]
    assert silent == [], f"explain these in {reference.TOML}, then: make reference"


def test_each_default_is_the_one_of_the_schema():
    defaults = {key: value for key, _, value in schema.list_keys() if value not in (None, "")}
    required = {key for key, value in defaults.items() if value is NODEFAULT}
    assert required == {"device.name"}
    said = tomllib.loads(uncomment(TOML, names_of(defaults)))
    assert {
        f"{section}.{key}": value for section, keys in said.items() for key, value in keys.items()
    } == {**defaults, **dict.fromkeys(required, "")}


def test_each_bound_is_the_one_of_the_schema():
    words = dict(zip_facts())
    for key, kind, _ in schema.list_keys():
        meta = kind.__metadata__[0]
        if kind.__origin__ in COUNTS:
            least = meta.extra["least"] if meta.extra else meta.ge
            assert f"{least:,} to {meta.le:,}" in words[key]
            assert ("0 (no limit) or" in words[key]) == bool(meta.extra)


def zip_facts():
    section = ""
    before = ""
    for line in TOML.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif " = " in line and before.startswith("#"):
            yield f"{section}.{line.removeprefix('# ').partition(' = ')[0]}", before
        before = line


def test_it_loads_once_the_required_keys_are_filled_in(tmp_path):
    assert load_text(tmp_path, fill_in(TOML)) == load_text(tmp_path, DEVICE)


def test_it_loads_with_every_default_uncommented(tmp_path):
    defaults = names_of(key for key, _, value in schema.list_keys() if value not in (None, ""))
    text = uncomment(fill_in(TOML), defaults)
    assert text.count("\n# ") < TOML.count("\n# ") - 15
    assert load_text(tmp_path, text) == load_text(tmp_path, DEVICE)


def test_its_examples_fit(tmp_path):
    authority = trustme.CA()
    leaf = authority.issue_cert("cam-7")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "device.pem")
    leaf.private_key_pem.write_to_path(tmp_path / "device.key")
    program = tmp_path / "load"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = uncomment(fill_in(TOML), names_of(key for key, _, _ in schema.list_keys()))
    for example, real in (
        ('profile = "board"', ""),  # instead of the AWS IoT credential provider
        ("/etc/edgemote/device.pem", "device.pem"),
        ("/etc/edgemote/device.key", "device.key"),
        ("/etc/edgemote/AmazonRootCA1.pem", "ca.pem"),
        ("/etc/edgemote/signer.pem", "device.pem"),
        ("/usr/local/bin/load-model", str(program)),
        ("/usr/local/bin/unload-model", str(program)),
    ):
        assert example in text
        text = text.replace(example, real)
    config = load_text(tmp_path, text)
    assert config.credentials.iot_role_alias == "SageMakerEdge-dock"
    assert config.deployments.undeploy_command == (str(program), "{handle}")
    assert config.deployments.signers == (str(tmp_path / "device.pem"),)
    assert config.heartbeat.metrics


def test_defaults_fit_the_schema_that_has_them(tmp_path):
    config = load_text(tmp_path, DEVICE)
    assert config.device == schema.Device("cam-7", "dock")
    assert config.heartbeat == schema.Heartbeat(disk_path="/var/lib/edgemote")
    assert config.folders == schema.Folders(models="/var/lib/edgemote/models")
    assert msgspec.convert(msgspec.to_builtins(config), schema.Config) == config
    for struct in schema.SECTIONS.values():
        types = typing.get_type_hints(struct)
        for name, default in zip(
            reversed(struct.__struct_fields__), reversed(struct.__struct_defaults__), strict=False
        ):
            assert type(default) in (types[name], type(None), *typing.get_args(types[name])) or (
                name in ("level", "kind", "destination", "keep")
            )


@pytest.fixture
def grown(monkeypatch):
    """The schema with a new key, a new section, and without one key."""

    class Logging(msgspec.Struct, frozen=True):
        colour: schema.Flag = True
        prefix: schema.Text | None = None

    class Radio(msgspec.Struct, frozen=True):
        limit_s: typing.Annotated[float, schema._seconds(1, 9)] = 2.0

    for sections in (schema.SECTIONS, reference.SECTIONS):
        monkeypatch.setitem(sections, "log", Logging)
        monkeypatch.setitem(sections, "radio", Radio)


def test_a_new_key_gets_a_place_that_wants_an_explanation(grown):
    toml = reference.write_toml(TOML)
    assert toml.endswith(
        """
[log]

#
# True or false; default: true.
# colour = true

#
# A string of at most 255 characters; default: none.
# prefix = ""

#
[radio]

#
# A number (seconds), 1 to 9; default: 2.
# limit_s = 2
"""
    )
    before, after = reference.read_entries(TOML), reference.read_entries(toml)
    silent = {name for name in after if not reference.is_explained(after[name])}
    assert silent - before.keys() == {"log.colour", "log.prefix", "radio", "radio.limit_s"}
    explained = toml.replace("#\n# True", "# Whether lines are in colour.\n# True")
    assert reference.write_toml(explained) == explained
    docs = reference.write_docs(reference.DOCS.read_text(), explained)
    assert "| `log.colour` | true or false | true | Whether lines are in colour. |\n" in docs
    assert "log.level" not in docs.partition(reference.END)[0]


def test_the_docs_have_the_keys_of_the_retired_agent():
    rows = {
        cells[1].strip(" `"): cells[2].strip(" `")
        for cells in (line.split("|") for line in reference.DOCS.read_text().splitlines())
        if len(cells) == 5
    }
    ours = {name: "" if " " in key else key for name, key in KEYS.items()}
    assert {name: rows[name] for name in ours} == ours
    assert set(rows) - set(ours) == {"---", "its key, without `sagemaker_edge_"}


def test_the_docs_tell_what_is_told(tmp_path):
    docs = reference.DOCS.read_text()
    wrong = '[device]\nname = "cam-7"\n[heartbeat]\nperod_s = 60\n[link]\nread_timeout_s = 0\n'
    with pytest.raises(ConfigError) as caught:
        load_text(tmp_path, wrong)
    for line in str(caught.value).replace(str(tmp_path), "/etc").splitlines():
        assert f"\n{line}\n" in docs


def test_make_reference_changes_nothing_where_nothing_changed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "reference"],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert "written" not in done.stderr
    assert reference.TOML.read_text() == TOML
