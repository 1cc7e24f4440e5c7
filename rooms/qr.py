"""Links as pictures that phones read."""

import base64
import io

import qrcode
from qrcode.image.svg import SvgPathFillImage

QUIET_MODULES = 4
"""The empty border that readers need (ISO/IEC 18004, 6.3.8)."""


class Drawing(SvgPathFillImage):
    """Black on white, with no hair between the modules at any size."""

    QR_PATH_STYLE = {"fill": "#000", "shape-rendering": "crispEdges"}  # noqa: RUF012


def svg(text: str) -> bytes:
    """The code as SVG, sharp at any size and the same in any theme."""
    code = qrcode.QRCode(
        error_correction=qrcode.ERROR_CORRECT_M,
        border=QUIET_MODULES,
        image_factory=Drawing,
    )
    code.add_data(text)
    drawn = io.BytesIO()
    code.make_image().save(drawn)
    return drawn.getvalue()


def data_url(text: str) -> str:
    """The same as an address that needs no request: the text goes nowhere."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg(text)).decode()}"
