"""The one byte range of a request, as RFC 9110 means it."""

import pytest

from geo.packages.ranges import ByteRange, RangeNotSatisfiable, byte_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-", ByteRange(0, 999)),
        ("bytes=100-199", ByteRange(100, 199)),
        ("bytes=900-5000", ByteRange(900, 999)),
        ("bytes=-100", ByteRange(900, 999)),
        ("bytes=-5000", ByteRange(0, 999)),
        ("bytes=200-100", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("lines=1-2", None),
        ("", None),
        (None, None),
    ],
)
def test_a_range_is_cut_at_the_end_and_what_cannot_be_read_means_all(
    header: str | None, expected: ByteRange | None
) -> None:
    assert byte_range(header, if_range=None, etag='"a"', size_bytes=1000) == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=-0"])
def test_a_range_beyond_the_end_cannot_be_met(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        byte_range(header, if_range=None, etag='"a"', size_bytes=1000)


def test_a_range_of_another_version_means_all() -> None:
    assert byte_range("bytes=5-", if_range='"b"', etag='"a"', size_bytes=1000) is None
    assert byte_range("bytes=5-", if_range='"a"', etag='"a"', size_bytes=1000) == ByteRange(5, 999)
