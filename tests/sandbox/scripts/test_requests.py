"""Requests of scripts to a service on this machine, and to nothing else."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme
from auth0_apim_sandbox.scripts import MachineAccess


class Service(BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        seen = {"method": self.command, "path": self.path, "body": body}
        wanted = ("authorization", "content-type", "x-api-key", "cookie")
        seen["headers"] = {name: self.headers[name] for name in wanted if name in self.headers}
        self.send_response(int(self.path[1:4]) if self.path[1:4].isdigit() else 200)
        if self.path.startswith("/302"):
            self.send_header("Location", self.path.partition("to=")[2])
        self.send_header("Content-Type", "application/json")
        self.send_header("Set-Cookie", "session=1")
        self.end_headers()
        self.wfile.write(json.dumps(seen).encode())

    do_GET = do_POST = do_PUT = answer  # noqa: N815 - the names that the base class calls

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def port():
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def secure(tmp_path):
    """A service with TLS: its port, and the file with the authority that vouches for it."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], tmp_path / "authority.pem"
        server.shutdown()


@pytest.fixture
def url(port):
    return f"http://localhost:{port}"


async def test_axios_posts_json_and_throws_on_a_status(evaluate, url):
    got, failed = await evaluate(
        f"(await require('axios@0.22.0').post('{url}/login', {{ a: 1 }}, {{ headers: {{ 'x-api-key': 'k' }} }})).data",
        f"await require('axios').get('{url}/404').catch((e) => [e.response.status, e.message, e.isAxiosError])",
    )
    headers = {"content-type": "application/json", "x-api-key": "k"}
    assert got == {"method": "POST", "path": "/login", "body": '{"a":1}', "headers": headers}
    assert failed == [404, "Request failed with status code 404", True]


async def test_an_instance_of_axios_has_its_defaults(evaluate, url):
    made = f"require('axios').create({{ baseURL: '{url}/v1/', auth: {{ username: 'u', password: 'p' }} }})"
    [got] = await evaluate(f"(await {made}.get('users', {{ params: {{ email: 'a b@c' }} }})).data")
    assert (got["path"], got["headers"]) == ("/v1/users?email=a+b%40c", {"authorization": "Basic dTpw"})


async def test_request_calls_back_with_the_body(run, url):
    script = f"""function login(callback) {{
      request({{ url: '{url}/a', method: 'POST', auth: {{ user: 'u', password: 'p' }}, json: {{ b: 2 }}, qs: {{ c: 3 }} }},
        (error, response, body) => request.post({{ url: '{url}/f', form: {{ d: 'e f' }} }},
          (error, other, text) => callback(error, response.statusCode, body, text)));
    }}"""
    status, first, second = await run(script)
    headers = {"authorization": "Basic dTpw", "content-type": "application/json"}
    assert (status, first) == (200, {"method": "POST", "path": "/a?c=3", "body": '{"b":2}', "headers": headers})
    assert json.loads(second)["body"] == "d=e%20f"


async def test_fetch_gives_a_response(evaluate, url):
    form = "new URLSearchParams({ grant_type: 'client_credentials' })"
    got, status = await evaluate(
        f"await (await fetch('{url}/t', {{ method: 'POST', body: {form} }})).json()",
        f"await (async () => {{ const r = await require('node-fetch')('{url}/503'); return [r.ok, r.status]; }})()",
    )
    assert got["body"] == "grant_type=client_credentials"
    assert got["headers"] == {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"}
    assert status == [False, 503]


async def test_nodes_own_client_emits_the_answer(run, url, port):
    script = f"""function login(callback) {{
      const asked = require('http').request({{ host: 'localhost', port: {port}, path: '/p', method: 'PUT' }}, (answer) => {{
        let text = '';
        answer.on('data', (chunk) => {{ text += chunk; }}).on('end', () => callback(null, answer.statusCode, JSON.parse(text).body));
      }});
      asked.write('one ');
      asked.end('two');
    }}"""
    assert await run(script) == [200, "one two"]


async def test_a_redirect_is_followed_on_this_machine_and_carries_no_cookie(evaluate, url):
    [got] = await evaluate(f"await (await fetch('{url}/302?to=/b')).json()")
    assert (got["path"], got["headers"]) == ("/b", {})


ELSEWHERE = "scripts in this sandbox reach services on this machine only, at http://localhost:PORT, not "


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("http://example.com/", "example.com"),
        ("http://127.0.0.1.example.com/", "127.0.0.1.example.com"),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254"),
        ("http://localhost@10.0.0.1/", "10.0.0.1"),
        ("http://[fe80::1]/", "fe80::1"),
    ],
)
async def test_no_other_machine_is_reached_not_even_by_a_redirect(evaluate, url, target, host):
    expression = "await require('axios').get('{}').catch((e) => [e.message, e.code])"
    expected = [ELSEWHERE + host, "ENOTFOUND"]
    assert await evaluate(expression.format(target), expression.format(f"{url}/302?to={target}")) == [expected] * 2


async def test_the_sandboxs_own_ports_are_closed_also_behind_a_redirect(evaluate, url, port):
    closed = MachineAccess(closed_ports=frozenset([port]))
    expression = f"await require('axios').get('{url}/').catch((e) => [e.message, e.code])"
    said = [f"port {port} is the sandbox's own, which no script reaches", "ECONNREFUSED"]
    assert await evaluate(expression, access=closed) == [said]


async def test_a_service_that_is_not_there_or_does_not_answer_is_an_error(evaluate, unused_tcp_port):
    nobody = f"http://localhost:{unused_tcp_port}/"
    assert await evaluate(
        f"await require('axios').get('{nobody}').catch((e) => e.code)",
        f"await fetch('{nobody}').catch((e) => [e.message, e.cause.code])",
        "await require('axios').get('ftp://localhost/').catch((e) => e.message)",
    ) == ["ECONNREFUSED", ["fetch failed", "ECONNREFUSED"], "scripts send requests by http and https, not ftp"]


async def test_a_request_that_nobody_waits_for_holds_nothing_up(run):
    script = "function login(callback) { fetch('http://localhost:1/').catch(() => undefined); callback(null, 1); }"
    assert await run(script) == [1]


async def test_certificates_are_those_that_the_sandbox_trusts(evaluate, secure):
    port, authority = secure
    expression = f"await require('axios').get('https://localhost:{port}/t').then((r) => r.status, (e) => e.code)"
    assert await evaluate(expression, access=MachineAccess(authority=authority)) == [200]
    assert await evaluate(expression) == ["UNABLE_TO_VERIFY_LEAF_SIGNATURE"]


async def test_a_request_adds_no_credential_of_the_machine(evaluate, url, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine localhost login ada password secret")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HTTP_PROXY", "http://localhost:1")
    [got] = await evaluate(f"(await require('axios').get('{url}/x')).data")
    assert got["headers"] == {}
