"""Captured samples: inputs and outputs of models, kept within bounds and uploaded in batches.

`Captures.add` is what a firmware's loop calls, from any of its threads; all else is called by the
agent's job. A round of uploads begins when a batch is complete, or period_s after the first sample
that waits, and ends when none waits any more.
"""

from __future__ import annotations

from _thread import allocate_lock
from typing import TYPE_CHECKING, NamedTuple

from edgemote.agent import limits
from edgemote.agent.capture.destinations import Bucket, DiskFolder, may_have_arrived
from edgemote.agent.capture.folder import Batch, Entry, SampleFolder, find_handle
from edgemote.agent.capture.lines import (
    LINES_TYPE,
    make_folder,
    make_key,
    make_line,
    make_name,
)
from edgemote.agent.capture.samples import (
    DamagedError,
    Sample,
    check_data,
    find_time,
    make_id,
    pack,
    read_boot_id,
    unpack,
)
from edgemote.retry import draw_fraction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from aws.s3 import S3
    from edgemote.agent.capture.samples import Data
    from edgemote.agent.config import Config
    from edgemote.agent.log import Log
    from edgemote.clock import Clock

    Content = tuple[Sample, memoryview | None, memoryview | None]

_LINE_BYTES = 1_024  # of a line, beside its data


class Piece(NamedTuple):
    """One object to put. is_last: the lines, with which the batch is complete."""

    batch: Batch
    key: str
    body: bytes
    content_type: str
    is_last: bool


