"""A screenshot made small enough for a repository, with no loss an eye would see."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

from playwright.sync_api import Page

# Of 256 shades every fourth is kept: what goes is mostly the noise of the video codec.
PIXELS = """async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  const { width, height } = image;
  const pen = new OffscreenCanvas(width, height).getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height);
  const colours = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    for (let n = 0; n < 3; n += 1, to += 1) {
      colours[to] = Math.min(255, Math.round(data[from + n] / 4) * 4);
    }
  }
  const reader = new FileReader();
  reader.readAsDataURL(new Blob([colours]));
  await new Promise((resolve) => { reader.onload = resolve; });
  return [width, height, reader.result.split(",")[1]];
}"""


def filtered(row: bytes, above: bytes) -> bytes:
    """The row as itself, as steps from its left, or as steps from above (PNG, 9.2)."""
    left = bytes(3) + row[:-3]
    ways = (
        b"\0" + row,
        b"\1" + bytes((a - b) & 255 for a, b in zip(row, left, strict=True)),
        b"\2" + bytes((a - b) & 255 for a, b in zip(row, above, strict=True)),
    )
    return min(ways, key=lambda way: len(zlib.compress(way, 1)))


def chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)


def slim(page: Page, picture: Path, to: Path) -> None:
    """Write a smaller PNG of `picture`; `page` lends its decoder."""
    url = "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode()
    width, height, text = page.evaluate(PIXELS, url)
    data, line, rows = base64.b64decode(text), width * 3, []
    above = bytes(line)
    for start in range(0, len(data), line):
        row = data[start : start + line]
        rows.append(filtered(row, above))
        above = row
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    to.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
        + chunk(b"IEND", b"")
    )
