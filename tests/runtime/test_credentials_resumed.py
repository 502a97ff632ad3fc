"""The role alias's TLS session: resumed at the next fetch, where what it rests on is the same."""

from __future__ import annotations

import json
import os
import ssl
from datetime import datetime, timezone

import pytest
import trustme

from edgemote.credentials.iot_role_alias import IotRoleAlias
from edgemote.errors import CredentialsError
from edgemote.http import certificates

from .http_peer import Peer, Wire
from .key_servers import open_directly
from .test_sessions import DAY, VERSIONS, Board, serve_tls

KEYS = {"accessKeyId": "id", "secretAccessKey": "key", "sessionToken": "token"}
END = "2038-01-01T00:00:00Z"
END_S = 2_145_916_800.0


@pytest.fixture(autouse=True)
def process(monkeypatch):
    """One that has not learnt any session yet."""
    monkeypatch.setattr(certificates, "_learnt", 0)


class Provider(Peer):
    """Tells of each connection whether it was resumed, and what certificate it is for."""

    def __init__(self, version: str) -> None:
        self.authority = trustme.CA()
        self.version = version
        self.seen: list[tuple[bool, str]] = []
        self.status = b"200 OK"
        super().__init__(self._answer)
        self.change()

    def change(self, **dates) -> None:
        """As another server of the same name, with keys of its own for tickets."""
        context = serve_tls(self.authority, self.version, **dates)
        context.verify_mode = ssl.CERT_REQUIRED
        self.authority.configure_trust(context)
        self._context = context

    def _answer(self, wire: Wire) -> None:
        names = [value for _, value in wire.sock.getpeercert()["subjectAltName"]]
        self.seen.append((wire.sock.session_reused, *names))
        if wire.read_request()[0]:
            keys = {**KEYS, "accessKeyId": f"id{len(self.seen)}", "expiration": END}
            wire.answer(json.dumps({"credentials": keys}).encode(), self.status)
            wire.read_head()


class Files:
    """The device's certificate and authorities, replaced as who renews them does it."""

    def __init__(self, folder, authority: trustme.CA) -> None:
        self.ca_file, self.cert_file = folder / "ca.pem", folder / "device.pem"
        self._authority = authority
        self.renew("first.example")
        self.trust()

    def renew(self, name: str) -> None:
        made = self._authority.issue_cert(name).private_key_and_cert_chain_pem
        self._replace(self.cert_file, made.bytes())

    def trust(self) -> None:
        self._replace(self.ca_file, self._authority.cert_pem.bytes())

    def _replace(self, file, content: bytes) -> None:
        new = file.with_suffix(".new")
        new.write_bytes(content)
        new.replace(file)


@pytest.fixture(params=VERSIONS)
def served(request):
    with Provider(request.param) as peer:
        yield peer


@pytest.fixture
def files(served, tmp_path) -> Files:
    return Files(tmp_path, served.authority)


@pytest.fixture
def alias(served, files) -> IotRoleAlias:
    return make_alias(served, files)


def make_alias(served, files, **changes) -> IotRoleAlias:
    arguments = {"cert_file": str(files.cert_file), "ca_file": str(files.ca_file), **changes}
    return IotRoleAlias(served.origin, "edge", **arguments)


def fetch(alias: IotRoleAlias) -> str:
    """As if the keys at hand were about to run out; they are served on where that fails."""
    alias._until_s = alias._asked_s = float("-inf")
    return alias.get(END_S - 10_000).access_key_id


def resumed(served) -> list[bool]:
    return [was for was, _ in served.seen]


def test_the_next_fetch_resumes(served, alias):
    assert [fetch(alias) for _ in range(4)] == ["id1", "id2", "id3", "id4"]
    assert served.seen == [(number > 0, "first.example") for number in range(4)]
    assert certificates._learnt == 1


def test_a_renewed_certificate_is_shown_in_full(served, files, alias):
    for name in (None, None, "second.example", None):
        if name is not None:
            files.renew(name)
        fetch(alias)
    first, second = "first.example", "second.example"
    assert served.seen == [(False, first), (True, first), (False, second), (True, second)]