class Captures:
    """The samples of a device.

    is_ours: whether this process may write in the state folder; wake: told, by any thread, when
    there will be something to do, in steady seconds
    """

    def __init__(
        self,
        config: Config,
        *,
        folder: str,
        clock: Clock,
        log: Log,
        open_s3: Callable[[], S3],
        is_ours: Callable[[], bool],
        wake: Callable[[float], None] = lambda due_s: None,
        boot: str | None = None,
        draw: Callable[[], float] = draw_fraction,
    ) -> None:
        wanted = self._wanted = config.capture
        self._device = config.device
        self._batch_samples = min(wanted.batch, wanted.limit_samples)
        self._clock = clock
        self._log = log
        self._wake = wake
        self._boot = read_boot_id() if boot is None else boot
        self._draw = draw
        self.folder = SampleFolder(
            folder,
            limit_bytes=wanted.limit_bytes,
            limit_samples=wanted.limit_samples,
            keep=wanted.keep,
            is_ours=is_ours,
        )
        self.destination: Bucket | DiskFolder | None = None
        if wanted.destination == "disk":
            if wanted.disk_path:
                self.destination = DiskFolder(wanted.disk_path, config.deployments.reserve_bytes)
        elif wanted.bucket:
            self.destination = Bucket(wanted.bucket, wanted.prefix, open_s3)
        self.due_s: float | None = None
        """when the next round begins, in steady seconds; None while nothing waits"""
        self.last_upload_s: float | None = None
        """POSIX seconds"""
        self._put: set[str] = set()  # keys of the batch in hand that have arrived
        self._is_unsure = False  # whether some other may have
        self._fault = self._told = ""
        self._planning = allocate_lock()  # due_s, which threads and the job set

    # For any thread -----------------------------------------------------------------------------

    def add(
        self,
        handle: str,
        input: Data | None,
        output: Data | None,
        content_type: str,
        output_content_type: str | None,
        metadata: Mapping[str, str] | None,
    ) -> bool:
        """Keep a sample of now; whether it is kept. Raises ValidationError, and no other."""
        attributes = check_data(input, output, content_type, output_content_type, metadata)
        wanted, now = self._wanted, self._clock.steady()
        if wanted.share < 1 and self._draw() >= wanted.share:
            return False
        before = None if input is None else bytes(input)  # who gave it may change it
        after = None if output is None else bytes(output)
        sample = Sample(
            id=make_id(),
            at_s=self._clock.now(),
            steady_s=now,
            boot=self._boot,
            input_type=content_type,
            output_type=output_content_type or content_type,
            input_bytes=None if before is None else len(before),
            output_bytes=None if after is None else len(after),
            attributes=attributes,
        )
        fault = "samples are not kept: set capture.bucket, or capture.disk_path for disk"
        if self.destination is not None:
            try:
                kept, fault = self.folder.add(handle, pack(sample, before, after)), ""
            except OSError as error:
                fault = f"samples cannot be kept in {self.folder.path}: {error.strerror}"
        if fault:
            kept = False
            if fault != self._fault:
                self._fault = fault
                self._wake(now)  # to say so: the log is the other thread's
        elif kept:
            self._fault = ""
            self._plan_round(now)
        return kept

    def _plan_round(self, now: float) -> None:
        """Begin the next round after a while, or with a whole batch; not while one is going on,
        which may have to pause.
        """
        due_s = now if self.folder.depth >= self._batch_samples else now + self._wanted.period_s
        with self._planning:  # the job may end the round just now
            planned_s = self.due_s
            if planned_s is not None and planned_s <= now:
                return
            if planned_s is None or due_s < planned_s:
                self.due_s = planned_s = due_s
        self._wake(planned_s)

    # For the agent's job ------------------------------------------------------------------------

    def tell(self) -> str:
        """Log what `add` has met; what it is, as long as it lasts."""
        if self._fault and self._fault != self._told:
            self._log.error(f"capture: {self._fault}")
        self._told = self._fault
        return self._told

    def begins_s(self, now: float) -> float | None:
        """When the next round begins, in steady seconds; None while nothing waits. Raises OSError
        where it cannot be seen.
        """
        with self._planning:
            if self.destination is not None and self.due_s is None and self.folder.depth:
                self.due_s = now  # left by an earlier process, or came while a round ended
            return self.due_s

    def next_piece(self, *, is_proven: bool) -> Piece | None:
        """What is to be put next; None where nothing waits. Raises OSError.

        is_proven: whether the clock is right, so that samples may be dropped for their age
        """
        folder, clock = self.folder, self._clock
        depth = folder.depth
        if folder.arrived:
            folder.finish()
        if is_proven and depth:
            folder.note_offset(self._boot, clock.now() - clock.steady())
        while (batch := folder.batch or self._plan(is_proven)) is not None:
            piece = self._make_piece(batch)
            if piece is not None:
                return piece
            if batch is folder.batch:  # all of its samples are gone
                folder.finish()
        return None

    def put(self, piece: Piece) -> None:
        """Put it, and remove what it completes. Raises OSError, and what S3's client raises."""
        folder, destination = self.folder, self.destination
        assert destination is not None
        if folder.batch is not piece.batch:
            self._put, self._is_unsure = set(), False
            if not folder.pin(piece.batch):
                return  # a sample of it had to make room meanwhile
        elif folder.found:
            self._is_unsure = True
        try:
            destination.put(piece.key, piece.body, piece.content_type)
        except Exception as error:
            self._is_unsure = self._is_unsure or may_have_arrived(error)
            if not (self._is_unsure or self._put):
                folder.release()
            raise
        self._put.add(piece.key)
        if piece.is_last:
            self.last_upload_s = self._clock.now()
            folder.finish()

    def begin_round(self) -> None:
        """Do not wait for a period or a whole batch."""
        self.due_s = self._clock.steady() if self.folder.depth else None

    @property
    def is_remote(self) -> bool:
        """Whether uploads need the link."""
        return self.destination is not None and self.destination.is_remote

    def end_round(self) -> None:
        """Nothing is to be put now."""
        with self._planning:
            self.due_s = None
        if self.destination is not None:
            self.destination.close()

    def close(self) -> None:
        """Close the connection; the samples stay."""
        if self.destination is not None:
            self.destination.close()

    def describe(self) -> dict[str, Any]:
        """For `--status`."""
        return {
            "samples": self.folder.depth,
            "bytes": self.folder.size_bytes,
            "dropped": self.folder.dropped,
            "destination": "" if self.destination is None else str(self.destination),
            "last_upload_s": self.last_upload_s,
        }

    # --------------------------------------------------------------------------------------------

    def _plan(self, is_proven: bool) -> Batch | None:
        """The oldest samples that go together; those that are too old, or damaged, are dropped."""
        wanted, device = self._wanted, self._device
        batch: Batch | None = None
        place, size = "", 0
        for name in self.folder.names():
            handle = find_handle(name)
            if batch is not None and find_handle(batch.entries[0].name) != handle:
                continue
            content = self._read(name)
            if content is None:
                continue
            sample = content[0]
            at_s = find_time(sample, self._boot, self.folder.offsets, self._clock)
            if is_proven and at_s is not None and at_s < self._clock.now() - wanted.limit_age_s:
                self.folder.drop(name)
                continue
            at = make_folder(device.fleet, device.name, handle, at_s)
            size += (sample.input_bytes or 0) + (sample.output_bytes or 0) + _LINE_BYTES
            beside = [
                mode
                for mode, length in (("INPUT", sample.input_bytes), ("OUTPUT", sample.output_bytes))
                if (length or 0) > wanted.embed_limit_bytes
            ]
            entry = Entry(name, at_s, beside)
            if batch is None:
                place = at
                batch = Batch(make_key(place, sample, at_s), [entry])
            elif at != place or size > limits.CAPTURE_BATCH_BYTES:
                break
            else:
                batch.entries.append(entry)
            if len(batch.entries) == (1 if self.folder.is_full else self._batch_samples):
                break
        return batch

    def _make_piece(self, batch: Batch) -> Piece | None:
        """What of a batch has not been put yet: first what lies beside the lines, then these."""
        assert self.destination is not None
        place = batch.key.rpartition("/")[0]
        put = self._put if batch is self.folder.batch else ()
        lines = []
        for entry in batch.entries:
            content = self._read(entry.name)
            if content is None:
                continue
            sample, *data = content
            places = {}
            for mode, part, kind in zip(
                ("INPUT", "OUTPUT"), data, (sample.input_type, sample.output_type), strict=True
            ):
                if mode in entry.beside and part is not None:
                    name = make_name(sample, mode)
                    if f"{place}/{name}" not in put:
                        return Piece(batch, f"{place}/{name}", bytes(part), kind, False)
                    places[mode] = self.destination.place(place, name)
            lines.append(make_line(sample, entry.at_s, data[0], data[1], places))
        return Piece(batch, batch.key, b"".join(lines), LINES_TYPE, True) if lines else None

    def _read(self, name: str) -> Content | None:
        """A sample; None for one that is not whole, or cannot be read, which is said once."""
        try:
            return unpack(self.folder.read(name))
        except FileNotFoundError:
            self.folder.forget(name)
        except DamagedError as error:
            self._log.warning(f"capture: {self.folder.path}/{name} is dropped: {error}")
            self.folder.drop(name)
        except OSError as error:
            self._log.error(f"capture: cannot read {self.folder.path}/{name}: {error.strerror}")
            self.folder.forget(name)
        return None
