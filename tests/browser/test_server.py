"""The web server under clients that are slow or idle: others must not notice."""

import json
import socket
import time
import urllib.request
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from browser.kit import Site


def connect(site: Site) -> socket.socket:
    address = urlsplit(site.base)
    assert address.hostname and address.port
    return socket.create_connection((address.hostname, address.port), timeout=10)


def typical(site: Site) -> float:
    """The median time of a page, in seconds."""
    times = []
    for _ in range(9):
        begun = time.perf_counter()
        with urllib.request.urlopen(f"{site.base}/track", timeout=10) as answer:
            answer.read()
        times.append(time.perf_counter() - begun)
    return sorted(times)[len(times) // 2]


def head(length: int, path: str = "/api/v1/sessions", token: str = "") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", "Connection: close", "Content-Type: application/json"]
    lines += [f"Content-Length: {length}", *([f"Authorization: Bearer {token}"] if token else [])]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def rest(connection: socket.socket) -> str:
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found.decode()


def test_a_hundred_idle_browsers_and_a_hundred_slow_uploads_stop_nobody(site: Site) -> None:
    before = typical(site)
    held = [connect(site) for _ in range(200)]
    for idle in held[:100]:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1")
    for slow in held[100:]:
        slow.sendall(head(200_000) + b"x" * 1000)
    time.sleep(0.3)
    assert typical(site) < before + 0.1
    for one in held:
        one.close()
    assert typical(site) < before + 0.1


def test_a_body_that_comes_in_pieces_arrives_whole(site: Site) -> None:
    body = json.dumps({"username": "clerk", "password": "onedoor-demo"}).encode()
    with connect(site) as slow:
        slow.sendall(head(len(body)))
        for place in range(0, len(body), 7):
            slow.sendall(body[place : place + 7])
            time.sleep(0.01)
        answer = rest(slow)
    assert answer.startswith("HTTP/1.1 201") and '"token"' in answer


def test_a_body_that_breaks_off_reaches_no_page(site: Site) -> None:
    number = site.registered()
    version = site.call("clerk", f"/cases/{number}")["version"]
    with connect(site) as phone:
        whole = b"{}" + b" " * 500
        phone.sendall(head(len(whole), f"/api/v1/cases/{number}/moves/accept", site.token("clerk")) + whole[:300])
    time.sleep(0.3)
    assert site.call("clerk", f"/cases/{number}")["version"] == version


@pytest.mark.parametrize("length", [3_000_000, 3_000_000_000])
def test_a_body_too_large_is_refused_by_its_length_alone(site: Site, length: int) -> None:
    with connect(site) as phone:
        phone.sendall(head(length, "/api/v1/cases", site.token("clerk")))
        if length < 50_000_000:
            phone.sendall(b" " * length)
        answer = rest(phone)
    assert answer.startswith("HTTP/1.1 413") and "太大" in answer


def test_what_is_sent_without_a_length_is_read_too(site: Site) -> None:
    body = json.dumps({"username": "clerk", "password": "wrong"}).encode()
    request = urllib.request.Request(f"{site.base}/api/v1/sessions", data=iter([body]), method="POST")
    request.add_header("Content-Type", "application/json")
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code == 403 and "用户名或密码" in refused.value.read().decode()
