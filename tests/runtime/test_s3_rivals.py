"""Two downloads of one file at the same time."""

import errno

import pytest

from edgemote.s3.download import _File


@pytest.mark.parametrize("etag", ["aa", "bb"])
def test_download_does_not_take_over_the_file_of_another(tmp_path, etag):
    path = str(tmp_path / "firmware.bin")
    one, other = _File(path), _File(path)
    one.begin('"aa"', 8)
    one.write(b"12345678")
    with pytest.raises(OSError, match="another download") as caught:
        other.begin(f'"{etag}"', 8)
    assert caught.value.errno == errno.EBUSY
    assert one.put_in_place(True)
    one.close()
    assert (tmp_path / "firmware.bin").read_bytes() == b"12345678"
    again = _File(path)
    again.begin('"aa"', 8)
    again.close()


def test_download_does_not_resume_what_another_writes(tmp_path):
    path = str(tmp_path / "firmware.bin")
    one = _File(path)
    one.begin('"aa"', 8)
    one.write(b"1234")
    with pytest.raises(OSError, match="another download"):
        _File(path)
    one.close()
    resumed = _File(path)
    assert resumed.have_bytes == 4
    resumed.close()
