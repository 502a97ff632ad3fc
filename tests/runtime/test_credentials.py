"""Credentials beside botocore's own, found in real files, environments and processes."""

import json
import math
import os
import subprocess
import sys
import threading
import time

import botocore.exceptions
import botocore.session
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aws.sigv4 import Credentials
from aws_home import aws_home, ini
from edgemote.client.settings import read_settings
from edgemote.credentials import find_credentials, process, provider
from edgemote.credentials.provider import (
    RETRY_PAUSE_S,
    Fixed,
    Refreshing,
    SourceError,
)
from edgemote.errors import ClockSyncedError, ConfigError, CredentialsError
from edgemote.profiles import SharedFiles
from exposure import exposed

NOW_S = 1_700_000_000.0
KEYS = st.text(alphabet="ABCxyz019+/=", min_size=1, max_size=8)
TOKENS = st.text(alphabet="ABCxyz019+/=%#;", min_size=1, max_size=8)
PROFILES = st.sampled_from(["default", "board", "my board", "absent"])


@st.composite
def sections(draw):
    """A profile's section. Where half a pair is missing, it is the secret."""
    section = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "region": st.just("us-west-2"),
                "aws_security_token": TOKENS,
                "AWS_Session_Token": TOKENS,
                "s3": st.just({"addressing_style": "path"}),
                "credential_process": st.sampled_from(["cat plain", "cat lasting", "false"]),
            },
        )
    )
    if draw(st.integers(0, 3)):
        section["aws_access_key_id"] = draw(KEYS)
        if draw(st.integers(0, 7)):
            section["aws_secret_access_key"] = draw(KEYS)
    return section


@st.composite
def environs(draw):
    environ = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "AWS_SECURITY_TOKEN": TOKENS | st.just(""),
                "AWS_SESSION_TOKEN": TOKENS | st.just(""),
                "AWS_CREDENTIAL_EXPIRATION": st.sampled_from(["2099-02-06T05:54:46Z", ""]),
                "AWS_PROFILE": PROFILES,
                "AWS_DEFAULT_PROFILE": PROFILES,
            },
        )
    )
    if draw(st.booleans()):
        environ["AWS_ACCESS_KEY_ID"] = draw(KEYS)
        if draw(st.integers(0, 5)):
            environ["AWS_SECRET_ACCESS_KEY"] = draw(KEYS)
    return environ


configs = st.fixed_dictionaries(
    {},
    optional={
        "default": sections(),
        "profile default": sections(),
        "profile board": sections(),
        'profile "my board"': sections(),
        "board": sections(),
        "DEFAULT": st.just({"region": "eu-west-1"}),
    },
)
credentials_files = st.fixed_dictionaries(
    {},
    optional={"default": sections(), "board": sections(), "profile board": sections()},
)

ANSWER = {"Version": 1, "AccessKeyId": "process-id", "SecretAccessKey": "process-secret"}
LASTING = {**ANSWER, "SessionToken": "process-token", "Expiration": "2099-02-06T05:54:46Z"}


def ask_botocore(profile):
    """The keys that botocore finds, None where it finds none, "error" where it raises."""
    session = botocore.session.Session(profile=profile)
    try:
        found = session.get_credentials()
    except botocore.exceptions.BotoCoreError:
        return "error"
    if found is None:
        return None
    keys = found.get_frozen_credentials()
    return (keys.access_key, keys.secret_key, keys.token)


def ask_edgemote(profile):
    try:
        # As a client does: it is the settings that refuse an unknown profile beside the
        # environment's keys, where botocore's search for credentials does.
        shared = SharedFiles(os.environ)
        read_settings(service_id="S3", profile=profile, shared=shared)
        found = find_credentials(profile=profile, shared=shared).get(NOW_S)
    except (ConfigError, CredentialsError) as error:
        return None if str(error).startswith("no credentials found") else "error"
    assert isinstance(found, Credentials)
    return (found.access_key_id, found.secret_access_key, found.session_token)


