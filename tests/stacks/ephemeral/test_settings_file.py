"""An environment's settings file: never half written, never lost to an order that cannot be carried out."""

import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml
from auth0_apim_environments.ephemeral import EnvironmentSpec, EphemeralEnvironmentError, Marker
from auth0_apim_environments.ephemeral.settings_file import EnvironmentFile
from auth0_apim_environments.project import Project
from auth0_apim_environments.settings.problems import SettingsError

STACKS = Path(__file__).parents[3] / "stacks"
MARKER = Marker.begin("pr-42", "jane", datetime(2026, 3, 1, 12, tzinfo=timezone.utc), timedelta(hours=4))
OWN = "gateway={resourceGroupName: g, serviceName: own, sku: Developer, publisherName: C, publisherEmail: a@b.example}"


@pytest.fixture
def file(tmp_path):
    shutil.copy(STACKS / "Pulumi.ephemeral.yaml", tmp_path)
    return EnvironmentFile(Project(tmp_path, "auth0-apim", tmp_path), "pr-42")


def test_an_invalid_setting_does_not_change_the_file_of_an_existing_environment(file):
    file.write(EnvironmentSpec(), MARKER)
    before = file.path.read_text()
    with pytest.raises(SettingsError, match="tokenLifetime"):
        file.write(EnvironmentSpec(assignments=("api.tokenLifetime=0",)), MARKER)
    assert file.path.read_text() == before
    assert sorted(each.name for each in file.path.parent.iterdir()) == ["Pulumi.ephemeral.yaml", "Pulumi.pr-42.yaml"]


def test_a_secret_in_an_assignment_is_refused_and_neither_quoted_nor_written(file):
    with pytest.raises(SettingsError, match="must not be stored as plain text") as refused:
        file.write(EnvironmentSpec(assignments=("userPassword=correct-horse-7",)), MARKER)
    assert "correct-horse-7" not in str(refused.value)
    assert [each.name for each in file.path.parent.iterdir()] == ["Pulumi.ephemeral.yaml"]


def test_the_settings_of_a_permanent_environment_are_not_overwritten(file):
    file.path.write_text("config: {}\n")
    with pytest.raises(EphemeralEnvironmentError, match="belongs to an environment that is not ephemeral"):
        file.write(EnvironmentSpec(), MARKER)
    file.remove()
    assert file.path.read_text() == "config: {}\n"


def test_the_name_of_an_own_service_is_read_from_the_file(file):
    file.write(EnvironmentSpec(assignments=(OWN,)), MARKER)
    assert file.service_name() == "own-env-pr-42"


def test_an_environment_on_a_shared_service_has_no_own_service(file):
    file.write(EnvironmentSpec(), MARKER)
    assert file.service_name() is None


def test_without_the_file_the_name_is_derived_from_the_template(file):
    assert file.service_name() == "basic-calculator-local-env-pr-42"


def test_without_file_and_template_the_name_is_unknown(file, tmp_path):
    (tmp_path / "Pulumi.ephemeral.yaml").unlink()
    assert file.service_name() is None


@pytest.mark.parametrize("name", ["1e5", "0o17", "123", "2026-11-25", "null", "true"])
def test_a_name_that_looks_like_a_number_is_written_as_a_text(file, name):
    named = EnvironmentFile(file.project, name)
    named.write(EnvironmentSpec(), Marker(name, "1e3", MARKER.created, MARKER.expires))
    text = named.path.read_text()
    assert f"auth0-apim-environment: '{name}'\n" in text
    assert "auth0-apim-owner: '1e3'\n" in text
    assert yaml.safe_load(text)["config"]["auth0-apim:tags"]["auth0-apim-environment"] == name
