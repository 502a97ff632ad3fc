"""Heartbeats that could not be sent: stored on disk, and returned in their order.

SQLite is imported and opened when the first heartbeat has to be stored. Its write-ahead log needs
one flush of the flash for each heartbeat; a rollback journal needs four. The spool is limited by
the bytes of the bodies and by their age: the oldest heartbeats are dropped first, and counted.

A damaged file is moved to PATH.bad, replacing an earlier one. A file that this user may not read or
write stays as it is, and the log names the missing permission. Nothing here raises: the agent can
work without a spool.
"""

from __future__ import annotations

import os
from _thread import RLock
from _weakref import ref
from errno import EACCES, EPERM, EROFS
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from sqlite3 import Connection
    from typing import Any, TypeVar

    from edgemote.agent.log import Log

    Result = TypeVar("Result")
    Method = TypeVar("Method", bound=Callable[..., Any])


# Small pages: a heartbeat of 2 kB dirties 2.5 blocks of 4 KiB, not 3.6 as with the default.
_PAGE_BYTES = 1_024
_CACHE_KIB = 64
# After this many pages, the log is copied into the database and then written from its start again.
_LOG_PAGES = 256
# The size of a row without its body; otherwise empty heartbeats could fill the disk.
_ROW_BYTES = 32
_LOCK_TIMEOUT_S = 1.0  # another process may be reading
_APPLICATION_ID = 0x65_6D_73_31  # "ems1"; another number is another layout
_COUNT_LIMIT = 2**31 - 1  # user_version, which holds the count of dropped heartbeats, has 32 bits
# An earlier heartbeat was made by a board that did not know the time.
_TRUSTED_FROM_S = 1_704_067_200.0
# A clock that moves by less has drifted; by more, it was corrected.
_CORRECTION_S = 60.0

_PRAGMAS = (
    # Set before the first read, SQLite creates no file for shared memory, which would be written to
    # the flash as well.
    "locking_mode=EXCLUSIVE",
    f"page_size={_PAGE_BYTES}",
    f"cache_size=-{_CACHE_KIB}",
    "journal_mode=WAL",
    f"wal_autocheckpoint={_LOG_PAGES}",
    f"journal_size_limit={_LOG_PAGES * _PAGE_BYTES}",
)
# Words of SQLite's messages about a file locked by another process, or a full disk.
_PASSING = ("locked", "full")
_SCHEMA = (
    "CREATE TABLE beats (id INTEGER PRIMARY KEY, at_s REAL NOT NULL, body BLOB NOT NULL)",
    f"PRAGMA application_id={_APPLICATION_ID}",
)

_spools: list[ref[Spool]] = []  # that have their file open
_left: list[Connection] = []
_using = RLock()


def _undivided(method: Method) -> Method:
    """Prevent other threads from forking, which closes the file, while this method changes it."""

    def call(*arguments: Any, **options: Any) -> Any:
        with _using:
            return method(*arguments, **options)

    return call  # type: ignore[return-value]