@pytest.mark.slow
@settings(max_examples=70, deadline=None)
@given(environs(), configs, credentials_files, st.none() | PROFILES)
@example(
    {"AWS_ACCESS_KEY_ID": "e", "AWS_SECRET_ACCESS_KEY": "e", "AWS_PROFILE": "board"},
    {},
    {"board": {"aws_access_key_id": "b", "aws_secret_access_key": "b"}},
    None,
)
@example(
    {"AWS_ACCESS_KEY_ID": "e", "AWS_SECRET_ACCESS_KEY": "e"},
    {},
    {"board": {"aws_access_key_id": "b", "aws_secret_access_key": "b"}},
    "board",
)
@example(
    {
        "AWS_ACCESS_KEY_ID": "e",
        "AWS_SECRET_ACCESS_KEY": "e",
        "AWS_SECURITY_TOKEN": "first",
        "AWS_SESSION_TOKEN": "second",
    },
    {},
    {},
    None,
)
@example(
    {},
    {"default": {"credential_process": "cat lasting"}},
    {"default": {"credential_process": "cat plain"}},
    None,
)
def test_keys_equal_botocores(environ, config, credentials, profile):
    with aws_home(environ, ini(config), ini(credentials)) as home:
        (home / "plain").write_text(json.dumps(ANSWER))
        (home / "lasting").write_text(json.dumps(LASTING))
        before = os.getcwd()
        os.chdir(home)
        try:
            ours, theirs = ask_edgemote(profile), ask_botocore(profile)
        finally:
            os.chdir(before)
    assert ours == theirs


def find(profile=None):
    return find_credentials(profile=profile).get(NOW_S)


def test_given_credentials_are_handed_back():
    keys = Credentials("id", "secret")
    found = find_credentials(keys)
    assert found.get(0.0) is found.get(1e12) is keys


def test_a_given_provider_is_handed_back():
    own = Fixed(Credentials("id", "secret"))
    assert find_credentials(own) is own


@pytest.mark.parametrize("given", [{"access_key_id": "hunter2"}, ("hunter2", "b"), "hunter2", 5])
def test_what_cannot_be_given(given):
    with pytest.raises(ConfigError) as caught:
        find_credentials(given)
    assert str(caught.value) == (
        "argument credentials: expected edgemote.Credentials or an object with get(now_s), "
        f"got {type(given).__name__}"
    )


def test_when_nothing_is_found_every_source_says_what_to_set():
    with aws_home({}) as home:
        with pytest.raises(CredentialsError) as caught:
            find()
        assert str(caught.value) == (
            "no credentials found; environment: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            "and name no profile; "
            "shared files: set aws_access_key_id and aws_secret_access_key, or credential_process, "
            f"in profile 'default' of {home}/.aws/credentials or {home}/.aws/config; "
            "IoT role alias: none is configured; "
            "container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
            "AWS_CONTAINER_CREDENTIALS_FULL_URI is set; "
            "instance metadata: switched off by AWS_EC2_METADATA_DISABLED"
        )
        (home / ".aws" / "config").write_text("[profile board]\nregion = us-west-2\n")
        os.environ["AWS_ACCESS_KEY_ID"] = "id"
        os.environ["AWS_SECRET_ACCESS_KEY"] = "secret"
        with pytest.raises(CredentialsError, match=r"environment: set .*, and name no profile"):
            find("board")


PAIR = "aws_access_key_id = hunter2\naws_secret_access_key = hunter2\n"


