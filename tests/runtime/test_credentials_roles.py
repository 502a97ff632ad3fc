"""Roles that AWS STS gives keys for: beside botocore's providers with the same files, variables and
server.
"""

import os
import subprocess
import sys
import time
import traceback

import botocore.session
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import edgemote
from aws.ssm import SSM
from aws.sts import STS
from aws_home import aws_home, ini
from edgemote.credentials import find_credentials
from edgemote.errors import ConfigError, CredentialsError
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
        text = "".join(traceback.format_exception(error))
        assert "hunter2" not in text or not isinstance(error, edgemote.Error)
        found = "error"
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
@settings(max_examples=60, deadline=None)
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
