"""Roles that AWS STS gives keys for: beside botocore's providers with the same files, variables and
server.
"""

import os
import subprocess
import sys
import time
import traceback
from types import SimpleNamespace

import botocore.session
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import edgemote
from aws.ssm import SSM
from aws.sts import STS
from aws_home import aws_home, ini
from edgemote.errors import ConfigError, CredentialsError
from exposure import exposed
from sts_server import CONTAINER_PATH, serve

ROLE = "arn:aws:iam::123456789012:role/{}"
KEYS = {"aws_access_key_id": "AKIDFILE", "aws_secret_access_key": "hunter2-secret"}
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "hunter2-secret"}
REGION = {"AWS_DEFAULT_REGION": "eu-west-1"}
TOKEN = "hunter2.web.token"
NAMES = ["default", "one", "two"]
LOADER = botocore.session.Session().get_component("data_loader")  # it keeps what it has read


@pytest.fixture(scope="module")
def server():
    with serve() as found:
        yield found


@pytest.fixture
def sts(server):
    server.clear()
    return server


def sections(name):
    """A profile's section; now and then it makes sense."""
    sources = st.fixed_dictionaries({"source_profile": st.sampled_from([*NAMES, "absent"])}) | (
        st.fixed_dictionaries(
            {
                "credential_source": st.sampled_from(
                    ["Environment", "EcsContainer", "Ec2InstanceMetadata", "environment"]
                )
            }
        )
    )
    role = st.fixed_dictionaries(
        {"role_arn": st.just(ROLE.format(name))},
        optional={
            "external_id": st.just("dock 7"),
            "role_session_name": st.sampled_from(["cam-7", ""]),
            "duration_seconds": st.just("900"),
        },
    )
    identity = st.fixed_dictionaries({"web_identity_token_file": st.just("token")})
    none = st.just({})
    parts = st.tuples(
        role | none, sources | sources | none, identity | none | none, st.just(KEYS) | none
    )
    return parts.map(lambda found: {key: value for part in found for key, value in part.items()})


def files(**named):
    return st.fixed_dictionaries({}, optional={name: sections(key) for key, name in named.items()})


environs = st.fixed_dictionaries(
    {},
    optional={
        "AWS_WEB_IDENTITY_TOKEN_FILE": st.sampled_from(["token", "absent"]),
        "AWS_ROLE_ARN": st.just(ROLE.format("env")),
        "AWS_ROLE_SESSION_NAME": st.just("session"),
        "AWS_PROFILE": st.sampled_from(NAMES),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": st.just(CONTAINER_PATH),
        "keys": st.just(""),
    },
)


def ask(server, keys):
    """The access key that is found, and how STS was asked; "error" and this."""
    server.clear()
    try:
        found = keys()
    except Exception as error:
        found = "error"
        text = "".join(traceback.format_exception(error))
        if isinstance(error, edgemote.Error) and "hunter2" in text:
            raise
    for request in server.asked:
        if request.form["RoleSessionName"].startswith(("botocore-session-", "edgemote-")):
            request.form["RoleSessionName"] = "default"
    return found, server.asked


def ask_botocore(profile):
    session = botocore.session.Session(profile=profile)
    session.register_component("data_loader", LOADER)
    found = session.get_credentials()
    return None if found is None else found.get_frozen_credentials().access_key


def ask_edgemote(profile):
    try:
        client = edgemote.connect(SSM, profile=profile)
    except CredentialsError as error:
        if str(error).startswith("no credentials found"):
            return None
        raise
    return client._call.provider.get(time.time()).access_key_id