@pytest.mark.parametrize(
    ("environ", "credentials", "text"),
    [
        (
            {"AWS_ACCESS_KEY_ID": "hunter2"},
            None,
            "environment: AWS_SECRET_ACCESS_KEY is required when AWS_ACCESS_KEY_ID is set",
        ),
        (
            {"AWS_SECRET_ACCESS_KEY": "hunter2"},
            "[default]\n" + PAIR,
            "environment: AWS_ACCESS_KEY_ID is required when AWS_SECRET_ACCESS_KEY is set",
        ),
        (
            {"AWS_ACCESS_KEY_ID": "hunter2\n", "AWS_SECRET_ACCESS_KEY": "hunter2"},
            None,
            "environment: access_key_id: it begins or ends with white space or a line break",
        ),
        (
            {
                "AWS_ACCESS_KEY_ID": "hunter2",
                "AWS_SECRET_ACCESS_KEY": "hunter2",
                "AWS_CREDENTIAL_EXPIRATION": "hunter2",
            },
            None,
            "AWS_CREDENTIAL_EXPIRATION: expected a time like 2023-02-06T05:54:46Z",
        ),
        (
            {},
            "[default]\naws_access_key_id = hunter2\n",
            "profile 'default' of {}: aws_secret_access_key is missing",
        ),
        (
            {},
            "[default]\naws_secret_access_key = hunter2\n",
            "profile 'default' of {}: aws_access_key_id is missing",
        ),
        (
            {},
            "[default]\naws_access_key_id =\naws_secret_access_key = hunter2\n",
            "profile 'default' of {}: aws_access_key_id is empty",
        ),
        (
            {},
            "[default]\naws_access_key_id = hunter2 x\naws_secret_access_key = hunter2\n",
            "profile 'default' of {}: access_key_id: it contains a character that is not allowed "
            "in a key",
        ),
        (
            {},
            "[default]\naws_session_token =\n  hunter2 = x\n" + PAIR,
            "profile 'default' of {}: the session token is not a string",
        ),
        ({}, "[default]\nhunter2", "{} is not an INI file, see its line 2"),
        ({}, PAIR, "{} is not an INI file, see its line 1"),
        (
            {},
            "[default]\ncredential_process =\n  hunter2 = x\n",
            "credential_process in profile 'default' of {}: expected a command, got dict",
        ),
        (
            {},
            "[default]\ncredential_process =\n",
            "credential_process in profile 'default' of {}: expected a command",
        ),
        (
            {},
            "[default]\ncredential_process = ''\n",
            "credential_process in profile 'default' of {}: cannot start the program",
        ),
        (
            {},
            "[default]\ncredential_process = run 'hunter2\n",
            "credential_process in profile 'default' of {}: a quotation mark is not closed",
        ),
        (
            {"AWS_WEB_IDENTITY_TOKEN_FILE": "/token"},
            "[default]\n" + PAIR,
            "web identity: set role_arn in profile 'default', or AWS_ROLE_ARN where no profile is "
            "an argument: it is required when web_identity_token_file is set",
        ),
        *(
            (
                {},
                f"[default]\n{key} = hunter2\n{keys}",
                f"profile 'default' sets {key}: {way} is not",
            )
            for key, way, keys in (
                ("sso_account_id", "SSO", PAIR),
                ("sso_role_name", "SSO", ""),
                ("sso_session", "SSO", ""),
                ("sso_start_url", "SSO", ""),
                ("login_session", "aws login", ""),
            )
        ),
    ],
)
def test_what_is_refused(environ, credentials, text):
    with aws_home(environ, credentials=credentials) as home:
        with pytest.raises((ConfigError, CredentialsError)) as caught:
            find()
        assert str(caught.value).startswith(text.format(home / ".aws" / "credentials"))
    assert "hunter2" not in exposed(caught.value)


def test_a_file_that_is_not_utf8_is_not_shown():
    with aws_home({}) as home:
        (home / ".aws" / "credentials").write_bytes(b"[default]\na = hunter2\xff\n")
        with pytest.raises(ConfigError, match="is not UTF-8 text") as caught:
            find()
    assert "hunter2" not in exposed(caught.value)


@pytest.mark.parametrize("key", ["sso_session", "login_session", "source_profile"])
def test_keys_count_where_botocore_prefers_them(key):
    with aws_home({}, credentials=f"[default]\n{key} = x\n{PAIR}"):
        assert find().access_key_id == "hunter2"


def test_environment_with_an_end_is_read_again_before_it():
    environ = {
        "AWS_ACCESS_KEY_ID": "one",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_CREDENTIAL_EXPIRATION": "2023-11-14T23:13:20Z",  # an hour after NOW_S
    }
    found = find_credentials(environ=environ)
    first = found.get(NOW_S)
    environ["AWS_ACCESS_KEY_ID"] = "two"
    environ["AWS_CREDENTIAL_EXPIRATION"] = "2023-11-15T23:13:20Z"
    assert found.get(NOW_S + 2699) is first
    assert found.get(NOW_S + 2700).access_key_id == "two"
    with pytest.raises(ConfigError, match="profile 'named' is neither in"):
        find_credentials(profile="named", environ={**environ, "HOME": "/nowhere"})


class Source:
    """A source by hand: what `get` is to find, and how often it was asked."""

    def __init__(self, lifetime_s):
        self.lifetime_s = lifetime_s
        self.count = 0
        self.fails = False
        self.pause_s = None

    def fetch(self, now_s):
        self.count += 1
        if self.pause_s is not None:
            raise SourceError("out of order", self.pause_s)
        if self.fails:
            raise CredentialsError("out of order")
        return Credentials(f"id{self.count}", "secret"), (
            None if self.lifetime_s is None else now_s + self.lifetime_s
        )


