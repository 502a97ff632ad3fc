"""Getting a deployment's models: the actions of the table's FETCH rows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aws.errors import EndpointError, ServiceError, ValidationError
from edgemote import limits
from edgemote.agent.deployments.download import Digests, Download, Rehash, name_version
from edgemote.agent.deployments.hooks import shorten
from edgemote.agent.deployments.naming import read_sha256
from edgemote.agent.deployments.refusals import find_region, judge
from edgemote.agent.deployments.states import ModelError, PauseError
from edgemote.agent.limits import ETAG_CHARS
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

_CLIENT_ERRORS = (EdgemoteError, ServiceError, ValidationError, EndpointError)


class Fetcher:
    """What is open for the model that is being fetched: client, connection, files."""

    def __init__(self, settings: Settings, folder: ModelFolder, file: JournalFile) -> None:
        self._settings = settings
        self._folder = folder
        self._file = file
        self._clients: dict[str | None, Any] = {}
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
        if not model.sum or not os.path.isfile(self._place(model)):
            return "missing"
        leads_out = self._folder.leads_out(model.handle, model.id, model.file)
        return "missing" if leads_out else "here"

    def rehash(self, model: ModelWork, moment: Moment) -> str:
        """Verify the version that is there."""
        if self._rehash is None:
            self._rehash = Rehash(self._place(model), Digests(model.sum))
        if not self._rehash.step():
            return "more"
        return "whole" if self._rehash.find_difference() is None else "damaged"

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
            self._folder.drop_partial(model.handle)  # what is there belongs to another object
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
            download = self._download = Download(model, self._folder.partial_path(model.handle))
        if download.is_complete:
            return self._verify(model, download) if download.hash() else "more"
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

    def _verify(self, model: ModelWork, download: Download) -> str:
        try:
            download.verify()
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
            return self._client(model.region)
        url = self._settings.urls.get(model.handle)
        if url is None:  # after a restart, and where the last one has expired
            self._settings.stale = True
            raise PauseError(0.0)
        if url not in self._clients:
            from edgemote.agent.deployments.url_source import UrlSource

            for old in self._clients.keys() - set(self._settings.urls.values()):
                if old and "://" in old:  # no region: a URL before it was renewed
                    self._clients.pop(old).close()
            assert self._settings.open_url is not None
            self._clients[url] = UrlSource(url, self._settings.open_url)
        return self._clients[url]

    def _forget_url(self, model: ModelWork) -> None:
        url = self._settings.urls.pop(model.handle, None)
        if url in self._clients:
            self._clients.pop(url).close()

    def _client(self, region: str | None) -> Any:
        if region not in self._clients:
            self._clients[region] = self._settings.open_s3(region)
        return self._clients[region]

    def _heed_meter(self, size_bytes: int, moment: Moment) -> None:
        wait_s = self._settings.meter.wait_s(size_bytes, moment.now_s, moment.steady_s)
        if wait_s > 0:
            if wait_s > HELD_OPEN_S and self._download is not None:
                self._download.disconnect()
            self._silent_since_s = moment.steady_s
            raise PauseError(wait_s)

    def _judge(self, model: ModelWork, error: Exception) -> NoReturn:
        """Raise what an error of the client means: PauseError to try again, or ModelError."""
        where = f"bucket {model.bucket}" if model.bucket else model.key
        if isinstance(error, ServiceError):
            region = find_region(error, model.region)
            if region is not None and model.bucket:
                model.region = region
                self._try_again(model, f"{where} is in {region}: {error}", 0.0)
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