WEB = {"web_identity_token_file": "token", "role_arn": ROLE.format("web")}


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    environs,
    files(one="profile one", two="profile two", default="default"),
    files(one="one", default="default"),
    st.sampled_from([None, *NAMES]),
)
@example(
    {}, {"profile one": {"role_arn": ROLE.format("a"), "source_profile": "one", **KEYS}}, {}, "one"
)
@example(
    {},
    {
        "profile one": {"role_arn": ROLE.format("a"), "source_profile": "two", "external_id": "x7"},
        "profile two": {"role_arn": ROLE.format("b"), "source_profile": "default"},
        "default": KEYS,
    },
    {},
    "one",
)
@example(
    {},
    {
        "profile one": {"role_arn": ROLE.format("a"), "source_profile": "two"},
        "profile two": {"role_arn": ROLE.format("b"), "source_profile": "one"},
    },
    {},
    "one",
)
@example({}, {"profile one": {"role_arn": ROLE.format("a"), "source_profile": "one"}}, {}, "one")
@example(
    {"AWS_CONTAINER_CREDENTIALS_FULL_URI": CONTAINER_PATH},
    {"default": {"role_arn": ROLE.format("a"), "credential_source": "EcsContainer"}},
    {},
    None,
)
@example(
    {"keys": ""},
    {"profile one": {"role_arn": ROLE.format("a"), "credential_source": "Environment"}},
    {},
    "one",
)
@example(
    {},
    {"profile one": {"role_arn": ROLE.format("a"), "source_profile": "two"}, "profile two": WEB},
    {},
    "one",
)
@example(
    {},
    {
        "profile one": {"role_arn": ROLE.format("a"), "source_profile": "two"},
        "profile two": {**WEB, **KEYS},
    },
    {},
    "one",
)
@example(
    {"AWS_WEB_IDENTITY_TOKEN_FILE": "token", "AWS_ROLE_ARN": ROLE.format("env")},
    {"default": WEB},
    {},
    None,
)
@example(
    {"AWS_WEB_IDENTITY_TOKEN_FILE": "token"},
    {"profile one": {"role_arn": ROLE.format("a")}, "default": KEYS},
    {},
    "one",
)
def test_sts_is_asked_as_botocore_asks_it(server, environ, config, credentials, profile):
    environ = {**environ, **REGION, "AWS_ENDPOINT_URL_STS": server.url}
    if environ.pop("keys", None) is not None:
        environ |= ENVIRONMENT
    if "AWS_CONTAINER_CREDENTIALS_FULL_URI" in environ:
        environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.url + CONTAINER_PATH
    with aws_home(environ, ini(config), ini(credentials)) as home:
        (home / "token").write_text(TOKEN)
        before = os.getcwd()
        os.chdir(home)
        try:
            ours = ask(server, lambda: ask_edgemote(profile))
            theirs = ask(server, lambda: ask_botocore(profile))
        finally:
            os.chdir(before)
    assert ours == theirs


# Its life ----------------------------------------------------------------------------------------

SOURCE = edgemote.Credentials("AKIDSOURCE", "hunter2-secret")


@pytest.fixture
def home(sts):
    with aws_home({**REGION, "AWS_ENDPOINT_URL_STS": sts.url}) as folder:
        yield folder


def connect(role, **options):
    """The provider of a client that has such keys."""
    return edgemote.connect(SSM, credentials=role, **options)._call.provider


def refused(provider, now_s):
    with pytest.raises(CredentialsError) as caught:
        provider.get(now_s)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


@pytest.fixture(params=["role", "web identity"])
def provider(request, home):
    if request.param == "role":
        return connect(edgemote.AssumeRole(ROLE.format("a"), SOURCE), retries=1)
    (home / "token").write_text(TOKEN)
    return connect(edgemote.WebIdentity(ROLE.format("a"), str(home / "token")), retries=1)


def test_keys_are_asked_for_again_ahead_of_their_end(sts, provider):
    now_s = time.time()
    first = provider.get(now_s)
    assert first.access_key_id == "ASIAA1"
    assert provider.get(now_s + 2600) is first
    assert provider.get(now_s + 2800).access_key_id == "ASIAA2"
    assert len(sts.asked) == 2


@pytest.mark.parametrize("lifetime_s", [86_400.0, 3.2e10])
def test_no_key_is_kept_for_longer_than_sts_grants(sts, provider, lifetime_s):
    now_s = time.time()
    sts.lifetime_s = lifetime_s
    first = provider.get(now_s)
    assert provider.get(now_s + 42_200) is first
    assert provider.get(now_s + 42_400).access_key_id == "ASIAA2"


