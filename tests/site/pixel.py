"""The smallest picture of somebody."""

import io

from PIL import Image


def _pixel() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1, 1)).save(file, "webp")
    return file.getvalue()


PIXEL = _pixel()
