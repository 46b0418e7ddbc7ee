"""Requests a second through the gateway on one core, with and without a full RS256 check of every request's token.

    python benchmarks/gateway.py [--seconds 5] [--connections 32]

The gateway runs under uvicorn (httptools, uvloop, http) in a process of its own, pinned to the first core this process may use; the load comes
from here, pinned to the last one, over keep-alive connections that each have one request under way. There is no cache of verified tokens.
"""

import argparse
import asyncio
import base64
import json
import multiprocessing
import os
import socket
import time
from multiprocessing.synchronize import Event
from typing import cast

import httpx
import uvicorn
import uvloop
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from local_apim.gateway import create_gateway
from local_store import Store

ISSUER = "https://tenant.example/"
SERVICE = "/subscriptions/s/resourcegroups/g/providers/microsoft.apimanagement/service/bench"
ANSWER = "<return-response><set-status code='200' /><set-body>4</set-body></return-response>"
CHECK = (
    f"<validate-jwt header-name='Authorization' require-scheme='Bearer'><openid-config url='{ISSUER}.well-known/openid-configuration' />"
    f"<audiences><audience>basic-calculator</audience></audiences><issuers><issuer>{ISSUER}</issuer></issuers></validate-jwt>"
)


def base64url(value: bytes) -> str:
    """`value` in base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def signed_token(key: rsa.RSAPrivateKey) -> str:
    """A token as Auth0 issues one to a machine, good for an hour."""
    now = int(time.time())
    header = {"alg": "RS256", "typ": "JWT", "kid": "bench"}
    claims = {
        "iss": ISSUER,
        "sub": "0123456789abcdef0123456789abcdef@clients",
        "aud": "basic-calculator",
        "iat": now,
        "exp": now + 3600,
        "scope": "add:numbers subtract:numbers",
        "gty": "client-credentials",
        "azp": "0123456789abcdef0123456789abcdef",
    }
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{base64url(key.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"


def tenant(public: rsa.RSAPublicNumbers) -> httpx.MockTransport:
    """The tenant's two documents, in memory."""
    key = {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": "bench",
        "n": base64url(public.n.to_bytes(256, "big")),
        "e": base64url(public.e.to_bytes(3, "big")),
    }
    documents = {
        "/jwks": {"keys": [key]},
        "/.well-known/openid-configuration": {"issuer": ISSUER, "jwks_uri": f"{ISSUER}jwks"},
    }
    return httpx.MockTransport(lambda request: httpx.Response(200, json=documents[request.url.path]))


def service() -> Store:
    """A store with one API of two operations: `/calc/open` and, behind the check, `/calc/guarded`."""
    store = Store()
    resources = store.collection("arm.resources")

    def put(place: str, **properties: object) -> None:
        resources.put(
            f"{SERVICE}{place}", {"id": f"{SERVICE}{place}", "name": place.rsplit("/", 1)[-1], "properties": properties}
        )

    put(
        "/apis/calc",
        displayName="Basic Calculator",
        path="calc",
        protocols=["http"],
        subscriptionRequired=False,
        isCurrent=True,
    )
    for name, check in (("open", ""), ("guarded", CHECK)):
        put(f"/apis/calc/operations/{name}", displayName=name, method="GET", urlTemplate=f"/{name}")
        value = f"<policies><inbound><base />{check}{ANSWER}</inbound></policies>"
        put(f"/apis/calc/operations/{name}/policies/policy", value=value, format="xml")
    return store


def serve(listener: socket.socket, public: rsa.RSAPublicNumbers, core: int, ready: Event) -> None:
    """Run the gateway on one core until the process is ended."""
    os.sched_setaffinity(0, {core})

    async def run() -> None:
        async with httpx.AsyncClient(transport=tenant(public)) as fetch:
            gateway = create_gateway(service(), SERVICE, "http://localhost", fetch)
            config = uvicorn.Config(
                gateway, http="httptools", loop="uvloop", log_level="warning", access_log=False, lifespan="off"
            )
            ready.set()
            await uvicorn.Server(config).serve(sockets=[listener])

    uvloop.run(run())


class Caller(asyncio.Protocol):
    """One connection that sends the same request again as soon as its answer is complete."""

    def __init__(self, request: bytes, answer: bytes) -> None:
        self.answered = 0
        self.wrong = 0
        self._request = request
        self._answer = answer
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count the answer when it is complete and send the next request."""
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if end and len(body) >= len(self._answer):
            self.answered += 1
            self.wrong += not (head.startswith(b"HTTP/1.1 200") and body == self._answer)
            self._received = b""
            self._transport.write(self._request)


async def load(port: int, path: str, token: str, seconds: float, connections: int) -> float:
    """Requests a second; every answer must be the right one."""
    request = f"GET /calc/{path} HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\nAccept: */*\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    callers = [Caller(request, b"4") for _ in range(connections)]
    waiting = iter(callers)
    transports = [(await loop.create_connection(lambda: next(waiting), "127.0.0.1", port))[0] for _ in callers]
    await asyncio.sleep(min(1.0, seconds / 4))
    before, started = sum(caller.answered for caller in callers), time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (sum(caller.answered for caller in callers) - before) / (time.perf_counter() - started)
    for transport in transports:
        transport.close()
    wrong = sum(caller.wrong for caller in callers)
    if wrong:
        raise RuntimeError(f"{wrong} answers were not the expected 200")
    return rate


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="measured time for each row")
    parser.add_argument("--connections", type=int, default=32, help="connections kept open")
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    port = listener.getsockname()[1]
    ready = multiprocessing.Event()
    gateway = multiprocessing.Process(
        target=serve, args=(listener, key.public_key().public_numbers(), cores[0], ready), daemon=True
    )
    gateway.start()
    os.sched_setaffinity(0, {cores[-1]})
    ready.wait(10)

    token = signed_token(key)
    for path, label in (("open", "no check"), ("guarded", "full RS256 check")):
        rate = uvloop.run(load(port, path, token, options.seconds, options.connections))
        print(f"{label:18} {rate:8.0f} requests/s")
    gateway.terminate()
    gateway.join()


if __name__ == "__main__":
    main()
