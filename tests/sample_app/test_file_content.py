"""What a file is, by its bytes, and what is refused."""

import pytest

from sample_app.core.etags import is_known
from sample_app.files.content import ContentCheck
from sample_app.files.disposition import attachment, plain_name
from sample_app.files.errors import FileTypeRefusedError, RangeNotSatisfiableError
from sample_app.files.ranges import ByteRange, range_applies, wanted_range

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
GIF = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,"
WEBP = b"RIFF\x1a\0\0\0WEBPVP8L\x0e\0\0\0/\0\0\0"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
ZIP = b"PK\x03\x04\x14\0\0\0\x08\0\0\0!\0"
WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)


def media_type(*pieces: bytes, filename: str = "thing", declared: str | None = None) -> str:
    check = ContentCheck(filename=filename, declared=declared)
    for piece in pieces:
        check.feed(piece)
    return check.finish()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (GIF, "image/gif"),
        (WEBP, "image/webp"),
        (PDF, "application/pdf"),
        (ZIP, "application/zip"),
        (b"PK\x05\x06" + bytes(18), "application/zip"),
        (b"", "text/plain"),
        (b"Two cups, please.\r\n", "text/plain"),
        (b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", "text/plain"),
        (b"MZ and PK are two letters each", "text/plain"),
        (b"a < b, and <apples> are no tag", "text/plain"),
        (b"\x80\x81", "application/octet-stream"),
        (b"text with a \0 in it", "application/octet-stream"),
        (b"text cut in a letter \xc3", "application/octet-stream"),
        (bytes(5000), "application/octet-stream"),
    ],
)
def test_the_content_says_what_a_file_is(content: bytes, expected: str) -> None:
    assert media_type(content) == expected
    assert media_type(*(content[i : i + 1] for i in range(len(content)))) == expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"MZ\x90\0\3\0\0\0\xff\xff", "This is application/vnd.microsoft.portable-executable."),
        (b"\x7fELF\2\1\1\0", "This is application/x-executable."),
        (WORD, "This is application/msword."),
        (b"#!/bin/sh\nrm -rf /\n", "This is text/x-script."),
        (b"<!DOCTYPE html><title>Hi</title>", "This is text/html."),
        (b"\xef\xbb\xbf \n<!-- x --><p>", "This is text/html."),
        (b"<ScRiPt>alert(1)</script>", "This is text/html."),
        (b"<svg onload=alert(1)>", "This is image/svg+xml."),
        (b"<?xml version='1.0'?><svg/>", "This is text/xml."),
        (b"<?php system('ls') ?>", "This is text/x-php."),
    ],
)
def test_what_could_run_somewhere_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(FileTypeRefusedError) as caught:
        media_type(content)
    assert caught.value.detail == reason


@pytest.mark.parametrize(
    ("filename", "declared", "content", "reason"),
    [
        ("photo.png", None, b"no picture", "This is text/plain, not image/png."),
        ("photo.PNG", None, JPEG, "This is image/jpeg, not image/png."),
        ("photo", "image/png", b"\x80\x81", "This is application/octet-stream, not image/png."),
        ("photo.gif", "image/jpg", PNG, "This is image/png, not image/gif or image/jpeg."),
        ("notes.txt", None, PNG, "This is image/png, not text/plain."),
        ("notes.txt", None, b"a" * 5000 + b"\0", "This is application/octet-stream, not text/plain."),
        ("empty.png", None, b"", "This is text/plain, not image/png."),
    ],
)
def test_a_false_name_or_type_is_refused(filename: str, declared: str | None, content: bytes, reason: str) -> None:
    with pytest.raises(FileTypeRefusedError) as caught:
        media_type(content, filename=filename, declared=declared)
    assert caught.value.detail == reason


@pytest.mark.parametrize(
    ("filename", "declared", "expected"),
    [
        ("table.csv", None, "text/csv"),
        ("table.csv", "text/plain; charset=utf-8", "text/csv"),
        ("table.txt", "TEXT/CSV", "text/csv"),
        ("table.csv", "application/vnd.ms-excel", "text/csv"),
        ("table.md", "text/markdown", "text/plain"),
        ("table", "application/octet-stream", "text/plain"),
    ],
)
def test_a_client_may_say_that_a_text_is_a_table(filename: str, declared: str | None, expected: str) -> None:
    assert media_type(b"a,b\n1,2\n", filename=filename, declared=declared) == expected


def test_a_refusal_does_not_wait_for_the_end() -> None:
    check = ContentCheck(filename="photo.png", declared=None)
    with pytest.raises(FileTypeRefusedError):
        check.feed(JPEG + bytes(4000))
    long_text = ContentCheck(filename="notes.txt", declared=None)
    long_text.feed(b"a" * 5000)
    with pytest.raises(FileTypeRefusedError):
        long_text.feed(b"\xff")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("receipt.pdf", "receipt.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\bob\\tea.png", "tea.png"),
        ("/", "file"),
        ("..", "file"),
        ("", "file"),
        (".profile", ".profile"),
        ("a\r\nSet-Cookie: b=c\0.txt", "aSet-Cookie: b=c.txt"),
        ("gpj\u202eexe.png", "gpjexe.png"),
        ("x" * 300, "x" * 255),
    ],
)
def test_a_name_is_kept_without_folders_and_invisible_characters(sent: str, kept: str) -> None:
    assert plain_name(sent, max_length=255) == kept


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("tea.png", "attachment; filename=\"tea.png\"; filename*=UTF-8''tea.png"),
        ("Grün 茶.txt", "attachment; filename=\"Gr_n _.txt\"; filename*=UTF-8''Gr%C3%BCn%20%E8%8C%B6.txt"),
        ('a"; x="b', "attachment; filename=\"a__ x__b\"; filename*=UTF-8''a%22%3B%20x%3D%22b"),
        ("a\r\nX: y", "attachment; filename=\"a__X_ y\"; filename*=UTF-8''a%0D%0AX%3A%20y"),
    ],
)
def test_a_name_cannot_leave_its_header(filename: str, header: str) -> None:
    assert attachment(filename) == header


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-", ByteRange(0, 10)),
        ("bytes=2-4", ByteRange(2, 5)),
        ("Bytes=2-4", ByteRange(2, 5)),
        ("bytes=9-99", ByteRange(9, 10)),
        ("bytes=-3", ByteRange(7, 10)),
        ("bytes=-99", ByteRange(0, 10)),
        ("bytes=4-2", None),
        ("bytes=0-1,4-5", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=٣-٤", None),
        ("lines=0-1", None),
        ("bytes=" + "9" * 5000 + "-", None),
    ],
)
def test_the_part_that_a_range_asks_for(header: str | None, expected: ByteRange | None) -> None:
    assert wanted_range(header, size=10) == expected


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_range_of_nothing_is_refused_with_the_size(header: str) -> None:
    with pytest.raises(RangeNotSatisfiableError) as caught:
        wanted_range(header, size=10)
    assert caught.value.headers == {"Content-Range": "bytes */10"}


def test_the_end_of_an_empty_file_is_the_whole_of_it() -> None:
    assert wanted_range("bytes=-5", size=0) is None


def test_conditions() -> None:
    assert [is_known(header, '"a"') for header in (None, '"a"', 'W/"a"', '"b", "a"', "*", '"b"', "a")] == [
        False,
        *(True,) * 4,
        *(False,) * 2,
    ]
    assert [
        range_applies(header, '"a"') for header in (None, '"a"', 'W/"a"', '"b"', "Wed, 25 Nov 2026 10:00:00 GMT")
    ] == [
        True,
        True,
        False,
        False,
        False,
    ]