@pytest.mark.parametrize(
    ("status", "pause_s", "tries"), [(400, 120, 1), (403, 120, 1), (500, 60, 2)]
)
def test_a_refusal_is_remembered(sts, provider, status, pause_s, tries):
    sts.refusal = status, "AccessDenied", "no"
    now_s = time.time()
    text = refused(provider, now_s)
    assert text == f"{provider.where}: {provider.operation}: AccessDenied: no (HTTP {status})"
    assert refused(provider, now_s + pause_s - 1) == text
    assert len(sts.asked) == tries
    refused(provider, now_s + pause_s + 1)
    assert len(sts.asked) == 2 * tries


def test_no_error_shows_a_token_that_sts_quotes(sts, home):
    (home / "token").write_text(f"{TOKEN}\n")
    sts.refusal = 400, "InvalidIdentityToken", f"not {TOKEN}, please"
    provider = connect(edgemote.WebIdentity(ROLE.format("a"), str(home / "token")))
    with pytest.raises(CredentialsError, match=r"InvalidIdentityToken: not \.\.\., pl") as caught:
        provider.get(time.time())
    assert TOKEN not in exposed(caught.value)


def test_valid_keys_are_used_while_a_refresh_fails(sts, provider):
    now_s = time.time()
    first = provider.get(now_s)
    sts.refusal = 503, "ServiceUnavailable", "later"
    assert provider.get(now_s + 2800) is first
    assert len(sts.asked) == 2  # once only: nobody is in a hurry
    assert provider.get(now_s + 2810) is first
    assert len(sts.asked) == 2
    assert "ServiceUnavailable" in refused(provider, now_s + 3700)


def test_a_token_that_was_renewed_is_sent(sts, home):
    token = home / "token"
    token.write_text("one.two")
    provider = connect(edgemote.WebIdentity(ROLE.format("a"), str(token), duration_s=900))
    provider.get(time.time())
    token.write_text("three.four")
    provider.get(time.time() + 3600)
    first, second = (asked.form for asked in sts.asked)
    assert (first["WebIdentityToken"], second["WebIdentityToken"]) == ("one.two", "three.four")
    assert first["DurationSeconds"] == "900"
    assert [asked.key for asked in sts.asked] == [None, None]


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "cannot be read: No such file"), ("", "is empty"), ("hunter2" * 3000, "longer than")],
)
def test_a_token_that_cannot_be_sent(sts, home, content, why):
    if content is not None:
        (home / "token").write_text(content)
    provider = connect(edgemote.WebIdentity(ROLE.format("a"), str(home / "token")))
    text = refused(provider, time.time())
    assert text.startswith(f"web identity for role {ROLE.format('a')}: the token file ")
    assert why in text
    assert sts.asked == []


def test_what_a_caller_gives_is_sent(sts, home):
    role = edgemote.AssumeRole(
        ROLE.format("a"),
        SOURCE,
        session_name="cam-7",
        external_id="dock 7",
        duration_s=900,
        policy="{}",
    )
    connect(role).get(time.time())
    [(form, key, region)] = sts.asked
    assert (key, region) == ("AKIDSOURCE", "eu-west-1")
    assert form == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": ROLE.format("a"),
        "RoleSessionName": "cam-7",
        "ExternalId": "dock 7",
        "DurationSeconds": "900",
        "Policy": "{}",
    }
    assert repr(role) == f"<role {ROLE.format('a')}>"


def test_without_a_source_the_clients_own_search_is_asked(sts, home):
    os.environ.update(ENVIRONMENT)
    provider = connect(edgemote.AssumeRole(ROLE.format("a")))
    provider.get(time.time())
    provider.get(time.time() + 3600)
    assert [asked.key for asked in sts.asked] == ["AKIDENV", "AKIDENV"]


