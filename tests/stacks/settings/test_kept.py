"""The setting `keep`: named properties of named resources are left as they are."""

import pulumi
from auth0_apim_environments.settings.kept import keep


def transformed(monkeypatch, properties, name):
    registered = []
    monkeypatch.setattr(pulumi.runtime, "register_stack_transformation", registered.append)
    keep(properties)
    resource = object.__new__(pulumi.CustomResource)
    args = pulumi.ResourceTransformationArgs(
        resource=resource,
        type_="auth0:index/client:Client",
        name=name,
        props={"name": "x"},
        opts=pulumi.ResourceOptions(ignore_changes=["callbacks"]),
    )
    return [each(args) for each in registered]


def test_a_named_resource_ignores_its_properties_besides_those_it_ignores_already(monkeypatch):
    [result] = transformed(monkeypatch, {"client-client": ["grantTypes"]}, "client-client")
    assert result.opts.ignore_changes == ["callbacks", "grantTypes"]
    assert result.props == {"name": "x"}


def test_another_resource_is_not_touched(monkeypatch):
    assert transformed(monkeypatch, {"client-client": ["grantTypes"]}, "login-client") == [None]


def test_nothing_to_keep_registers_nothing(monkeypatch):
    assert transformed(monkeypatch, {}, "client-client") == []
