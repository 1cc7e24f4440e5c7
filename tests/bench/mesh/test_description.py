"""An answer takes over what was offered, and brings its own transport."""

from __future__ import annotations

import pytest

from bench.mesh.viewer.description import (
    Codec,
    Credentials,
    Unreadable,
    answer,
    read_offer,
)

OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 42 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1 2",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host generation 0",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:a-long-password-of-theirs",
        "a=ice-options:trickle",
        "a=fingerprint:sha-256 AA:BB",
        "a=setup:actpass",
        "a=mid:0",
        "a=sendrecv",
        "a=msid:stream track",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 minptime=10",
        "a=ssrc:11 cname:x",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:a-long-password-of-theirs",
        "a=fingerprint:sha-256 AA:BB",
        "a=setup:actpass",
        "a=mid:1",
        "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=rtpmap:96 VP8/90000",
        "a=rtcp-fb:96 transport-cc",
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
        "a=ssrc-group:FID 21 22",
        "a=ssrc:21 cname:x",
        "a=ssrc:22 cname:x",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:a-long-password-of-theirs",
        "a=fingerprint:sha-256 AA:BB",
        "a=setup:actpass",
        "a=mid:2",
        "a=sctp-port:5000",
        "a=max-message-size:262144",
        "",
    ]
)
OWN = Credentials(
    "wxyz", "a-long-password-of-ours", [("sha-256", "CC:DD")], ["candidate:9 1 udp"]
)


def test_an_offer_is_read() -> None:
    offer = read_offer(OFFER)
    assert offer.origin == "o=- 42 2 IN IP4 127.0.0.1"
    assert (offer.fragment, offer.password) == ("abcd", "a-long-password-of-theirs")
    assert offer.fingerprints == (("sha-256", "AA:BB"),)
    assert offer.transport_number == 3
    assert offer.candidates == (
        "candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host generation 0",
    )
    assert [section.kind for section in offer.sections] == [
        "audio",
        "video",
        "application",
    ]
    sound, video = offer.media
    assert [sorted(sound.main), sorted(sound.again)] == [[11], []]
    assert [sorted(video.main), sorted(video.again)] == [[21], [22]]
    assert video.codecs == {96: Codec("vp8", 90_000), 97: Codec("rtx", 90_000)}


def test_an_answer_says_what_was_offered_with_its_own_transport() -> None:
    said = answer(read_offer(OFFER), OWN)
    assert said.endswith("\r\n")
    again = read_offer(said)
    assert (again.fragment, again.password) == ("wxyz", "a-long-password-of-ours")
    assert again.fingerprints == (("sha-256", "CC:DD"),)
    assert again.candidates == ("candidate:9 1 udp",)
    assert [section.mid for section in again.sections] == ["0", "1", "2"]
    for section, offered in zip(again.media, read_offer(OFFER).media, strict=True):
        assert section.codecs == offered.codecs
        assert not section.main
        lines = section.lines
        assert "a=setup:active" in lines
        assert lines.count("a=sendrecv") == 1
        assert lines[0].split()[1] == "9"
    assert "a=rtcp-fb:96 transport-cc" in again.media[1].lines
    assert again.transport_number == 3
    assert "a=sctp-port:5000" in again.sections[2].lines
    for theirs in ("actpass", "AA:BB", "192.0.2.1", "msid:stream", "abcd", "a=ssrc"):
        assert theirs not in said


@pytest.mark.parametrize(
    "sdp", ["", "v=0\r\n", OFFER.replace("a=ice-pwd", "a=x"), OFFER.replace("o=-", "x")]
)
def test_what_is_no_offer_is_refused(sdp: str) -> None:
    with pytest.raises(Unreadable):
        read_offer(sdp)
