"""Files as evidence: judged by their bytes, cleaned of everything but what they show."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from alliances.files import Unfit, clean, photo, shown_name

GPS = 0x8825


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **more)
    return out.getvalue()


def document(inside: bytes = b"") -> bytes:
    return b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + inside + b"\ntrailer\n<<>>\n%%EOF\n"


def packed(inside: bytes, head: bytes = b"") -> bytes:
    stream = zlib.compress(inside)
    return b"2 0 obj\n<< /Type /ObjStm " + head + b">>\nstream\n" + stream + b"\nendstream\nendobj\n"


def twice(inside: bytes, head: bytes) -> bytes:
    stream = zlib.compress(zlib.compress(inside))
    return b"2 0 obj\n<< " + head + b">>\nstream\n" + stream + b"\nendstream\nendobj\n"


def code_of(name: str, content: bytes) -> str:
    with pytest.raises(Unfit) as unfit:
        clean(name, content)
    return unfit.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photos_are_taken_by_what_they_are(kind: str) -> None:
    cleaned = clean("holiday.exe", picture(kind))
    assert cleaned.content_type == f"image/{kind.lower()}"
    assert cleaned.name.startswith("holiday.")
    with Image.open(BytesIO(cleaned.content)) as again, Image.open(BytesIO(cleaned.small)) as small:
        assert (again.format, again.size, small.format) == (kind, (60, 40), "JPEG")


def test_where_and_by_whom_a_photo_was_taken_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "a maker of cameras"
    exif.get_ifd(GPS)[1] = "N"
    exif[0x0112] = 6  # turned
    cleaned = clean("a.jpg", picture(exif=exif, comment=b"secret comment"))
    assert b"maker of cameras" not in cleaned.content
    assert b"secret comment" not in cleaned.content
    with Image.open(BytesIO(cleaned.content)) as again:
        assert not again.getexif()
        assert again.size == (40, 60)  # upright by itself now


def test_texts_in_a_png_are_gone() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "somebody")
    assert b"somebody" not in clean("a.png", picture("PNG", pnginfo=texts)).content


@pytest.mark.parametrize("passenger", [b"PK\x03\x04zip", b"<script>alert(1)</script>", b"%PDF-1.4 %%EOF"])
def test_what_travels_behind_a_photo_is_left_behind(passenger: bytes) -> None:
    assert passenger not in clean("a.jpg", picture() + passenger).content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html></html>",
        b"GIF89a" + b"\0" * 50,
        b"PK\x03\x04",
        b"MZ\x90",
        b" " + document(),
    ],
)
def test_everything_else_is_refused_whatever_its_name(content: bytes) -> None:
    assert code_of("photo.jpg", content) == "wrong_type"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_damaged_photo_is_refused(kind: str) -> None:
    whole = picture(kind, (300, 300))
    assert code_of("a", whole[: len(whole) // 2]) == "broken"
    assert code_of("a", whole[:20] + b"\xff" * 200) == "broken"


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(50_000, 50_000), (2**31 - 1, 1), (8_000, 5_001), (100_000, 100_000)])
def test_a_bomb_is_not_unpacked(size: tuple[int, int]) -> None:
    assert code_of("a.png", bomb(*size)) == "too_many_pixels"


@pytest.mark.parametrize(("kind", "size"), [("PNG", (6_300, 6_300)), ("WEBP", (4_000, 3_000))])
def test_a_few_bytes_do_not_become_hundreds_of_megabytes(kind: str, size: tuple[int, int]) -> None:
    out = BytesIO()
    Image.new("1", size).save(out, kind)
    assert len(out.getvalue()) < 60_000
    assert code_of("a", out.getvalue()) == "too_many_pixels"


@pytest.mark.parametrize("kind", ["JPEG", "MPO"])  # as phones make them, the second with a picture behind it
def test_what_a_good_phone_makes_is_taken(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    cleaned = clean("a.jpg", picture(kind, (8_160, 6_120), exif=exif, **behind(kind)))
    with Image.open(BytesIO(cleaned.content)) as kept:
        assert (kept.format, kept.size) == ("JPEG", (3_060, 4_080))


def behind(kind: str) -> dict[str, object]:
    return {"save_all": True, "append_images": [Image.new("RGB", (60, 40))]} if kind == "MPO" else {}


def test_a_jpeg_that_is_decoded_whole_has_fewer_pixels() -> None:
    """A progressive one lies in memory as a whole, however small it is drawn."""
    assert code_of("a.jpg", picture(size=(8_000, 6_000), progressive=True)) == "too_many_pixels"
    assert clean("a.jpg", picture(size=(4_000, 3_000), progressive=True)).content
    in_rows = picture(size=(8_000, 6_000))
    scan = in_rows.index(b"\xff\xda") + 4
    one_of_three = in_rows[:scan] + b"\x01" + in_rows[scan + 1 :]
    assert code_of("a.jpg", one_of_three) == "too_many_pixels"


def test_a_large_photo_is_made_smaller() -> None:
    cleaned = clean("a.jpg", picture(size=(5_000, 1_000)))
    with Image.open(BytesIO(cleaned.content)) as kept, Image.open(BytesIO(cleaned.small)) as small:
        assert (max(kept.size), max(small.size)) == (photo.LONGEST_SIDE, photo.SMALL_SIDE)


@pytest.mark.parametrize("mode", ["P", "LA", "L", "RGBA", "1", "CMYK", "I;16"])
def test_every_kind_of_colour_is_taken(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (20, 20)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert clean("a", out.getvalue()).content


def test_a_plain_pdf_is_kept_as_it_is() -> None:
    image = b"5 0 obj\n<< /Filter [/ASCII85Decode /DCTDecode] >>\nstream\nGar8\nendstream\nendobj\n"
    signed = b"6 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite >>\nendobj\n"
    once = packed(b"1 0 << /Type /Page >>", b"/Filter /FlateDecode /N 1 /First 4 ")
    listed = packed(b"1 0 << /Type /Page >>", b"/Filter [ /FlateDecode ] ")
    inside = image + once + signed + listed
    assert clean("invoice.PDF", document(inside)).content == document(inside)


@pytest.mark.parametrize(
    "inside",
    [
        b"<< /S /JavaScript /JS (app.alert(1)) >>",
        b"<< /S /J#61vaScript >>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<< /EmbeddedFiles 3 0 R >>",
        b"<< /Type /EmbeddedFile >>",
        b"<< /Encrypt 5 0 R >>",
        b"<< /S /SubmitForm >>",
        packed(b"<< /S /JavaScript >>", b"/Filter /FlateDecode "),
        packed(b"<< /S /L#61unch >>", b"/Filter /FlateDecode "),
        b"% stream\n" + packed(b"<< /S /JavaScript >>"),
        packed(b"<< >>", b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >> "),
        packed(b"<< >>", b"/Filter [/ASCIIHexDecode /FlateDecode] "),
        packed(b"<< >>").replace(b"ObjStm", b"Obj#53tm").replace(b">>\nstream", b"/DP 1 >>\nstream"),
        packed(b"<< /S /JavaScript >>", b"/Filter /FlateDecode ")[:-24] + b"!!!!\nendstream\nendobj\n",
        twice(b"<< /S /JavaScript >>", b"/Type /ObjStm /Filter [/FlateDecode /FlateDecode] "),
        twice(
            b"<< /S /JavaScript >>", b"/Type /ObjStm /Filter /FlateDecode /Filter [/FlateDecode/FlateDecode] "
        ),
        twice(b"<< /S /JavaScript >>", b"/Type /ObjStm (endstream) /Filter [/FlateDecode /FlateDecode] "),
        twice(b"<< /S /JavaScript >>", b"/N 1 /First 4 /Filter [/FlateDecode /FlateDecode] "),
        packed(b"<< >>", b"/Filter 5 0 R "),
        packed(b"<< >>", b"/Filter /Crypt "),
        packed(b"\0" * (140 * 1024 * 1024), b"/Filter /FlateDecode "),
        packed(bytes(range(256))).replace(zlib.compress(bytes(range(256))), b"\x78\x9c\x03"),
    ],
)
def test_a_pdf_that_acts_or_hides_something_is_refused(inside: bytes) -> None:
    assert code_of("a.pdf", document(inside)) == "active_content"


@pytest.mark.parametrize("content", [b"%PDF-1.4", document() + b"PK\x05\x06", document()[:-7]])
def test_a_pdf_is_whole_and_nothing_else(content: bytes) -> None:
    assert code_of("a.pdf", content) == "broken"


def test_many_false_streams_take_no_time() -> None:
    inside = b"/ObjStm " + b"stream\n" * 200_000
    assert code_of("a.pdf", document(inside)) == "active_content"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\me\\lot 7.jpeg", "lot 7.jpg"),
        ("invoice.pdf.exe", "invoice.pdf.jpg"),
        ("a\r\nSet-Cookie: x", "a Set-Cookie x.jpg"),
        ("gpj.\u202eexe", "gpj. exe.jpg"),
        ("照片.png", "照片.jpg"),
        ("<b>.svg", "b.jpg"),
        ("...", "file.jpg"),
        ("", "file.jpg"),
        ("x" * 300, "x" * 80 + ".jpg"),
        ("no.1 of the lot", "no.1 of the lot.jpg"),
    ],
)
def test_a_shown_name_is_harmless(given: str, shown: str) -> None:
    assert shown_name(given, ".jpg") == shown
