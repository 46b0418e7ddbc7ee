"""An environment's settings: the template's, with names and marks of its own."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml
from auth0_apim_environments.ephemeral.settings_file import environment_file, is_environment_file, update_marks
from auth0_apim_environments.marks import Marker
from auth0_apim_environments.settings.problems import SettingsError
from auth0_apim_environments.settings.settings import Settings

STACKS = Path(__file__).parents[3] / "stacks"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
MARKER = Marker.begin("pr-42", "jane", NOON, timedelta(hours=4))


def settings_of(tmp_path, template="Pulumi.ephemeral.yaml", assignments=(), marker=MARKER):
    file = tmp_path / "Pulumi.pr-42.yaml"
    file.write_text(environment_file(STACKS / template, assignments, marker))
    assert is_environment_file(file)
    return Settings.from_file(file)


def test_every_name_gets_the_environment_except_that_of_a_shared_service(tmp_path):
    settings = settings_of(tmp_path)
    assert settings.get("api.identifier") == "basic-calculator-env-pr-42"
    assert settings.get("api.display_name") == "Basic Calculator-env-pr-42"
    assert settings.get("client.display_name") == "Basic Calculator Client-env-pr-42"
    assert settings.get("interactive_client.display_name") == "Basic Calculator Login-env-pr-42"
    assert settings.get("database.connection_name") == "BasicCalculator-env-pr-42"
    assert (settings.get("publication.path"), settings.get("publication.product_name")) == (
        "calc-env-pr-42",
        "Starter-env-pr-42",
    )
    assert settings.get("gateway.service_name") == "basic-calculator-local"
    assert settings.tags == MARKER.marks()
    assert settings.get("publication.description") == (
        "An ephemeral environment of jane. [auth0-apim-environment: pr-42]"
    )


def test_an_own_service_and_portal_get_the_environment_in_their_names(tmp_path):
    settings = settings_of(tmp_path, "local.settings.yaml")
    assert settings.get("gateway.service_name") == "basic-calculator-local-env-pr-42"
    assert settings.get("portal.authorization_server_id") == "auth0-env-pr-42"
    assert settings.get("portal.display_name") == "Auth0-env-pr-42"
    assert settings.tags == {"environment": "local", **MARKER.marks()}


def test_roles_are_renamed_and_marked_and_their_keys_are_kept(tmp_path):
    roles = (
        "api.permissionsInToken=true",
        "roles={operator: {permissions: ['calc:add']}}",
        "user={email: jane@example.com, roles: [operator]}",
    )
    settings = settings_of(tmp_path, assignments=roles)
    assert settings.sections["roles"]["operator"]["role_name"] == "operator-env-pr-42"
    assert settings.sections["roles"]["operator"]["description"] == (
        "A role of an ephemeral environment of jane. [auth0-apim-environment: pr-42]"
    )
    assert settings.get("user.roles") == ["operator"]


def test_assignments_replace_settings_before_names_are_changed(tmp_path):
    assignments = (
        "api.identifier=other",
        "api.tokenLifetime=60",
        "client.scopes=['calc:add']",
        "publication.description=Mine.",
        "azure-native:location=westeurope",
    )
    settings = settings_of(tmp_path, assignments=assignments)
    assert (settings.get("api.identifier"), settings.get("api.token_lifetime")) == ("other-env-pr-42", 60)
    assert settings.get("client.scopes") == ["calc:add"]
    assert settings.get("publication.description") == "Mine. [auth0-apim-environment: pr-42]"
    document = yaml.safe_load((tmp_path / "Pulumi.pr-42.yaml").read_text())
    assert document["config"]["azure-native:location"] == "westeurope"


@pytest.mark.parametrize("assignment", ["api.identifier", "=x", "a b=x", "api.scopes={", "api.identifier.deeper=1"])
def test_an_invalid_assignment_is_refused(assignment):
    with pytest.raises(SettingsError, match="an example that works: "):
        environment_file(STACKS / "Pulumi.ephemeral.yaml", [assignment], MARKER)


def test_the_key_of_the_templates_secrets_is_copied(tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text("secretsprovider: awskms://alias/team\nencryptedkey: abc\nconfig: {}\n")
    document = yaml.safe_load(environment_file(template, [], MARKER))
    assert (document["secretsprovider"], document["encryptedkey"]) == ("awskms://alias/team", "abc")


@pytest.mark.parametrize("text", ["", "[]", "config: []", "{"])
def test_a_template_that_is_no_settings_file_is_refused(tmp_path, text):
    template = tmp_path / "template.yaml"
    template.write_text(text)
    with pytest.raises(SettingsError, match=r"is no YAML|has no map 'config'"):
        environment_file(template, [], MARKER)


def test_an_extension_changes_only_the_marks(tmp_path):
    text = environment_file(STACKS / "Pulumi.ephemeral.yaml", [], MARKER)
    later = MARKER.extended(NOON, timedelta(days=1))
    before, after = yaml.safe_load(text)["config"], yaml.safe_load(update_marks(text, later))["config"]
    assert after.pop("auth0-apim:tags")["auth0-apim-expires"] == "2026-03-02T12:00:00Z"
    before.pop("auth0-apim:tags")
    assert after == before
