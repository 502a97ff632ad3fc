"""Getting a deployment's models: the actions of the table's FETCH rows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aws.errors import EndpointError, ServiceError, ValidationError
from edgemote import limits
from edgemote.agent.deployments.download import Digests, Download, Rehash, name_version
from edgemote.agent.deployments.hooks import shorten
from edgemote.agent.deployments.naming import read_sha256
from edgemote.agent.deployments.refusals import judge
from edgemote.agent.deployments.states import ModelError, PauseError
from edgemote.agent.limits import ETAG_CHARS, SIGNATURE_BYTES
from edgemote.errors import CredentialsError, EdgemoteError, TransportError
from edgemote.retry import draw_fraction

if TYPE_CHECKING:
    from typing import Any, NoReturn

    from edgemote.agent.deployments import Settings
    from edgemote.agent.deployments.journal import JournalFile, ModelWork
    from edgemote.agent.deployments.states import Moment
    from edgemote.agent.deployments.store import ModelFolder

REFUSALS_LIMIT = 4  # in a row, of requests that better credentials might get through
RESTARTS_LIMIT = 3  # of one download, from its first byte

PAUSE_S = 10.0  # after the first attempt in a row that brought nothing; doubles with each
PAUSE_LIMIT_S = 900.0
QUIET_POLL_S = 0.1
# What the meter is asked for: a request with its TLS handshake, and what one receive may read.
REQUEST_BYTES = 8_192
PIECE_BYTES = 16_384
# S3 hangs up on who does not read; a longer pause of the meter costs a new connection.
HELD_OPEN_S = 10.0
# So much brought by an attempt makes the next one the first again.
PROGRESS_BYTES = 65_536

SIGNATURE_SUFFIX = ".sig"  # of the object beside a model that has its signature

_CLIENT_ERRORS = (EdgemoteError, ServiceError, ValidationError, EndpointError)


class Fetcher:
    """What is open for the model that is being fetched: client, connection, files."""

    def __init__(self, settings: Settings, folder: ModelFolder, file: JournalFile) -> None:
        self._settings = settings
        self._folder = folder
        self._file = file
        self._clients: dict[str | None, Any] = {}  # of S3, and by URL
        self._download: Download | None = None
        self._rehash: Rehash | None = None
        self._silent_since_s = 0.0
        self.actions = {
            "look": self.look,
            "ask": self.ask,
            "rehash": self.rehash,
            "fetch": self.fetch,
        }

    def look(self, model: ModelWork, moment: Moment) -> str:
        """Whether this very version is there already, kept or current."""
        self._folder.prepare()
        self._find_signature(model, moment)
        if not model.sum or not os.path.isfile(self._place(model)):
            return "missing"
        leads_out = self._folder.leads_out(model.handle, model.id, model.file)
        return "missing" if leads_out else "here"

    def rehash(self, model: ModelWork, moment: Moment) -> str:
        """Verify the version that is there."""
        if self._rehash is None:
            signed = bool(self._settings.signers)
            self._rehash = Rehash(self._place(model), Digests(model.sum, signed=signed))
        if not self._rehash.step():
            return "more"
        if self._rehash.digests.find_difference() is not None:
            return "damaged"
        self._judge_signature(model, self._rehash.digests, moment)
        return "whole"

    def ask(self, model: ModelWork, moment: Moment) -> str:
        """Learn the object's size, ETag and hash, before a byte of it is sent."""
        self._heed_meter(REQUEST_BYTES, moment)
        try:
            head = self._source(model).head_object(
                Bucket=model.bucket, Key=model.key, ChecksumMode="ENABLED"
            )
        except _CLIENT_ERRORS as error:
            self._judge(model, error)
        if head.ContentLength is None or not 0 < len(head.ETag or "") <= ETAG_CHARS:
            raise ModelError("S3's response lacks the object's size or ETag")
        if model.wanted_bytes not in (None, head.ContentLength):
            raise ModelError(
                f"the file has {head.ContentLength} bytes, expected {model.wanted_bytes}"
            )
        if head.ETag != model.etag:
            # What is there belongs to another object.
            self._folder.drop_partial(model.handle)
            if model.etag is not None:
                model.detached = None
        model.etag = head.ETag
        model.size_bytes = head.ContentLength
        model.sha256 = read_sha256(head.ChecksumSHA256)
        model.id = model.sum or name_version(head.ETag)
        model.refusals = 0
        self._check_space(model)
        if model.sum is None and model.sha256 is None:
            self._settings.log.warning(f"model {model.handle} has no checksum")
        return "known"

    def fetch(self, model: ModelWork, moment: Moment) -> str:
        """Take the next bytes; verify them once they are all there."""
        download = self._download
        if download is None:
            download = self._download = Download(
                model, self._folder.partial_path(model.handle), bool(self._settings.signers)
            )
        if download.is_complete:
            return self._verify(model, download, moment) if download.hash() else "more"
        self._heed_meter(PIECE_BYTES if download.is_connected else REQUEST_BYTES, moment)
        try:
            if not self._take(model, download, moment):
                return self._start_anew(model)
        except _CLIENT_ERRORS as error:
            download.disconnect()
            if download.new_bytes >= PROGRESS_BYTES:
                model.attempts = model.refusals = 0
            if isinstance(error, ServiceError) and judge(error) == "changed":
                return self._start_anew(model)
            self._judge(model, error)
        return "more"

    def drop_files(self) -> None:
        """Close what is open for one model."""
        if self._download is not None:
            self._download.close()
            self._download = None
        if self._rehash is not None:
            self._rehash.close()
            self._rehash = None

    def drop(self) -> None:
        """Close everything."""
        self.drop_files()
        while self._clients:
            self._clients.popitem()[1].close()

    def _take(self, model: ModelWork, download: Download, moment: Moment) -> bool:
        """False if the object has changed."""
        if not download.is_connected:
            if not download.connect(self._source(model), model):
                return False
        elif not download.take(moment.limit_s / 2):  # the rest is for the end of a TLS record
            if moment.steady_s - self._silent_since_s > limits.READ_TIMEOUT_S:
                raise TransportError(f"S3 was silent for {limits.READ_TIMEOUT_S:g} s")
            raise PauseError(QUIET_POLL_S)
        self._silent_since_s = moment.steady_s
        return True

    def _verify(self, model: ModelWork, download: Download, moment: Moment) -> str:
        try:
            download.verify()
            self._judge_signature(model, download.digests, moment)
        except ModelError:
            if not download.resumed:
                raise
            # A power cut may have left holes in what was there.
            return self._start_anew(model)
        return "whole"

    def _start_anew(self, model: ModelWork) -> str:
        self._folder.drop_partial(model.handle)
        model.restarts += 1
        if model.restarts > RESTARTS_LIMIT:
            raise ModelError("the object kept changing during the download")
        return "changed"

    def _find_signature(self, model: ModelWork, moment: Moment) -> None:
        """Have a signature where one is needed: the deployment's own, or else that of the object
        beside the model, which is small and got first.
        """
        if not self._settings.signers or model.detached is not None:
            return
        from edgemote.agent.deployments import signatures

        if model.signature is not None:
            try:
                signatures.read_block(model.signature)
            except ValueError as error:
                raise ModelError(f"no valid signature: {error}", "unsigned") from None
            return
        if not model.bucket:
            raise ModelError("no signature: a model by URL has to bring its own", "unsigned")
        self._heed_meter(REQUEST_BYTES, moment)
        key = f"{model.key}{SIGNATURE_SUFFIX}"
        try:
            with self._client().get_object(Bucket=model.bucket, Key=key).Body as body:
                data = body.read(SIGNATURE_BYTES + 1)
        except _CLIENT_ERRORS as error:
            if isinstance(error, ServiceError) and error.code == "NoSuchKey":
                raise ModelError(f"no signature: there is no {key}", "unsigned") from None
            self._judge(model, error, f"{key} of ")
        if len(data) > SIGNATURE_BYTES:
            raise ModelError(
                f"no valid signature: {key} has more than {SIGNATURE_BYTES} bytes", "unsigned"
            )
        model.detached = signatures.encode_signature(data)
        model.attempts = model.refusals = 0

    def _judge_signature(self, model: ModelWork, digests: Digests, moment: Moment) -> None:
        """ModelError for a verified file that has to be signed and is not."""
        if self._settings.signers:
            from edgemote.agent.deployments.signatures import require

            self._find_signature(model, moment)
            model.digest = digests.sha256
            require(self._settings.signers, model)

    def _check_space(self, model: ModelWork) -> None:
        work = self._file.journal.work
        assert work is not None
        needed = sum(
            other.size_bytes - self._folder.have_bytes(other.handle)
            for other in work.models
            if other is model or other.state == "fetching"
        )
        free, reserve = self._folder.free_bytes(), self._settings.reserve_bytes
        if needed > free - reserve:
            raise ModelError(
                f"too large for the disk: {needed} bytes to get, {free} free, of which {reserve} "
                "are to stay so"
            )

    def _source(self, model: ModelWork) -> Any:
        """What is asked for the model: S3, or who is like it."""
        if model.bucket:
            return self._client()
        url = self._settings.urls.get(model.handle)
        if url is None:  # after a restart, and where the last one has expired
            self._settings.stale = True
            raise PauseError(0.0)
        if url not in self._clients:
            from edgemote.agent.deployments.url_source import UrlSource

            for old in self._clients.keys() - set(self._settings.urls.values()):
                if old is not None:  # not S3: a URL before it was renewed
                    self._clients.pop(old).close()
            assert self._settings.open_url is not None
            self._clients[url] = UrlSource(url, self._settings.open_url)
        return self._clients[url]

    def _forget_url(self, model: ModelWork) -> None:
        url = self._settings.urls.pop(model.handle, None)
        if url in self._clients:
            self._clients.pop(url).close()

    def _client(self) -> Any:
        if None not in self._clients:
            self._clients[None] = self._settings.open_s3()
        return self._clients[None]

    def _heed_meter(self, size_bytes: int, moment: Moment) -> None:
        wait_s = self._settings.meter.wait_s(size_bytes, moment.now_s, moment.steady_s)
        if wait_s > 0:
            if wait_s > HELD_OPEN_S and self._download is not None:
                self._download.disconnect()
            self._silent_since_s = moment.steady_s
            raise PauseError(wait_s)

    def _judge(self, model: ModelWork, error: Exception, what: str = "") -> NoReturn:
        """Raise what an error of the client means: PauseError to try again, or ModelError."""
        where = f"{what}bucket {model.bucket}" if model.bucket else model.key
        if isinstance(error, ServiceError):
            kind = judge(error)
            if kind == "refused":
                model.refusals += 1
                self._forget_url(model)
                if model.refusals == REFUSALS_LIMIT:
                    raise ModelError(f"{where} refused {REFUSALS_LIMIT} times: {error}") from error
                self._try_again(model, f"{where} refused: {error}")
            if kind != "link":
                raise ModelError(f"{where}: {error}") from error
        elif not isinstance(error, (TransportError, CredentialsError)):
            raise ModelError(f"{where}: {error}") from error
        self._try_again(model, f"{where}: {error}")

    def _try_again(self, model: ModelWork, reason: str, pause_s: float | None = None) -> NoReturn:
        model.attempts += 1
        if model.attempts >= self._settings.attempt_limit:
            raise ModelError(f"gave up after {model.attempts} attempts: {reason}")
        self._settings.log.warning(f"model {model.handle}: {shorten(reason)}; retrying")
        self._file.save()
        if pause_s is None:
            pause_s = min(PAUSE_S * 2 ** min(model.attempts - 1, 16), PAUSE_LIMIT_S)
            pause_s *= 0.5 + draw_fraction() / 2
        raise PauseError(pause_s)

    def _place(self, model: ModelWork) -> str:
        return self._folder.file_path(model.handle, model.id, model.file)
