"""State files that are damaged, so that the upload starts again, and files that are none."""

import pytest

import edgemote
from edgemote.s3.state import State

UPLOAD = b'{"source":["b","k",1,2,"h"],"id":"i","part_bytes":5242880}\n'
PART = b'{"etag":"\\"e\\"","sum":null,"crc":7}\n'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        UPLOAD.replace(b"5242880", b"0"),
        UPLOAD.replace(b"5242880", b"-1"),
        UPLOAD.replace(b"5242880", b'"x"'),
        UPLOAD.replace(b'"i"', b"null"),
        UPLOAD.replace(b'["b","k",1,2,"h"]', b"1"),
        UPLOAD + b"7\n",
        UPLOAD + b"null\n",
        UPLOAD + b"{}\n",
        UPLOAD + PART.replace(b"7", b"4294967296"),
        UPLOAD + PART.replace(b"7", b'"x"'),
    ],
)
def test_damaged_state_is_none(tmp_path, content):
    path = tmp_path / "state"
    path.write_bytes(content)
    with State(path) as state:
        assert state.load() is None
        assert state.parts == []


def test_whole_state_is_read(tmp_path):
    path = tmp_path / "state"
    path.write_bytes(UPLOAD + PART)
    with State(path) as state:
        assert state.load() == {"source": ["b", "k", 1, 2, "h"], "id": "i", "part_bytes": 5242880}
        assert state.parts == [{"etag": '"e"', "sum": None, "crc": 7}]


@pytest.mark.parametrize(
    "content", [b"my notes", b"a\nb\nc", b"{}\n", b"\0" * 9, b'{"sourc3":1}\n']
)
def test_a_file_of_somebody_else_stays_as_it_is(tmp_path, content):
    path = tmp_path / "state"
    path.write_bytes(content)
    wrong = r"state_file: .* is not the state of an upload"
    with pytest.raises(edgemote.ConfigError, match=wrong), State(path) as state:
        state.load()
    assert path.read_bytes() == content