@pytest.mark.parametrize(
    ("lifetime_s", "refreshed_s"),
    [(43_200, 42_300), (3600, 2700), (900, 675), (60, 45), (1, 0.75)],
)
def test_credentials_are_fetched_again_ahead_of_their_end(lifetime_s, refreshed_s):
    source = Source(lifetime_s)
    found = Refreshing(source.fetch)
    assert source.count == 0
    first = found.get(NOW_S)
    assert found.get(NOW_S + refreshed_s - 0.01) is first
    assert found.get(NOW_S + refreshed_s).access_key_id == "id2"


def test_without_an_end_they_are_fetched_once():
    source = Source(None)
    found = Refreshing(source.fetch)
    assert found.get(0.0) is found.get(1e18)
    assert source.count == 1


def test_while_a_refresh_fails_what_is_valid_is_used():
    source = Source(3600)
    found = Refreshing(source.fetch)
    first = found.get(NOW_S)
    source.fails = True
    for second in range(2700, 3600):
        assert found.get(NOW_S + second) is first
    assert source.count == 1 + 900 / RETRY_PAUSE_S
    for second in (3600, 3601, 3659):
        with pytest.raises(CredentialsError, match="out of order"):
            found.get(NOW_S + second)
    assert source.count == 17
    source.fails = False
    assert found.get(NOW_S + 3660).access_key_id == "id18"


@pytest.mark.parametrize("pause_s", [10, 120])
def test_a_source_says_how_long_it_is_left_alone(pause_s):
    source = Source(3600)
    found = Refreshing(source.fetch)
    source.pause_s = pause_s
    for second in range(3 * pause_s):
        with pytest.raises(SourceError, match="out of order") as caught:
            found.get(NOW_S + second)
        assert caught.value.pause_s == pause_s - second % pause_s
    assert source.count == 3
    source.pause_s = None
    first = found.get(NOW_S + 3 * pause_s)
    # With valid credentials at hand there is no hurry.
    source.pause_s, source.count = pause_s, 0
    for second in range(2700, 3600):
        assert found.get(NOW_S + 3 * pause_s + second) is first
    assert source.count == math.ceil(900 / max(pause_s, RETRY_PAUSE_S))


def test_time_that_was_learnt_on_the_way_is_no_failure_of_the_source():
    source = Source(3600)

    def fetch(now_s):
        if source.fails:
            raise ClockSyncedError("it is another time")
        return source.fetch(now_s)

    found = Refreshing(fetch)
    for held_s in (0, 2710):  # nothing at hand; something that by the old time is valid
        source.fails = True
        for _ in range(2):
            with pytest.raises(ClockSyncedError):
                found.get(NOW_S + held_s)
        source.fails = False
        assert found.get(NOW_S + held_s + 1).access_key_id == f"id{source.count}"
    assert source.count == 2


def test_a_clock_that_is_set_back_ends_the_pause():
    source = Source(3600)
    source.fails = True
    found = Refreshing(source.fetch)
    for now_s in (NOW_S + 1e9, NOW_S):
        with pytest.raises(CredentialsError):
            found.get(now_s)
    assert source.count == 2


def test_credentials_that_seem_to_have_run_out_are_tried_for_a_while():
    # The board's clock is a year ahead; the service's answer will tell.
    source = Source(-31_536_000)
    found = Refreshing(source.fetch)
    first = found.get(NOW_S)
    assert found.get(NOW_S + RETRY_PAUSE_S - 1) is first
    assert found.get(NOW_S + RETRY_PAUSE_S).access_key_id == "id2"
    # Set right, it is asked again ahead of the end, not at some time derived from the wrong clock.
    end_s = NOW_S + RETRY_PAUSE_S - 31_536_000
    source.lifetime_s = 3600
    assert found.get(end_s - 901).access_key_id == "id2"
    assert found.get(end_s - 900).access_key_id == "id3"


