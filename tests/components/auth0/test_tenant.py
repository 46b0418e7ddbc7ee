"""How often a tenant is asked who it is."""

import pulumi
import pulumi_auth0 as auth0
import pytest
from auth0_apim import Auth0Api


def apis():
    """Six APIs with three providers, two each."""
    providers = [None, *(auth0.Provider(name, domain=f"{name}.example") for name in ("one", "two"))]
    for number, provider in enumerate(providers):
        for half in "ab":
            Auth0Api(f"{half}{number}", {"identifier": f"{half}{number}"}, pulumi.ResourceOptions(provider=provider))


@pytest.mark.parametrize("deployment", ["first", "second"])
def test_it_is_asked_once_by_each_deployment_and_provider(mocks, deploy, deployment):
    deploy(apis)
    assert {token for token, _ in mocks.calls} == {"auth0:index/getTenant:getTenant"}
    assert sorted(provider.rpartition("::")[2] for _, provider in mocks.calls) == ["", "one-id", "two-id"]


def test_each_providers_apis_have_its_tenants_issuer(mocks, deploy, monkeypatch):
    def answer(args):
        name = args.provider.rpartition("::")[2].removesuffix("-id") or "default"
        return {"managementApiIdentifier": f"https://{name}.example/api/v2/"}

    monkeypatch.setattr(mocks, "call", answer)
    found = {}

    def program():
        for name in ("one", "two"):
            opts = pulumi.ResourceOptions(provider=auth0.Provider(name, domain=f"{name}.example"))
            Auth0Api(name, {"identifier": name}, opts).issuer.apply(
                lambda issuer, name=name: found.update({name: issuer})
            )
        Auth0Api("default", {"identifier": "default"}).issuer.apply(lambda issuer: found.update(default=issuer))

    deploy(program)
    assert found == {name: f"https://{name}.example/" for name in ("one", "two", "default")}
