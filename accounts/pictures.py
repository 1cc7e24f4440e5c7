"""Pictures of people: whatever is sent becomes a small square WebP file of our own.

Nothing of what was sent is kept: not its name, metadata, colour profile, further
frames, or whatever else a clever file carries behind its picture.
"""

import io
import math
import struct
import threading
import warnings
import zlib
from typing import IO

from PIL import Image, ImageOps

SIDE = 256
MOST_BYTES = 5 * 1024 * 1024
# To decode a point takes up to 8 bytes of memory for JPEG (in many scans), 4 for PNG
# and GIF, 16 for WebP: less than 220 MB in all, whatever is sent.
MOST_PIXELS = {
    "JPEG": 25_000_000,
    "PNG": 25_000_000,
    "GIF": 25_000_000,
    "WEBP": 10_000_000,
}
QUALITY = 84

ORIENTATION = 0x0112
"""The tag of Exif (2.3, 4.6.4 A) that says which way up a camera was held."""

# Pillow counts points in more places than we could. It warns from here on, and raises
# at twice as many; here both are refusals.
Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow's decoders raise at files that are no pictures, or broken ones.
_BROKEN = (
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
# It takes its memory for a moment only: one at a time in each process.
_ONE_AT_A_TIME = threading.Lock()


class BadPicture(ValueError):
    """The file cannot be somebody's picture; the message says why, to who sent it."""

    code = "bad-picture"


def _too_many_points(most: int) -> BadPicture:
    millions = most // 1_000_000
    return BadPicture(
        f"This picture has more than {millions} million points. Choose a smaller one."
    )


def recoded(file: IO[bytes], size: int) -> bytes:
    """The middle of the picture in `file`, of `size` bytes, 256 pixels square, as WebP.

    What it is shows in its content alone. How large it will be is looked at before any
    pixel is decoded. Raises BadPicture.
    """
    if size > MOST_BYTES:
        raise BadPicture("This file is larger than 5 MB. Choose a smaller one.")
    with _ONE_AT_A_TIME:
        try:
            return _recoded(file)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
            raise _too_many_points(max(MOST_PIXELS.values())) from fault
        except BadPicture:
            raise
        except _BROKEN as fault:
            raise BadPicture(
                "We cannot read this picture. Choose a JPEG, PNG, WebP or GIF file."
            ) from fault


def _recoded(file: IO[bytes]) -> bytes:
    with Image.open(file, formats=tuple(MOST_PIXELS)) as picture:
        most = MOST_PIXELS[str(picture.format)]
        if math.prod(picture.size) > most:
            raise _too_many_points(most)
        turn = _UPRIGHT.get(picture.getexif().get(ORIENTATION, 1))
        # JPEG decodes straight to a smaller picture, where that is large enough.
        picture.draft("RGB", (SIDE * 2, SIDE * 2))
        small = _middle(picture)
    if turn is not None:
        small = small.transpose(turn)
    small.info.clear()
    made = io.BytesIO()
    small.save(made, "WEBP", quality=QUALITY, exact=False)
    return made.getvalue()


def _middle(picture: Image.Image) -> Image.Image:
    """The square in the middle, with no second copy of the whole."""
    square = (SIDE, SIDE)
    if picture.mode == "RGB" and not picture.has_transparency_data:
        return ImageOps.fit(picture, square)
    # Anything else Pillow would copy as a whole to change its colours.
    rough = min(SIDE * 4, *picture.size)
    nearest = Image.Resampling.NEAREST
    picture = ImageOps.fit(picture, (rough, rough), nearest)
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    return ImageOps.fit(picture.convert(mode), square)