@given(
    st.lists(
        st.tuples(
            st.integers(-5000, 5000),
            st.none() | st.sampled_from([10, 60, 120]),
            st.integers(-100, 5000) | st.none(),
        ),
        max_size=30,
    )
)
def test_what_get_returns_is_valid_by_the_sources_word_or_fresh(steps):
    source = Source(None)
    ends = {}
    failed_s = []

    def fetch(now_s):
        failed_s.append(now_s)
        keys, end_s = source.fetch(now_s)
        failed_s.clear()
        ends[keys.access_key_id] = (now_s, end_s)
        return keys, end_s

    found = Refreshing(fetch)
    now_s = NOW_S
    for step_s, source.pause_s, source.lifetime_s in steps:
        now_s += step_s
        try:
            keys = found.get(now_s)
        except CredentialsError:
            assert 0 <= now_s - failed_s[-1] < 120
            continue
        fetched_s, end_s = ends[keys.access_key_id]
        assert end_s is None or now_s < end_s or 0 <= now_s - fetched_s < RETRY_PAUSE_S


def test_one_thread_fetches_and_the_others_go_on():
    entered, leave = threading.Event(), threading.Event()
    first = Credentials("first", "secret")

    def fetch(now_s):
        if now_s == NOW_S:
            return first, NOW_S + 3600
        entered.set()
        assert leave.wait(60)
        return Credentials("second", "secret"), NOW_S + 7200

    found = Refreshing(fetch)
    assert found.get(NOW_S) is first
    results = []
    waiting = threading.Thread(target=lambda: results.append(found.get(NOW_S + 3000)))
    waiting.start()
    assert entered.wait(60)
    assert found.get(NOW_S + 3000) is first
    leave.set()
    waiting.join(60)
    assert [keys.access_key_id for keys in results] == ["second"]


def run(script, time_limit_s=process.TIME_LIMIT_S):
    return process.fetch(["/bin/sh", "-c", script], "here", time_limit_s)


def answer(**fields):
    return f"printf %s '{json.dumps({**ANSWER, **fields})}'"


def test_what_a_program_answers():
    assert run(answer()) == (Credentials("process-id", "process-secret"), None)
    keys, end_s = run(answer(SessionToken="t", Expiration="2023-02-06T05:54:46+01:00", More=[1]))
    assert (keys.session_token, end_s) == ("t", 1675659286.0)


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("echo hunter2; echo hunter2 >&2; exit 3", "the program ended with status 3"),
        ("kill -9 $$", "the program ended with status -9"),
        ("echo hunter2", "unusable output of the program: JSON is malformed"),
        ("true", "unusable output of the program: Input data was truncated"),
        ("echo '[\"hunter2\"]'", "unusable output of the program: Expected `object`, got `array`"),
        ('printf \'{"AccessKeyId":"hunter2\\377"}\'', "the program's output is not UTF-8 text"),
        (answer(Version=2), "the program's output is not Version 1"),
        (answer(Version="1"), "unusable output of the program: Expected `float`, got `str`"),
        (answer(AccessKeyId=None), "unusable output of the program: Expected `str`, got `null`"),
        (
            'echo \'{"Version":1,"AccessKeyId":"hunter2"}\'',
            "unusable output of the program: Object",
        ),
        (answer(SecretAccessKey=""), "secret_access_key: it is empty"),
        (answer(SessionToken="hunter2\n"), "session_token: it begins or ends with white space"),
        (
            "printf '{\"a\":'; head -c 60000 /dev/zero | tr '\\0' '['",
            # Python 3.14 limits recursion in C by the stack, which this does not fill.
            "the program's output is nested too deeply"
            if sys.version_info < (3, 14)
            else "unusable output of the program: Input data was truncated",
        ),
        (answer(Expiration="hunter2"), "Expiration: expected a time like"),
        ("yes hunter2", f"the program wrote more than {process.OUTPUT_LIMIT_BYTES} bytes"),
    ],
)
def test_what_a_program_may_do_wrong(script, text):
    with pytest.raises(CredentialsError) as caught:
        run(script)
    assert str(caught.value).startswith(f"here: {text}")
    assert "hunter2" not in exposed(caught.value)


def test_a_program_has_no_input_and_no_shell():
    assert run("cat; " + answer())[1] is None
    keys, _ = process.fetch(
        process.split_command(
            f"printf %s '{json.dumps({**ANSWER, 'AccessKeyId': '$HOME;id'})}'", "w"
        ),
        "here",
    )
    assert keys.access_key_id == "$HOME;id"


