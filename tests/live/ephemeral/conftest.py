"""A sandbox with one API Management service that environments share, and the project whose environments they are."""

import json
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from auth0_apim_environments.clients.credentials import open_manager, open_tenant
from auth0_apim_environments.ephemeral import Environments, EnvironmentSpec, Marker, Reaper, lease_on
from auth0_apim_environments.project import find_project
from auth0_apim_sandbox.cloud import Sandbox

SERVICE = "resourceGroups/local/providers/Microsoft.ApiManagement/service/basic-calculator-local"


class Backend:
    """What the tests of one module share."""

    def __init__(self, sandbox, engine, folder, tenant, manager):
        self.sandbox, self.engine, self.folder = sandbox, engine, folder
        self.variables = sandbox.environment(engine)
        self.environments = self.open()
        self.spec = EnvironmentSpec(assignments=(f"publication.serviceUrl={sandbox.calculator_url}/api",), owner="jane")
        self.tenant, self.manager = tenant, manager
        body = {
            "location": "westeurope",
            "sku": {"name": "Developer", "capacity": 1},
            "properties": {"publisherName": "Contoso", "publisherEmail": "apis@contoso.example"},
        }
        self.manager.put(SERVICE, params={"api-version": "2024-05-01"}, json=body).raise_for_status()

    def open(self, **variables):
        return Environments(find_project(self.folder), self.engine, {**self.variables, **variables})

    def create(self, name, **changes):
        return self.environments.create(name, EnvironmentSpec(**{**vars(self.spec), **changes}))

    def empty_stack(self, name, **changes):
        """An environment whose creation ended before anything was deployed; its marker."""
        marker = Marker.begin(name, "jane", datetime.now(timezone.utc), timedelta(hours=4), **changes)
        self.environments.stacks.create(name)
        self.environments.stacks.mark(marker)
        return marker

    def reaper(self, environments=None, *, after=timedelta(days=1)):
        lease = lease_on(self.variables["PULUMI_BACKEND_URL"], "reaper")
        return Reaper(environments or self.environments, lease, lambda: datetime.now(timezone.utc) + after)

    def reap(self, environments=None):
        return {
            each.environment: (each.status.value, each.reason) for each in self.reaper(environments).reap(dry_run=False)
        }

    def objects(self):
        """Kind and name of everything in the tenant and in the service."""
        found = set()
        for path in ("clients", "connections", "resource-servers", "users"):
            for document in self.tenant.get(path, params={"per_page": 100}).raise_for_status().json():
                found.add((path, document.get("identifier") or document.get("email") or document["name"]))
        for path in ("apis", "products", "authorizationServers", "namedValues"):
            answer = self.manager.get(f"{SERVICE}/{path}", params={"api-version": "2024-05-01"}).raise_for_status()
            found |= {(path, document["name"]) for document in answer.json()["value"]}
        return found

    def ask(self, method, path, json=None, **query):
        """What the resource manager answers about a part of the service."""
        query = {"api-version": "2024-05-01", **query}
        return self.manager.request(method, f"{SERVICE}/{path}", params=query, json=json).raise_for_status()

    def subscriptions(self):
        """The service's subscriptions: what each is to, and its name."""
        found = self.ask("GET", "subscriptions").json()["value"]
        return {(each["properties"]["scope"].rpartition("/")[2], each["name"]) for each in found}

    def state_file(self, name):
        backend = Path(self.variables["PULUMI_BACKEND_URL"].removeprefix("file://").partition("?")[0])
        return backend / ".pulumi" / "stacks" / "auth0-apim" / f"{name}.json"

    def lock(self, name, *, pid, host):
        """A lock as the engine leaves it."""
        folder = self.state_file(name).parents[2] / "locks" / "organization" / "auth0-apim" / name
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "11111111-2222-3333-4444-555555555555.json"
        document = {"pid": pid, "username": "jane", "hostname": host, "timestamp": "2026-03-01T12:00:00Z"}
        file.write_text(json.dumps(document))
        return file

    def change_state(self, name, change):
        """Apply `change` to the deployment in the stack's state."""
        document = self.environments.stacks.state(name)
        change(document["deployment"])
        self.environments.stacks.restore(name, document)


@pytest.fixture(scope="module")
def place(engine, copy_project, tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("project"))
    with (
        Sandbox() as sandbox,
        closing(open_tenant(sandbox.credentials)) as tenant,
        closing(open_manager(sandbox.credentials)) as manager,
    ):
        yield Backend(sandbox, engine, folder, tenant, manager)


@pytest.fixture
def order_fault(place):
    """Order a failure of the next matching requests."""
    sandbox = place.sandbox
    with httpx.Client(base_url=sandbox.control_url, headers=sandbox.control_headers, trust_env=False) as control:
        yield lambda **fault: control.post("/faults", json=fault).raise_for_status()
        control.delete("/faults").raise_for_status()
