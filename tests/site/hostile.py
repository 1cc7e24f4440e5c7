# ruff: noqa: RUF001 # look-alikes are the point
"""Two hundred texts that have broken pages, mails, logs or terminals elsewhere.

Each is a stranger's words; where one can act at all, it calls `alert(…)` or sends a
request that the Content-Security-Policy reports.
"""

import unicodedata

from accounts.names import NAME_LENGTH, BadName, clean_name, visible_line
from rooms.models.invitation import NOTE_LENGTH

_CALL = "alert(document.domain)"

_TAGS = [
    f"<script>{_CALL}</script>",
    f"</script><script>{_CALL}</script>",
    f"<ScRiPt>{_CALL}</sCrIpT>",
    f"<script src=//example.org/x.js>{''}</script>",
    f"<script/src='data:,{_CALL}'></script>",
    f"<script\x0c>{_CALL}</script>",
    f"<<script>{_CALL}//<</script>",
    f"<img src=x onerror={_CALL}>",
    f"<img src=x onerror='{_CALL}' ",
    f'<img src="x" onerror="{_CALL}">',
    f"<img/src/onerror={_CALL}>",
    f"<svg onload={_CALL}>",
    f"<svg/onload={_CALL}//",
    f"<svg><script>{_CALL}</script></svg>",
    f"<svg><animate onbegin={_CALL} attributeName=x dur=1s>",
    f"<body onload={_CALL}>",
    f"<iframe src=javascript:{_CALL}>",
    f'<iframe srcdoc="<script>parent.{_CALL}</script>">',
    f"<input autofocus onfocus={_CALL}>",
    f"<details open ontoggle={_CALL}>",
    f"<video><source onerror={_CALL}></video>",
    f"<audio src onerror={_CALL}>",
    f"<object data=javascript:{_CALL}>",
    f"<embed src=javascript:{_CALL}>",
    f"<a href=javascript:{_CALL}>look</a>",
    f"<form action=javascript:{_CALL}><button>Go</button></form>",
    f"<button formaction=javascript:{_CALL}>Go</button>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={_CALL}>",
    f"<template><script>{_CALL}</script></template>",
    f"<noscript><p title='</noscript><img src onerror={_CALL}>'>",
    f"<style>@import'//example.org/x.css';</style><img src onerror={_CALL}>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//example.org/x.css>",
    "<meta http-equiv=refresh content=0;url=//example.org>",
    "<base href=//example.org/>",
    f"<plaintext><img src onerror={_CALL}>",
    f"<xmp><img src onerror={_CALL}></xmp>",
    f"<title></title><img src onerror={_CALL}>",
    f"<textarea></textarea><img src onerror={_CALL}>",
    f"<!--><img src onerror={_CALL}>-->",
    f"<!--[if gte IE 4]><script>{_CALL}</script><![endif]-->",
    f"<![CDATA[<img src onerror={_CALL}>]]>",
    f"<dialog open><form method=dialog>{_CALL}",
    f"<marquee onstart={_CALL}>",
    f"<x contenteditable onblur={_CALL}>",
    "</main></body></html>",
    "<b>bold</b><i>unclosed",
    "<table><td>",
    "<img src=//example.org/pixel.gif>",
    "<use href=//example.org/x.svg#a>",
]
_QUOTES = [
    f'" onmouseover="{_CALL}',
    f"' onmouseover='{_CALL}",
    f'" autofocus onfocus={_CALL} x="',
    f"' autofocus onfocus={_CALL} x='",
    f"` onmouseover={_CALL} `",
    f'"><svg onload={_CALL}>',
    f"'><svg onload={_CALL}>",
    f'"/><script>{_CALL}</script>',
    f'";{_CALL};//',
    f"';{_CALL};//",
    f"\\';{_CALL};//",
    f'\\";{_CALL};//',
    f"${{{_CALL}}}",
    f"`-{_CALL}-`",
    f"'-{_CALL}-'",
    f'"-{_CALL}-"',
    f"</title><script>{_CALL}</script>",
    f"--><script>{_CALL}</script>",
    f"]]><script>{_CALL}</script>",
    f'{{"__proto__":{{"x":"{_CALL}"}}}}',
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&#x3c;img src onerror=alert(1)&#x3e;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    f"javascript:{_CALL}",
    f"JaVaScRiPt:{_CALL}",
    f" javascript:{_CALL}",
    f"java\tscript:{_CALL}",
    f"data:text/html,<script>{_CALL}</script>",
    f"vbscript:{_CALL}",
    "//example.org",
    "https://example.org@evil.example/",
    "url(javascript:alert(1))",
    "expression(alert(1))",
    "</style><style>body{background:url(//example.org)}",
    "1;url=//example.org",
    "a' AND 1=1 --",
    "'; DROP TABLE rooms_room; --",
    "' OR '1'='1",
]
_TEMPLATES = [
    "{{ 7|add:7 }}",
    "{{ settings.SECRET_KEY }}",
    "{% debug %}",
    "{% load static %}",
    "{% include '404.html' %}",
    "{# nothing #}",
    "{% verbatim %}",
    "{{ request.META }}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{0.__class__}",
    "{user.password}",
    "%s%s%s%n",
    "%(password)s",
    "$HOME $(id) `id`",
    "; ls -la |",
    "../../../etc/passwd",
    "..\\..\\windows",
    "C:\\con\\aux",
    "file:///etc/passwd",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("//example.org")',
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "null",
    "undefined",
    "NaN",
    "true",
    "[object Object]",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "admin",
    "0",
    "-1",
    "1e309",
    "٣",
]
_LINES = [
    "Subject\r\nBcc: all@example.org",
    "Subject\nBcc: all@example.org",
    "Subject\rBcc: all@example.org",
    "a%0d%0aBcc: all@example.org",
    "a\r\n\r\n<html>body</html>",
    "a\r\n.\r\nMAIL FROM:<x@example.org>",
    "a\u2028Bcc: all@example.org",
    "a\u2029Bcc: all@example.org",
    "a\u0085Bcc: all@example.org",
    "a\x0bBcc: all@example.org",
    "a\x0cBcc: all@example.org",
    "=?utf-8?q?=0D=0ABcc:_all=40example.org?=",
    "END:VCALENDAR\r\nBEGIN:VCALENDAR",
    "a\\nATTENDEE:mailto:x@example.org",
    "a;ROLE=CHAIR:mailto:x@example.org",
    "a\r\nATTACH:file:///etc/passwd",
    "HTTP/1.1 200 OK\r\nSet-Cookie: a=b",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x08\x08\x08",
]
_UNICODE = [
    "\u202egnp.exe",
    "a\u202eb\u202cc",
    "\u2066a\u2069",
    "\u200fשלום\u200e",
    "مرحبا بالعالم",
    "a\u200bb",
    "a\u200cb\u200db",
    "\ufeffa",
    "a\u00adb",
    "\u180ea",
    "\u2060a",
    "a\u034fb",
    "\u115f\u1160a",
    "\u3164a",
    "\uffa0a",
    "\u2800a",
    "a" + "\u0301" * 40,
    "Z̷̛͇a̴l̵g̶o̸",
    "ｆｕｌｌ ｗｉｄｔｈ",
    "＜script＞alert(1)＜/script＞",
    "﹤img src onerror=alert(1)﹥",
    "ⓐⓓⓜⓘⓝ",
    "аdmin",
    "Ａｍａｒａ Ｏｓｅｉ",
    "\U000e0041\U000e0042a",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🇩🇪🇫🇷",
    "ﷺ",
    "ﬀﬁﬂ",
    "ſ",
    "İıI",
    "ß",
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
    "사회과학원",
    "ประเทศไทย",
    "नमस्ते",
    "\ud7ff",
    "\ufffd",
    "\ufdd0a",
    "\uffffa",
    "𝕬𝖉𝖒𝖎𝖓",
    "a\u0000b",
    "\u0007bell",
    "\u007fdelete",
    "\u0080a",
    "\ufff9a\ufffa b\ufffb",
    "x" * 60,
    "W" * 60,
]

