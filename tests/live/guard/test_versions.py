"""Revisions and versions: every edit of the guide is one `up`, the next ones change nothing, and a destroy takes all of it away.

The programs are those of docs/guides/revisions-and-versions.md.
"""

import re
import threading
from itertools import groupby
from pathlib import Path

import httpx
import pytest
from pulumi import automation

from tests.live.guard.conftest import GROUP, SERVICE, ask, client_token, running_backend

pytestmark = pytest.mark.live

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guides" / "revisions-and-versions.md"
PROGRAMS = dict(re.findall(r"<!-- program: (.*?) -->\n\n```python\n(.*?)```", GUIDE.read_text(), re.DOTALL))
EXPORTS = """
for name in ("token_endpoint", "audience"):
    pulumi.export(name, getattr(api, name))
pulumi.export("client_id", client.client_id)
pulumi.export("client_secret", client.client_secret)
"""
SECOND_TRIAL = PROGRAMS["trial"].replace("shop.", "second.")
SHOP = """openapi: 3.0.3
info: {title: %s, version: '%s', description: %s}
paths:
  /items: {get: {operationId: list_items, responses: {'200': {description: Done}}}}
"""
OFFERS = "  /offers: {get: {operationId: list_offers, responses: {'200': {description: Done}}}}\n"


@pytest.fixture(scope="module")
def next_backend():
    with running_backend() as made:
        yield made


@pytest.fixture
def shop_stack(stack_of, backend, next_backend, tmp_path, monkeypatch):
    """A stack whose program is made of parts of the guide, and a function that changes which."""
    (tmp_path / "openapi").mkdir()
    (tmp_path / "openapi" / "shop.yaml").write_text(SHOP % ("Shop", 1, "What there is."))
    (tmp_path / "openapi" / "shop-next.yaml").write_text(SHOP % ("Next shop", 2, "What there will be.") + OFFERS)
    monkeypatch.chdir(tmp_path)
    for path in ("/items", "/offers"):
        backend.documents[path], next_backend.documents[path] = "old", "new"
    parts = []

    def edit(*names, added=""):
        parts[:] = [*(PROGRAMS[name] for name in ("beginning", *names)), added, EXPORTS]

    def program():
        exec(compile("\n".join(parts), GUIDE.name, "exec"), {})  # noqa: S102 - the project's own text

    stack = stack_of(program)
    values = {"group": GROUP, "service": SERVICE, "backend": backend.url, "nextBackend": next_backend.url}
    stack.set_all_config({name: automation.ConfigValue(value) for name, value in values.items()})
    return stack, edit


class Caller:
    """Calls an address with a good token all the time; the answers in order, each once where it repeats."""

    def __init__(self, trust, url, token):
        self.answers = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(trust, url, token))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self._thread.join()
        self.answers = [answer for answer, _ in groupby(self.answers)]

    def _run(self, trust, url, token):
        with httpx.Client(verify=trust, trust_env=False) as client:
            while not self._stopped.wait(0.01):
                answer = client.get(url, headers={"Authorization": f"Bearer {token}"})
                self.answers.append((answer.status_code, answer.text))


def is_settled(stack):
    """Whether the next deployment changes nothing, nor one that asks the services first."""
    changes = [stack.up().summary.resource_changes, stack.up(refresh=True).summary.resource_changes]
    return [set(each) - {"same"} for each in changes] == [set(), set()]