def test_a_program_that_does_not_exist():
    for argv in (["/nonexistent/hunter2"], ["/tmp"], ["a\0b"]):
        with pytest.raises(CredentialsError, match=r"^here: cannot start the program: ") as caught:
            process.fetch(argv, "here")
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "script",
    [
        "echo $$ > pid; exec sleep 600",  # says nothing
        "echo $$ > pid; exec >&-; exec sleep 600",  # says nothing more, and stays
        "sleep 600 & echo $! > pid; wait",  # a child stays
        "sleep 600 & echo $! > pid",  # a child stays and holds the pipe
        "echo $$ > pid; while :; do echo x; sleep 0.01; done",  # drips
    ],
)
def test_a_program_that_takes_too_long_is_ended_with_its_children(script, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = tmp_path / "pid"
    name.touch()
    limit_s = 0.1
    while not name.read_text():  # a busy machine had no time to begin it: once more, with more
        limit_s *= 2
        assert limit_s < 60
        late = f"^here: the program took longer than {limit_s:g} s$"
        with pytest.raises(CredentialsError, match=late):
            run(script, limit_s)
    pid = int(name.read_text())
    for _ in range(1000):  # it is killed; the kernel may take a moment to let it go
        if not is_running(pid):
            return
        time.sleep(0.01)
    raise AssertionError(f"process {pid} is still there")


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_program_is_run_when_its_credentials_are_needed(tmp_path):
    count = tmp_path / "count"
    script = tmp_path / "program"
    script.write_text(
        f"#!/bin/sh\necho x >> {count}\n{answer(Expiration='2023-11-14T23:13:20Z')}\n"
    )
    script.chmod(0o755)
    with aws_home({}, f"[default]\ncredential_process = {script}\n"):
        found = find_credentials()
        assert not count.exists()
        first = found.get(NOW_S)
        assert found.get(NOW_S + 2699) is first
        assert count.read_text().count("x") == 1
        # The program has the same again: so has the signer, which goes by identity.
        assert found.get(NOW_S + 2700) is first
        assert count.read_text().count("x") == 2


def test_no_secret_is_shown():
    keys = Credentials("id", "hunter2", "hunter2")
    assert "hunter2" not in repr(Fixed(keys)) + repr(Refreshing(lambda now_s: (keys, None)))


PROBE = """
import sys
from edgemote.credentials import find_credentials
before = set(sys.modules)
find_credentials().get(0.0)
print(*(set(sys.modules) - before))
"""


SOURCE = "edgemote.credentials"
OVER_HTTP = {
    f"{SOURCE}.{name}" for name in ("http_source", "iot_role_alias", "container", "instance")
}


def test_the_files_parser_is_loaded_for_files_and_processes_for_programs():
    cases = (
        # Not subprocess itself: on Python 3.10 msgspec has loaded it, by way of uuid and platform.
        (None, {f"{SOURCE}.environment"}, {f"{SOURCE}.shared_files", "configparser", *OVER_HTTP}),
        ("[default]\n" + PAIR, {"configparser"}, {"shlex", f"{SOURCE}.process", *OVER_HTTP}),
        (
            "[default]\ncredential_process = cat answer\n",
            {"configparser", f"{SOURCE}.process"},
            set(),
        ),
    )
    for credentials, loaded, spared in cases:
        environ = {} if credentials else {"AWS_ACCESS_KEY_ID": "i", "AWS_SECRET_ACCESS_KEY": "s"}
        with aws_home(environ, credentials=credentials) as home:
            (home / "answer").write_text(json.dumps(ANSWER))
            probe = subprocess.run(
                [sys.executable, "-c", PROBE],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                cwd=home,
                capture_output=True,
                text=True,
                check=True,
            )
        modules = set(probe.stdout.split())
        assert loaded <= modules
        assert not spared & modules


def test_times_beyond_a_32_bit_time_t():
    assert provider.parse_expiration("x", "2106-02-07T06:28:16Z") == 2**32
    assert provider.parse_expiration("x", "1969-12-31T23:59:59Z") == -1


def test_an_expiration_that_is_not_even_text():
    with pytest.raises(CredentialsError, match=r"^x: expected a time like 2023-02-06T05:54:46Z, "):
        provider.parse_expiration("x", "\udcff")