class Spool:
    """A queue of heartbeats in one SQLite file, which is created when the first is added.

    Args:
        path: the file; beside it lie its log, PATH-wal, and perhaps PATH.bad
        limit_bytes: of all bodies and rows together; the file stays below twice that
        limit_age_s: the age at which a heartbeat is dropped; see expire
        log: gets a line if something cannot be stored
        may_write: called before each change; if it returns False, nothing is changed

    For one process and one thread. A second process that opens the file meanwhile cannot store
    anything. The file is closed before a fork, so that the child does not inherit it.
    """

    __slots__ = (
        "__weakref__",
        "_counted",
        "_db",
        "_depth",
        "_dropped",
        "_file",
        "_gone_id",
        "_last_id",
        "_limit_age_s",
        "_limit_bytes",
        "_log",
        "_may_write",
        "_offset_s",
        "_path",
        "_run_id",
        "_size_bytes",
        "_stored_dropped",
    )

    def __init__(
        self,
        path: str,
        *,
        limit_bytes: int,
        limit_age_s: float,
        log: Log,
        may_write: Callable[[], bool] | None = None,
    ) -> None:
        self._path = path
        self._limit_bytes = limit_bytes
        self._limit_age_s = limit_age_s
        self._log = log
        self._may_write = may_write
        self._db: Connection | None = None
        self._file: tuple[int, int] | None = None  # device and inode of the file that was opened
        self._counted = False  # whether the next five are known
        self._depth = 0
        self._size_bytes = 0
        self._dropped = 0
        self._stored_dropped = 0  # what the file says
        self._last_id = 0
        self._gone_id = 0  # the last that was delivered
        # This process made the heartbeats from this one on; their POSIX seconds are its monotonic
        # seconds plus the offset.
        self._run_id = 0
        self._offset_s = 0.0

    @property
    def depth(self) -> int:
        """How many heartbeats are stored."""
        self._count()
        return self._depth

    @property
    def size_bytes(self) -> int:
        """Bytes of their bodies."""
        self._count()
        return self._size_bytes

    @property
    def dropped(self) -> int:
        """How many heartbeats were lost to a limit or a fault since the file was created."""
        self._count()
        return self._dropped

    @_undivided
    def add(self, body: bytes, at_s: float, steady_s: float) -> bool:
        """Store a heartbeat that was just made; once this returns True, it survives a power cut.

        at_s: POSIX seconds, as far as they are known. steady_s: monotonic seconds. The oldest
        heartbeats are dropped to make room. Returns False if it could not be stored, and counts it
        as dropped.
        """
        self._count()
        fits = len(body) + _ROW_BYTES <= self._limit_bytes

        def insert(db: Connection) -> tuple[int, int]:
            self._tidy(db, at_s, steady_s)
            count, freed = self._make_room(db, len(body)) if fits else (0, 0)
            if fits:
                beat = (self._last_id + 1, at_s, body)
                db.execute("INSERT INTO beats VALUES (?, ?, ?)", beat)
            self._write_dropped(db, count + (not fits))
            return count, freed

        done = self._transact(insert, create=True, durable=True)
        if done is None:
            self._dropped += 1
            return False
        self._settle(*done)
        self._set_clock(at_s, steady_s)
        if not fits:
            self._dropped += 1
            self._stored_dropped = self._dropped
            self._log.error(f"a heartbeat of {len(body)} bytes exceeds the spool's limit")
            return False
        self._last_id += 1
        self._run_id = self._run_id or self._last_id
        self._depth += 1
        self._size_bytes += len(body)
        return True

    def first(self) -> tuple[int, float, bytes] | None:
        """The id (for remove), POSIX seconds and body of the oldest heartbeat, or None."""
        if not self.depth:
            return None
        return self._transact(lambda db: _read_first(db, self._gone_id), durable=False)

    @_undivided
    def remove(self, number: int) -> None:
        """Remove a heartbeat that was delivered, and all before it.

        This process never returns it again, even if the disk fails. A power cut within the next
        seconds may bring the last ones back, in their order: flushing each removal would wear the
        flash, and the service accepts a heartbeat twice.
        """
        if number <= self._gone_id or not self.depth:
            return
        # _gone_id must not change before this: opening a file that a fork has closed recounts what
        # lies above it.
        done = self._transact(lambda db: _count_beats(db, self._gone_id, number), durable=False)
        self._gone_id = number
        if done is not None:
            self._depth -= done[0]
            self._size_bytes -= done[1]
        # If this fails, as on a full disk, the next change tries it again.
        self._transact(self._delete_gone, durable=False)

    def follow_clock(self, now_s: float, steady_s: float) -> None:
        """Correct the times that this process recorded while its clock was wrong."""
        if not self._is_corrected(now_s, steady_s):
            return

        def tidy(db: Connection) -> bool:
            self._tidy(db, now_s, steady_s)
            return True

        if self._transact(tidy, durable=False):
            self._set_clock(now_s, steady_s)

    def note_dropped(self, count: int = 1) -> None:
        """Count heartbeats that were lost elsewhere; -1 for one that was counted as dropped, but is
        sent after all. The count is written with the next heartbeat that is stored.
        """
        self._count()
        self._dropped += count

    @_undivided
    def expire(self, now_s: float, steady_s: float) -> int:
        """Drop heartbeats older than limit_age_s from the head of the queue; return how many.

        Call it when a service has just accepted a request, which proves that the time is right,
        since a signature is only valid for five minutes. So a board that boots in 1970, or years
        ahead, drops nothing because of its age. Times that this process recorded while its clock
        was wrong are corrected; impossible times of an earlier process count as the youngest.
        """
        if not self.depth:
            return 0

        def drop(db: Connection) -> tuple[int, int]:
            self._tidy(db, now_s, steady_s)
            count = freed = 0
            while (beat := _read_oldest(db)) is not None:
                number, at_s, size = beat
                if not _TRUSTED_FROM_S <= at_s < now_s - self._limit_age_s:
                    break
                db.execute("DELETE FROM beats WHERE id = ?", (number,))
                count, freed = count + 1, freed + size
            self._write_dropped(db, count)
            return count, freed

        done = self._transact(drop, durable=False)
        if done is None:
            return 0
        self._settle(*done)
        self._set_clock(now_s, steady_s)
        return done[0]

    def close(self) -> None:
        """Close the file, and remove it if it is empty. The next use opens it again."""
        self._note_vanished()
        if self._counted and self._dropped != self._stored_dropped:
            self._transact(lambda db: self._write_dropped(db, 0), durable=True)
        self._disconnect()
        self._file = None
        if self._counted and not (self._depth or self._dropped) and os.path.exists(self._path):
            # So that the next start does not import SQLite just to find it empty.
            try:
                os.remove(self._path)
            except OSError as error:
                self._log.error(f"cannot remove {self._path}: {error.strerror}")

    def close_for_fork(self) -> None:
        """Close the file; the next use opens it again."""
        if self._db is not None and not self._db.in_transaction:
            self._disconnect()

    def leave(self) -> None:
        """In a child that was forked during a change: abandon the connection without closing it."""
        if self._db is not None:
            _left.append(self._db)
            self._db = None

    def _settle(self, count: int, freed: int) -> None:
        """Update the counts after a commit that dropped heartbeats."""
        self._depth -= count
        self._size_bytes -= freed
        self._dropped += count
        self._stored_dropped = self._dropped

    def _is_corrected(self, now_s: float, steady_s: float) -> bool:
        shift_s = now_s - steady_s - self._offset_s
        return bool(self._run_id) and abs(shift_s) >= _CORRECTION_S

    def _set_clock(self, now_s: float, steady_s: float) -> None:
        if not self._run_id or self._is_corrected(now_s, steady_s):
            self._offset_s = now_s - steady_s

    def _tidy(self, db: Connection, now_s: float, steady_s: float) -> None:
        """Complete removals that failed before, and correct this process's times if its clock was
        corrected.
        """
        self._delete_gone(db)
        if self._is_corrected(now_s, steady_s):
            shift_s = now_s - steady_s - self._offset_s
            db.execute("UPDATE beats SET at_s = at_s + ? WHERE id >= ?", (shift_s, self._run_id))

    def _delete_gone(self, db: Connection) -> None:
        db.execute("DELETE FROM beats WHERE id <= ?", (self._gone_id,))

    def _make_room(self, db: Connection, size: int) -> tuple[int, int]:
        """Drop the oldest heartbeats until a new one fits; return their number and bytes."""
        count = freed = 0
        while (
            self._size_bytes - freed + size + _ROW_BYTES * (self._depth - count + 1)
            > self._limit_bytes
        ):
            beat = _read_oldest(db)
            if beat is None:
                raise _damaged("heartbeats are missing")
            db.execute("DELETE FROM beats WHERE id = ?", beat[:1])
            count, freed = count + 1, freed + beat[2]
        return count, freed

    def _write_dropped(self, db: Connection, more: int) -> None:
        dropped = self._dropped + more
        if dropped != self._stored_dropped:
            db.execute(f"PRAGMA user_version={min(dropped, _COUNT_LIMIT)}")

    def _count(self) -> None:
        """Count once what an earlier process left; a file that does not exist is not created."""
        if not self._counted and os.path.exists(self._path):
            self._transact(lambda db: None, durable=False)

    def _transact(
        self,
        work: Callable[[Connection], Result],
        *,
        durable: bool,
        create: bool = False,
        again: bool = True,
    ) -> Result | None:
        """Do `work` in one transaction. If that fails, log it and return None.

        durable: whether it is on the flash on return, or soon after. A file that cannot be read is
        set aside, and the work is done on a new one.
        """
        if self._may_write is not None and not self._may_write():
            return None
        with _using:
            return self._transact_alone(work, durable, create, again)

    def _transact_alone(
        self, work: Callable[[Connection], Result], durable: bool, create: bool, again: bool
    ) -> Result | None:
        self._note_vanished()
        if not create and self._db is None and not os.path.exists(self._path):
            return None
        try:
            # Not sqlite3, which imports modules that are not needed here.
            import _sqlite3 as sqlite
        except ImportError:
            self._log.error("heartbeats cannot be stored: this Python has no sqlite3")
            return None
        try:
            db = self._db or self._connect()
            db.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            db.execute("BEGIN IMMEDIATE")
            result = work(db)
            db.execute("COMMIT")
            return result
        except (sqlite.Error, OSError, UnicodeDecodeError) as error:
            self._roll_back()
            denied = self._find_denied(error)
            if denied or not self._is_damaged(error):
                self._log.error(f"cannot store heartbeats in {self._path}: {denied or error}")
                return None
            if not (self._set_aside(error) and again):
                return None
        except BaseException:
            self._disconnect()
            raise
        return self._transact_alone(work, durable, True, False)

    def _connect(self) -> Connection:
        from _sqlite3 import connect

        folder = os.path.dirname(self._path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        db = connect(
            self._path,
            timeout=_LOCK_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,  # another thread may fork
            cached_statements=16,
        )
        try:
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        self._db = db
        self._file = _identify(self._path)
        _spools[:] = [other for other in _spools if other() not in (None, self)] + [ref(self)]
        return db

    def _prepare(self, db: Connection) -> None:
        """Set up a connection, create the table in a new file, or count an old one's content."""
        for pragma in _PRAGMAS:
            db.execute(f"PRAGMA {pragma}").fetchall()
        if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            db.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA:
                db.execute(statement)
            db.execute("COMMIT")
        elif db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
            raise _damaged("it is not a spool of this version")
        [stored] = db.execute("PRAGMA user_version").fetchone()
        [last_id] = db.execute("SELECT max(id) FROM beats").fetchone()
        self._depth, self._size_bytes = _count_beats(db, self._gone_id, last_id or 0)
        self._last_id = max(last_id or 0, self._last_id)
        if not self._counted:
            self._dropped += max(0, stored)
            self._counted = True
        self._stored_dropped = stored

    def _roll_back(self) -> None:
        # Closing the file would also do, but that writes, which fails on a full disk.
        if self._db is not None:
            try:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
            except Exception:
                self._disconnect()

    def _disconnect(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            db.close()

    def _note_vanished(self) -> None:
        """Count what was lost if the file was deleted or replaced while this process used it."""
        if self._file is None or (found := _identify(self._path)) in (None, self._file):
            return
        self._disconnect()  # SQLite writes nothing in this case
        lost, self._file, self._counted = self._depth, None, False
        self._depth = self._size_bytes = self._run_id = self._gone_id = self._stored_dropped = 0
        self._dropped += lost
        self._log.error(
            f"{self._path} was {'replaced' if any(found or ()) else 'deleted'} while in use: {lost}"
            " heartbeats are lost"
        )

    def _find_denied(self, error: Exception) -> str:
        """The permission that this user lacks, as text; empty if it lacks none."""
        if any(words in str(error) for words in _PASSING):
            return ""
        # Its descriptors may be read-only; and closing another descriptor would release its locks.
        self._disconnect()
        folder = os.path.dirname(self._path) or "."
        for path in (folder, self._path, f"{self._path}-wal", f"{self._path}-journal"):
            refusal = _find_refusal(path, path is folder)
            if refusal:
                return refusal
        return ""

    def _is_damaged(self, error: Exception) -> bool:
        """Whether an error means that the content can never be read again."""
        import _sqlite3 as sqlite

        # Other subclasses mean a full disk, a lock, a missing permission and the like. An id that
        # exists already was not there when the heartbeats were counted. Text that cannot be decoded
        # comes from the file: SQLite's messages quote the names of tables.
        if type(error) in (sqlite.DatabaseError, sqlite.IntegrityError, UnicodeDecodeError):
            return True
        if not isinstance(error, sqlite.OperationalError) or any(
            words in str(error) for words in _PASSING
        ):
            return False
        self._disconnect()
        try:
            db = self._connect()
            db.execute("BEGIN IMMEDIATE")
            db.execute(
                "DELETE FROM beats WHERE id < 0"
            )  # matches nothing, but fails if the file's header forbids changes
            db.execute("ROLLBACK")
            return bool(db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
        except UnicodeDecodeError:
            return True
        except (sqlite.Error, OSError) as again:
            self._roll_back()
            # A folder in its place is not a damaged file.
            return os.path.isfile(self._path) and not any(words in str(again) for words in _PASSING)

    def _set_aside(self, error: Exception) -> bool:
        """Move the file to PATH.bad, replacing an earlier one. False if that fails too."""
        self._disconnect()
        lost = self._depth
        self._log.error(
            f"{self._path} is corrupt ({error}); moved to {self._path}.bad"
            f" with {lost or 'an unknown number of'} heartbeats"
        )
        try:
            # Its log first, so that a database is never opened with another one's log.
            for end in ("-wal", "-journal", ""):
                if os.path.exists(f"{self._path}.bad{end}"):
                    os.remove(f"{self._path}.bad{end}")
                if os.path.exists(self._path + end):
                    os.rename(self._path + end, f"{self._path}.bad{end}")
        except OSError as failure:
            self._log.error(f"cannot move {self._path} to {self._path}.bad: {failure.strerror}")
            return False
        self._depth = self._size_bytes = self._run_id = 0
        self._file = None
        self._dropped += lost
        self._counted = True
        return True


def _read_first(db: Connection, gone_id: int) -> tuple[int, float, bytes] | None:
    first = "SELECT id, at_s, body FROM beats WHERE id > ? ORDER BY id LIMIT 1"
    beat = db.execute(first, (gone_id,)).fetchone()
    if beat is None:
        return None
    number, at_s, body = beat
    if not (isinstance(at_s, float) and isinstance(body, bytes)):
        raise _damaged(f"row {number} is corrupt")
    return number, at_s, body


def _count_beats(db: Connection, after_id: int, last_id: int) -> tuple[int, int]:
    """The number of heartbeats with these ids, and their bytes."""
    counts = "SELECT count(*), total(length(body)) FROM beats WHERE id > ? AND id <= ?"
    count, size_bytes = db.execute(counts, (after_id, last_id)).fetchone()
    return count, int(size_bytes)


def _read_oldest(db: Connection) -> tuple[int, float, int] | None:
    """Id, POSIX seconds and size of the oldest heartbeat, without its body."""
    oldest = "SELECT id, at_s, length(body) FROM beats ORDER BY id LIMIT 1"
    beat: tuple[int, float, int] | None = db.execute(oldest).fetchone()
    return beat


def _identify(path: str) -> tuple[int, int] | None:
    """Device and inode of a file; zeros if there is none, None if that cannot be determined."""
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return 0, 0
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _find_refusal(path: str, is_folder: bool) -> str:
    """Why this user may not write there, as text; empty if it may, or if nothing is there."""
    try:
        if not is_folder:
            os.close(os.open(path, os.O_RDWR | os.O_CLOEXEC))
        elif not os.access(path, os.W_OK | os.X_OK, effective_ids=True):
            is_read_only = os.statvfs(path).f_flag & os.ST_RDONLY
            raise OSError(number := EROFS if is_read_only else EACCES, os.strerror(number))
    except OSError as error:
        if error.errno not in (EACCES, EPERM, EROFS):
            return ""
        from edgemote.agent.files import describe_need

        return f"{error.strerror}: {describe_need(path, 'writable')}"
    return ""


def _damaged(text: str) -> Exception:
    from _sqlite3 import DatabaseError

    return DatabaseError(text)


def _each(work: Callable[[Spool], None]) -> None:
    for other in _spools:
        spool = other()
        if spool is not None:
            work(spool)


def _before_fork() -> None:
    _using.acquire()  # until the fork is done, no thread changes or opens a file
    _each(Spool.close_for_fork)


def _after_fork_in_child() -> None:
    _each(Spool.leave)
    _using.release()


os.register_at_fork(
    before=_before_fork, after_in_parent=_using.release, after_in_child=_after_fork_in_child
)


def look(path: str) -> tuple[int, int, int]:
    """The heartbeats in a file that no agent uses, their bytes, and the number of dropped ones. The
    file is not changed. Raises OSError or an error of sqlite3 if it cannot be read.
    """
    from _sqlite3 import connect
    from shutil import copyfile
    from tempfile import TemporaryDirectory

    try:
        os.stat(path)
    except FileNotFoundError:
        return 0, 0, 0
    # Even reading makes SQLite write: it copies the log into the file and removes it.
    with TemporaryDirectory() as folder:
        copy = os.path.join(folder, "spool.db")
        copyfile(path, copy)
        if os.path.exists(f"{path}-wal"):
            copyfile(f"{path}-wal", f"{copy}-wal")
        db = connect(copy)
        try:
            [dropped] = db.execute("PRAGMA user_version").fetchone()
            empty = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            return (0, 0, 0) if empty else (*_count_beats(db, 0, 2**62), dropped)
        finally:
            db.close()
