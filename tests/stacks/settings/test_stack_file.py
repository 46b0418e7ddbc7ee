"""Settings files that are copies of a tracked source, into which the engine may write."""

import resource

import pytest
from auth0_apim_environments.settings.stack_file import (
    StackFileError,
    copy_from_source,
    is_unchanged_copy,
    read_stack_file,
    without_salt,
)

SOURCE = "config:\n  auth0-apim:tags: {environment: local}\n"
SALT = "encryptionsalt: v1:of=:a-stack\n"


@pytest.fixture
def file(tmp_path):
    """The file of a stack whose source is beside it."""
    (tmp_path / "local.settings.yaml").write_text(SOURCE)
    return tmp_path / "Pulumi.local.yaml"


def source(file):
    return file.with_name("local.settings.yaml")


def test_a_copy_names_its_source_in_its_first_line(file):
    assert copy_from_source(file) is True
    header, text = file.read_text().split("\n", 1)
    assert header == (
        "# Copied by `auth0-apim up` from local.settings.yaml (20535b5f324e130f). Edit local.settings.yaml: an edited copy "
        "is not updated."
    )
    assert text == SOURCE


def test_a_copy_follows_its_source_and_keeps_the_salt(file):
    copy_from_source(file)
    file.write_text(file.read_text() + SALT)
    source(file).write_text(SOURCE.replace("local", "elsewhere"))
    assert copy_from_source(file) is True
    assert file.read_text().endswith(SOURCE.replace("local", "elsewhere") + SALT)
    assert is_unchanged_copy(file)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "  auth0-apim:userPassword: {secure: v1:x}\n",
        lambda text: text.split("\n", 1)[1],
        lambda text: "",
        lambda text: text.replace("environment: local", "environment: mine"),
        lambda text: text + "secretsprovider: awskms://alias/mine\n",
    ],
)
def test_an_edited_copy_is_not_overwritten(file, change):
    copy_from_source(file)
    file.write_text(changed := change(file.read_text()) + SALT)
    assert (copy_from_source(file), file.read_text()) == (False, changed)


def test_a_file_without_a_source_is_not_changed(tmp_path):
    assert copy_from_source(tmp_path / "Pulumi.dev.yaml") is True
    assert list(tmp_path.iterdir()) == []


def test_a_write_to_a_full_disk_leaves_the_file_and_its_salt(file):
    copy_from_source(file)
    file.write_text(file.read_text() + SALT)
    before = file.read_text()
    source(file).write_text(source(file).read_text() + "# changed\n")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limit[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            copy_from_source(file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert file.read_text() == before
    assert sorted(path.name for path in file.parent.iterdir()) == sorted([file.name, source(file).name])


def test_only_the_salt_is_removed():
    assert without_salt(f"{SALT}# mine\n{SOURCE}") == f"# mine\n{SOURCE}"


def test_settings_without_a_copy_are_read_from_their_source(file):
    assert read_stack_file(file) == {"config": {"auth0-apim:tags": {"environment": "local"}}}
    file.write_text("config: {mine: true}\n")
    assert read_stack_file(file) == {"config": {"mine": True}}


def test_a_missing_environment_is_an_error_that_names_the_existing_ones(file):
    file.with_name("Pulumi.dev.yaml").write_text(SOURCE)
    with pytest.raises(StackFileError, match=r"Pulumi\.prod\.yaml is not there; environments: dev, local$"):
        read_stack_file(file.with_name("Pulumi.prod.yaml"))


def test_the_error_names_the_source_that_cannot_be_read(file):
    source(file).write_text("config: 1")
    with pytest.raises(StackFileError, match=r"local\.settings\.yaml has no map 'config'"):
        read_stack_file(file)