def test_every_edit_of_the_guide_is_one_deployment_that_comes_to_rest(
    shop_stack, sandbox, gateway_url, probing, http, manager
):
    stack, edit = shop_stack
    url = f"{gateway_url}/shop"
    probing([f"{url}/items", f"{url};rev=2/items", f"{url}/v2/items", f"{url}/v2;rev=2/offers"])
    edit("shop")
    token = client_token(http, stack.up().outputs)
    assert is_settled(stack)

    def answer(address):
        got = http.get(f"{url}{address}", headers={"Authorization": f"Bearer {token}"})
        return got.text if got.status_code == 200 else got.status_code

    def deployed(*parts, **more):
        """What callers of the API get during the deployment."""
        edit(*parts, **more)
        with Caller(sandbox.trust, f"{url}/items", token) as caller:
            stack.up()
        assert is_settled(stack)
        return caller.answers

    old, new = (200, "old"), (200, "new")
    assert deployed("shop", "trial") == [old]
    assert (answer(";rev=2/items"), answer(";rev=2/offers"), answer("/offers")) == ("new", "new", 404)
    assert ask(http, f"{url};rev=2/offers", None) == 401

    assert deployed("next shop") == [old, new]
    assert (answer("/offers"), answer(";rev=2/offers")) == ("new", 404)

    assert deployed("shop") == [new, old]
    assert (answer("/offers"), answer(";rev=2/offers")) == (404, 404)

    assert deployed("original", "second", added=SECOND_TRIAL) == [old]
    assert [answer(f"{version}/offers") for version in ("", "/v2", "/v2;rev=2")] == [404, "new", "new"]
    assert ask(http, f"{url}/v2/offers", None) == 401
    described = manager.api.get(GROUP, SERVICE, "shop-v2")
    assert (described.display_name, described.description) == ("Shop", "What there will be.")

    assert deployed("original") == [old]
    assert (answer("/v2/items"), answer("/items")) == (404, "old")

    edit("original", "second")
    stack.up()
    deployed("second alone")
    assert (answer("/items"), answer("/v2/items")) == (404, "new")
    stack.destroy()
    assert stack.export_stack().deployment.get("resources", []) == []
    assert [each.name for each in manager.api_version_set.list_by_service(GROUP, SERVICE)] == []


def test_what_a_revision_cannot_change_is_changed_in_the_api_for_both(shop_stack, gateway_url, probing, manager):
    stack, edit = shop_stack
    probing([f"{gateway_url}/shop;rev=2/items"])
    edit("shop", "trial")
    stack.up()
    named = '"versioning_scheme": "Segment", "display_name": "Shop of all", "description": "All there is."'
    edit(added=PROGRAMS["original"].replace('"versioning_scheme": "Segment"', named) + PROGRAMS["trial"])
    stack.up()
    assert is_settled(stack)
    for name in ("shop", "shop;rev=2"):
        api = manager.api.get(GROUP, SERVICE, name)
        assert (api.display_name, api.description, api.service_url) == (
            "Shop of all",
            "All there is.",
            "https://closed.invalid",
        )
        assert api.api_version_set_id.endswith("/apiVersionSets/shop")


def test_a_version_changes_in_place_and_an_api_at_another_path_is_made_before_its_set_goes(
    shop_stack, gateway_url, probing, http, manager
):
    stack, edit = shop_stack

    def deployed(version, path):
        text = PROGRAMS["original"].replace(
            '"versioning_scheme": "Segment"', f'"version": "{version}", "path": "{path}"'
        )
        edit(added=text)
        token = client_token(http, stack.up().outputs)
        assert is_settled(stack)
        return ask(http, f"{gateway_url}/{path}/{version}/items", token)

    def there():
        kinds = (manager.api, manager.api_version_set)
        return [[each.name for each in kind.list_by_service(GROUP, SERVICE)] for kind in kinds]

    probing([f"{gateway_url}/{path}/items" for path in ("shop/v1", "shop/v2", "store/v2")])
    assert (deployed("v1", "shop"), there()) == (200, [["shop"], ["shop"]])
    assert (deployed("v2", "shop"), there()) == (200, [["shop"], ["shop"]])
    assert (deployed("v2", "store"), there()) == (200, [["store"], ["store"]])


STATES = {
    "a trial": {"names": ("shop", "trial")},
    "an original alone in its set": {"names": ("original",)},
    "a version with a trial": {"names": ("original", "second"), "added": SECOND_TRIAL},
}
NEW = '{"publisher_name": "Contoso", "publisher_email": "apis@contoso.example"}'


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("is_new", [True, False], ids=["a new service", "an existing service"])
def test_a_plain_destroy_takes_everything_away(shop_stack, gateway_url, manager, monkeypatch, state, is_new):
    stack, edit = shop_stack
    if is_new:
        monkeypatch.setitem(PROGRAMS, "beginning", PROGRAMS["beginning"].replace('{"existing": True}', NEW))
        stack.set_config("service", automation.ConfigValue(f"new-{list(STATES).index(state)}"))
    edit(*STATES[state]["names"], added=STATES[state].get("added", ""))
    stack.up()
    stack.destroy()
    assert stack.export_stack().deployment.get("resources", []) == []
    assert [each.name for each in manager.api.list_by_service(GROUP, SERVICE)] == []
    assert [each.name for each in manager.api_version_set.list_by_service(GROUP, SERVICE)] == []