def test_nor_does_one_hide_behind_the_size_and_time_of_the_last(served, files, alias):
    """As where files are copied over, and images set all of their times to the same."""
    fetch(alias)
    before, old = files.cert_file.stat(), files.cert_file.read_bytes()
    made = files._authority.issue_cert("second.example").private_key_and_cert_chain_pem.bytes()
    size = max(len(made), len(old))
    files.cert_file.write_bytes(old.ljust(size, b"\n"))
    os.utime(files.cert_file, ns=(before.st_atime_ns, before.st_mtime_ns))
    fetch(alias)
    while True:  # the clock of file systems ticks every few milliseconds
        last = files.cert_file.stat()
        files.cert_file.write_bytes(made.ljust(size, b"\n"))
        os.utime(files.cert_file, ns=(before.st_atime_ns, before.st_mtime_ns))
        if files.cert_file.stat().st_ctime_ns != last.st_ctime_ns:
            break
    found = files.cert_file.stat()
    assert (found.st_mtime_ns, found.st_size, found.st_ino) == (
        last.st_mtime_ns,
        last.st_size,
        last.st_ino,
    )
    fetch(alias)
    assert served.seen[-1] == (False, "second.example")


def test_authorities_that_were_replaced_verify_anew(served, files, alias):
    fetch(alias)
    files.trust()
    fetch(alias)
    fetch(alias)
    assert resumed(served) == [False, False, True]


def test_a_server_that_they_do_not_know_gets_no_further(served, files, alias):
    fetch(alias)
    stranger = trustme.CA()
    files._replace(files.ca_file, stranger.cert_pem.bytes())
    assert fetch(alias) == "id1"  # those at hand
    assert "self-signed certificate" in alias._failure
    assert len(served.seen) == 1


def test_what_is_written_while_it_is_read_counts_at_the_next_fetch(
    served, files, alias, monkeypatch
):
    """The stamp is older than what was read."""
    real = os.stat

    def renew(file, *arguments, **options):
        found = real(file, *arguments, **options)
        if file == str(files.cert_file):
            monkeypatch.setattr(os, "stat", real)
            files.renew("second.example")
        return found

    monkeypatch.setattr(os, "stat", renew)
    for _ in range(3):
        fetch(alias)
    assert resumed(served) == [False, False, True]


def test_a_refusal_is_followed_by_a_full_handshake(served, alias):
    fetch(alias)
    served.status = b"403 Forbidden"
    assert fetch(alias) == "id1"
    served.status = b"200 OK"
    fetch(alias)
    fetch(alias)
    assert resumed(served) == [False, True, False, True]


def test_a_refused_ticket_costs_a_full_handshake(served, alias):
    fetch(alias)
    served.change()
    fetch(alias)
    fetch(alias)
    assert resumed(served) == [False, False, True]


def test_two_certificates_share_no_session(served, files, alias, tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    other = Files(folder, served.authority)
    other.renew("other.example")
    another = make_alias(served, other)
    for one in (alias, another, alias, another):
        fetch(one)
    first, second = "first.example", "other.example"
    assert served.seen == [(False, first), (False, second), (True, first), (True, second)]


def test_not_beyond_the_certificates_dates(served, files):
    """By the clock, where it is synced."""
    board = Board()
    board.clock.sync(board.wall_s)
    served.change(not_after=datetime.now(timezone.utc) + 2 * DAY)
    opener = open_directly(clock=board.clock, may_sync=False)
    alias = make_alias(served, files, open_transport=opener)
    assert fetch(alias) == "id1"
    assert fetch(alias) == "id2"
    board.steady_s += 3 * 86_400
    assert fetch(alias) == "id2"
    assert "certificate has expired" in alias._failure
    assert resumed(served)[:2] == [False, True]
    assert not any(resumed(served)[2:])


def test_the_systems_authorities_are_not_kept_in_memory(served, files, monkeypatch):
    """A context of some 140 takes more memory than a handshake an hour is worth."""
    monkeypatch.setenv("SSL_CERT_FILE", str(files.ca_file))
    alias = make_alias(served, files, ca_file=None)
    fetch(alias)
    assert alias._former is None
    fetch(alias)
    assert resumed(served) == [False, False]


def test_one_fetch_reads_no_session(served, alias):
    """What it costs is for the next fetch."""
    fetch(alias)
    assert certificates._learnt == 0


def test_no_fetch_after_a_failed_one_resumes(served, files, alias):
    fetch(alias)
    pem = files.cert_file.read_bytes()
    files.cert_file.unlink()
    assert fetch(alias) == "id1"
    assert "No such file" in alias._failure
    files._replace(files.cert_file, pem)
    fetch(alias)
    assert resumed(served) == [False, False]


def test_without_keys_a_refusal_says_so(served, alias):
    served.status = b"403 Forbidden"
    with pytest.raises(CredentialsError, match="403"):
        fetch(alias)
