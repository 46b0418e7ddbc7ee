import importlib
from pathlib import Path

import pytest
from auth0_apim_sandbox.apim.manager import routing
from auth0_apim_sandbox.tenant.management.application import ENDPOINTS


@pytest.fixture
def ledger(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2]))
    return importlib.import_module("docs.generator.coverage")


def page(ledger):
    return ledger.coverage_page()[ledger.PAGE]


def test_every_source_is_of_something_that_is_answered(ledger):
    assert ledger.KIND_SOURCES.keys() == routing.KINDS.keys() | routing.VIEWS.keys()
    assert ledger.MANAGEMENT_SOURCES.keys() == {endpoint.path.split("/")[1] for endpoint in ENDPOINTS}


def test_the_ledger_names_what_is_dispatched_and_what_is_refused(ledger):
    text = page(ledger)
    for row in (
        "| `subscriptions` | list, DELETE, GET, HEAD, PATCH, PUT | `listsecrets`, `regenerateprimarykey`, ",
        "| `/oauth/token` | POST |",
        "| `/oauth/par` | pushed authorization requests |",
        "| `/client-grants` | GET, POST |",
        "| `/secrets/{name}` | DELETE, GET, PUT |",
    ):
        assert row in text
    assert "Refused by name: `agents`, `anomaly`, " in text


def test_what_is_dispatched_no_more_is_in_the_ledger_no_more(ledger, monkeypatch):
    monkeypatch.delitem(routing.KINDS, "tags")
    assert "| `tags` |" not in page(ledger)


def test_what_has_no_source_is_no_part_of_a_ledger(ledger, monkeypatch):
    monkeypatch.delitem(ledger.KIND_SOURCES, "tags")
    with pytest.raises(LookupError, match="does not say how the answers of 'tags' are known"):
        page(ledger)
