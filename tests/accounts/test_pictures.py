"""What is sent becomes a small picture of our own, or is refused with words."""

import io
import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from accounts.pictures import MOST_BYTES, ORIENTATION, SIDE, BadPicture, recoded
from tests.accounts.views.own import BLUE, RED, drawn


def shown(content: bytes) -> Image.Image:
    made = recoded(io.BytesIO(content), len(content))
    picture = Image.open(io.BytesIO(made))
    assert (picture.format, picture.size) == ("WEBP", (SIDE, SIDE))
    return picture


def is_near(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(a - b) < 30 for a, b in zip(found, wanted, strict=False))


def png_of(width: int, height: int) -> bytes:
    """A PNG that is small to send and vast to open (PNG, third edition, 5)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    line = b"\0" + bytes((width + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    sign = b"\x89PNG\r\n\x1a\n"
    return sign + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_kind_becomes_a_square_of_its_middle(kind: str) -> None:
    picture = shown(drawn(kind, (1200, 300))).convert("RGB")
    assert is_near(picture.getpixel((40, 128)), RED)
    assert is_near(picture.getpixel((216, 128)), BLUE)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_each_depth_of_colour_is_read(mode: str) -> None:
    made = io.BytesIO()
    Image.new(mode, (90, 70)).save(made, "JPEG" if mode == "CMYK" else "PNG")
    shown(made.getvalue())


def test_transparent_places_stay_transparent() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (90, 90), (*RED, 0)).save(made, "PNG")
    assert shown(made.getvalue()).getpixel((9, 9))[3] == 0  # type: ignore[index] # RGBA


# Where the camera's left is, once it has been turned (Exif 2.3, 4.6.4 A).
@pytest.mark.parametrize(
    ("orientation", "red"),
    [
        (1, (40, 128)),
        (2, (216, 128)),
        (3, (216, 128)),
        (4, (40, 128)),
        (5, (128, 40)),
        (6, (128, 40)),
        (7, (128, 216)),
        (8, (128, 216)),
    ],
)
def test_it_stands_the_way_its_camera_says(
    orientation: int, red: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    picture = shown(drawn(exif=exif)).convert("RGB")
    assert is_near(picture.getpixel(red), RED)


def test_nothing_that_came_with_it_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera that knows where I live"
    sent = drawn(exif=exif, icc_profile=b"a profile of colours" * 20)
    sent += b"<script>alert(1)</script>"
    made = recoded(io.BytesIO(sent), len(sent))
    for trace in (b"camera", b"profile", b"script", b"EXIF", b"ICCP", b"XMP"):
        assert trace not in made
    assert not Image.open(io.BytesIO(made)).getexif()


def test_of_an_animation_the_first_picture_is_taken() -> None:
    first, later = Image.new("RGB", (99, 99), RED), Image.new("RGB", (99, 99), BLUE)
    for kind in ("GIF", "WEBP"):
        made = io.BytesIO()
        first.save(made, kind, save_all=True, append_images=[later] * 50)
        picture = shown(made.getvalue())
        assert getattr(picture, "n_frames", 1) == 1
        assert is_near(picture.convert("RGB").getpixel((50, 50)), RED)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"GIF89a/*<script>alert(1)</script>*/",
        b"\xff\xd8\xff\xe0" + b"<script>" * 40,
        b"BM" + bytes(200),
        drawn()[:900],
        drawn("PNG")[:120],
        drawn("WEBP")[:40],
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(BadPicture, match="Choose a JPEG, PNG, WebP or GIF file"):
        recoded(io.BytesIO(content), len(content))


@pytest.mark.parametrize("side", [10_000, 60_000])
def test_a_bomb_is_refused_before_it_is_opened(side: int) -> None:
    content = png_of(side, side)
    assert len(content) < 600_000
    with pytest.raises(BadPicture, match="more than 25 million points"):
        recoded(io.BytesIO(content), len(content))


def test_of_webp_fewer_points_are_taken_since_they_take_more_memory() -> None:
    made = io.BytesIO()
    Image.new("1", (4001, 2500)).save(made, "WEBP", quality=1, method=0)
    with pytest.raises(BadPicture, match="more than 10 million points"):
        recoded(made, len(made.getvalue()))


# What takes most of each kind; the JPEG has one colour after the other, in many scans.
@pytest.mark.parametrize(
    ("kind", "mode", "size", "how"),
    [
        ("JPEG", "RGB", (6250, 4000), {}),
        ("JPEG", "CMYK", (6250, 4000), {"progressive": True, "subsampling": 0}),
        ("PNG", "RGBA", (6250, 4000), {"compress_level": 1}),
        ("PNG", "RGB", (6250, 4000), {"compress_level": 1}),
        ("GIF", "P", (6250, 4000), {}),
        ("WEBP", "RGBA", (4000, 2500), {"lossless": True, "quality": 1, "method": 0}),
    ],
)
def test_the_largest_that_is_taken_takes_less_than_220_mb(
    tmp_path: Path, kind: str, mode: str, size: tuple[int, int], how: dict[str, int]
) -> None:
    file = tmp_path / "largest"
    # Both in processes of their own: what a test has used before does not count.
    drawing = f"Image.new({mode!r}, {size}).save({str(file)!r}, {kind!r}, **{how})"
    subprocess.run(
        [sys.executable, "-c", f"from PIL import Image; {drawing}"], check=True
    )
    asked = [sys.executable, "-c", MEASURED, str(file)]
    ran = subprocess.run(asked, check=True, capture_output=True, text=True)

    assert file.stat().st_size <= MOST_BYTES
    assert int(ran.stdout) < 220_000


MEASURED = """
import io, resource, sys
from pathlib import Path
from accounts.pictures import recoded

def most() -> int:
    # Linux tells of a parent's memory as well, unless asked like this.
    told = Path("/proc/self/status")
    if told.exists():
        return int(told.read_text().partition("VmHWM:")[2].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

content = Path(sys.argv[1]).read_bytes()
before = most()
assert recoded(io.BytesIO(content), len(content)).startswith(b"RIFF")
print(most() - before)
"""
"""Prints the kilobytes by which a picture raises the most that a process ever held."""


def test_a_file_over_5_mb_is_not_even_looked_at() -> None:
    with pytest.raises(BadPicture, match="larger than 5 MB"):
        recoded(io.BytesIO(drawn()), MOST_BYTES + 1)


def test_broken_files_end_in_words_and_nothing_else() -> None:
    chance = random.Random(7)
    whole = [drawn(kind, (90, 60)) for kind in ("JPEG", "PNG", "WEBP", "GIF")]
    refused = 0
    for _ in range(600):
        content = bytearray(chance.choice(whole))
        for _ in range(chance.choice((1, 4, 20))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            shown(bytes(content[: chance.randrange(1, 2 * len(content))]))
        except BadPicture:
            refused += 1
    assert refused > 300