def test_a_role_may_be_assumed_with_anothers_keys(sts, home):
    first = edgemote.AssumeRole(ROLE.format("a"), SOURCE)
    provider = connect(edgemote.AssumeRole(ROLE.format("b"), first))
    assert provider.get(time.time()).access_key_id == "ASIAB2"
    assert [asked.key for asked in sts.asked] == ["AKIDSOURCE", "ASIAA1"]
    sts.refusal = 403, "AccessDenied", "no"
    first = edgemote.AssumeRole(ROLE.format("a"), SOURCE)
    provider = connect(edgemote.AssumeRole(ROLE.format("b"), first))
    text = f"role {ROLE.format('b')}: role {ROLE.format('a')}: AssumeRole: AccessDenied: no"
    assert refused(provider, time.time()).startswith(text)


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_the_endpoint_is_that_of_the_region(home, region):
    """As botocore's since 1.40: sts.amazonaws.com is for those who ask for it."""
    session = botocore.session.Session()
    session.register_component("data_loader", LOADER)
    os.environ.pop("AWS_ENDPOINT_URL_STS")
    theirs = session.create_client("sts", region_name=region).meta.endpoint_url
    client = edgemote.connect(STS, region=region, credentials=SOURCE)
    assert (
        client.service.resolve(region=region).url == theirs == f"https://sts.{region}.amazonaws.com"
    )


def test_sts_is_called_with_the_clients_own_settings(home):
    clock, meter = edgemote.Clock(), SimpleNamespace(received=None)
    role = edgemote.AssumeRole(ROLE.format("a"), SOURCE)
    edgemote.connect(SSM, credentials=role, clock=clock, meter=meter, timeout_s=7)
    sts = role.open_client(STS, credentials=SOURCE)._call
    transport = sts._open_transport("http://127.0.0.1")
    assert sts.clock is transport._clock is clock
    assert transport._meter is meter
    assert transport._read_timeout_s == 7


# What is wrong -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (
            {"default": {"role_arn": ROLE.format("a"), "mfa_serial": "x", "source_profile": "b"}},
            "profile 'default' sets mfa_serial: nobody on the device can type the code; use a role "
            "whose trust policy asks for none; sources tried before: environment: set",
        ),
        (
            {"default": {"role_arn": ROLE.format("a"), **KEYS}},
            "profile 'default' sets role_arn, which needs source_profile or credential_source; it "
            "has neither",
        ),
        (
            {
                "default": {
                    "role_arn": ROLE.format("a"),
                    "source_profile": "b",
                    "credential_source": "Environment",
                }
            },
            "profile 'default' sets role_arn, which needs source_profile or credential_source; it "
            "has both",
        ),
        (
            {"default": {"role_arn": ROLE.format("a"), "source_profile": "b"}},
            "profile 'default': source_profile 'b': profile 'b' is neither in ",
        ),
        (
            {
                "default": {"role_arn": ROLE.format("a"), "source_profile": "b"},
                "profile b": {"role_arn": ROLE.format("b"), "source_profile": "c"},
                "profile c": {"role_arn": ROLE.format("c"), "source_profile": "b"},
            },
            "profile 'default': source_profile 'b': profile 'b': source_profile 'c': profile 'c': "
            "source_profile 'b': the profiles refer to each other in a circle: default -> b -> c "
            "-> b; sources tried before: environment: set",
        ),
        (
            {"default": {"role_arn": ROLE.format("a"), "source_profile": "b"}, "profile b": {}},
            "profile 'default': source_profile 'b': no credentials found; shared files: set "
            "aws_access_key_id and aws_secret_access_key, or credential_process, in profile 'b'",
        ),
        (
            {
                "default": {"role_arn": ROLE.format("a"), "source_profile": "b"},
                "profile b": {"sso_account_id": "1"},
            },
            "profile 'default': source_profile 'b': profile 'b' sets sso_account_id: SSO is not "
            "supported on the device",
        ),
        (
            {"default": {"role_arn": ROLE.format("a"), "credential_source": "Ec2"}},
            "profile 'default': credential_source 'Ec2': expected one of Environment, "
            "Ec2InstanceMetadata, EcsContainer",
        ),
        (
            {"default": {"role_arn": ROLE.format("a"), "credential_source": "EcsContainer"}},
            "profile 'default': credential_source 'EcsContainer': no credentials found; container: "
            "neither",
        ),
        (
            {
                "default": {
                    "role_arn": ROLE.format("a"),
                    "source_profile": "default",
                    "duration_seconds": "an hour",
                    **KEYS,
                }
            },
            "profile 'default': duration_seconds: expected a number of seconds",
        ),
        (
            {
                "default": {
                    "role_arn": ROLE.format("a"),
                    "source_profile": "default",
                    "duration_seconds": "9" * 5000,
                    **KEYS,
                }
            },
            "profile 'default': duration_seconds: expected a number of seconds",
        ),
        (
            {"default": {"role_arn": ROLE.format("a"), "source_profile": ""}},
            "profile 'default': source_profile '': argument profile: expected the name of",
        ),
        (
            {
                f"profile {n}": {"role_arn": ROLE.format("a"), "source_profile": f"{n + 1}"}
                for n in range(400)
            }
            | {"default": {"role_arn": ROLE.format("a"), "source_profile": "0"}},
            "profile 'default': source_profile '0': profile '0': source_profile '1': ",
        ),
        (
            {"default": {"role_arn": {"x": "y"}, "source_profile": "default", **KEYS}},
            "profile 'default': role_arn: expected a string, got dict",
        ),
        (
            {"default": {"web_identity_token_file": "token"}},
            "web identity: set role_arn in profile 'default', or AWS_ROLE_ARN where no profile is "
            "an argument: it is required when web_identity_token_file is set",
        ),
    ],
)
def test_a_profile_that_cannot_be_meant(config, text):
    with (
        aws_home(REGION, ini(config)),
        pytest.raises((ConfigError, CredentialsError)) as caught,
    ):
        edgemote.connect(SSM)
    assert str(caught.value).startswith(text)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_an_error_of_sts_tells_the_whole_chain(sts):
    config = {
        "default": {"role_arn": ROLE.format("a"), "source_profile": "b"},
        "profile b": KEYS,
    }
    sts.refusal = 403, "AccessDenied", "not authorized"
    with aws_home({**REGION, "AWS_ENDPOINT_URL_STS": sts.url}, ini(config)):
        provider = edgemote.connect(SSM)._call.provider
        assert refused(provider, time.time()) == (
            f"role {ROLE.format('a')} of profile 'default': AssumeRole: AccessDenied: not "
            "authorized (HTTP 403); sources tried before: environment: set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, and name no profile"
        )