HOSTILE: tuple[str, ...] = tuple(_TAGS + _QUOTES + _TEMPLATES + _LINES + _UNICODE)

TAMED = str.maketrans("<>&\"'", "‹›+″′")
"""Makes texts as long as before, of which no parser makes anything."""


def as_name(text: str) -> str:
    """What the site makes of the text where it names somebody or something."""
    try:
        return clean_name(text[:NAME_LENGTH])
    except BadName:
        return "x"


def is_a_name(text: str) -> bool:
    """Whether the text may stand where a name stands, as the issue of names is told.

    NFKC, one line, nothing that turns or hides what stands beside it (Unicode: Cc, Cf,
    Zl, Zp, and what draws nothing although it counts as a letter).
    """
    kinds = {unicodedata.category(char) for char in text}
    return (
        unicodedata.normalize("NFKC", text) == text
        and not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        and not set(text) & set("\u034f\u115f\u1160\u3164\uffa0\u2800\u180e\ufeff")
        and text == " ".join(text.split())
    )


def as_note(text: str) -> str:
    """What the site makes of the text where people write a line to each other."""
    return visible_line(text)[:NOTE_LENGTH] or "x"


def as_written(text: str) -> str:
    """What is kept of the text where anything goes that a database takes."""
    return text.replace("\0", "") or "x"