@pytest.mark.parametrize(
    ("role_arn", "source", "text"),
    [
        (None, None, "argument role_arn: expected a string, got NoneType"),
        ("", None, "argument role_arn: expected a string, got an empty one"),
    ],
)
def test_arguments_that_are_wrong(role_arn, source, text):
    with pytest.raises(ConfigError) as caught:
        edgemote.AssumeRole(role_arn, source)
    assert str(caught.value) == text


def test_what_sts_would_refuse_is_told_before_it_is_asked(sts, home):
    provider = connect(edgemote.AssumeRole("short", SOURCE))
    assert refused(provider, time.time()).startswith("role short: AssumeRole: $.RoleArn: ")
    assert sts.asked == []


def test_a_role_needs_a_client():
    role = edgemote.AssumeRole(ROLE.format("a"), SOURCE)
    with pytest.raises(ConfigError, match=r"pass it to edgemote\.connect or edgemote\.Session"):
        role.get(0.0)


def test_without_a_generated_client_an_error_says_what_to_add(tmp_path):
    """With the committed clients, which have no STS."""
    script = f"""
import edgemote, os
from edgemote.credentials import find_credentials
for make in (
    lambda: edgemote.AssumeRole({ROLE.format("a")!r}),
    lambda: edgemote.WebIdentity({ROLE.format("a")!r}, "token"),
    find_credentials,
):
    try:
        make()
    except edgemote.CredentialsError as error:
        print(error)
"""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(ini({"default": {**WEB}}))
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    role, web = ROLE.format("a"), ROLE.format("web")
    lines = done.stdout.splitlines()
    text = '{}: the client of STS is missing: add "sts:{}" to services of [tool.edgemote], and '
    assert lines[0].startswith(text.format(f"role {role}", "AssumeRole"))
    assert lines[1].startswith(
        text.format(f"web identity for role {role}", "AssumeRoleWithWebIdentity")
    )
    assert lines[2].startswith(
        text.format(f"web identity for role {web}", "AssumeRoleWithWebIdentity")
    )
