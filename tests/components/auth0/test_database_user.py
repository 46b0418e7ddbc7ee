"""DatabaseUser against mocks; that the user can log in is proven live in tests/live."""

import pulumi
import pytest
from auth0_apim import DatabaseUser, InputError, PasswordPolicy

USER = "auth0:index/user:User"
PASSWORD = "correct Horse 7"
EXAMPLE = 'an example that works: "Three quiet Words 4 me"'


@pytest.fixture
def jane(mocks):
    required = {"connection_name": "BasicCalculator", "email": "jane@example.com", "password": PASSWORD}
    return lambda **args: DatabaseUser("jane", {**required, **args})


@pulumi.runtime.test
async def test_a_user_is_verified_and_the_password_is_secret(mocks, jane, secret):
    user = jane()
    assert await user.email.future() == "jane@example.com"
    assert await user.user_id.future() == "jane-user-id"
    assert mocks.children() == {(USER, "jane-user")}
    assert mocks.inputs_of(USER, "jane-user") == {
        "connectionName": "BasicCalculator",
        "email": "jane@example.com",
        "password": secret(PASSWORD),
        "emailVerified": True,
        "verifyEmail": False,
    }


def test_the_child_belongs_to_the_component(mocks, jane, deploy):
    deploy(jane)
    assert mocks.child_types() == {f"auth0-apim:index:DatabaseUser${USER}"}


def test_a_user_can_have_a_name_and_metadata(mocks, jane, deploy):
    deploy(lambda: jane(username="jane", user_metadata={"z": "1", "a": "2"}))
    inputs = mocks.inputs_of(USER, "jane-user")
    assert (inputs["username"], inputs["userMetadata"]) == ("jane", '{"a": "2", "z": "1"}')


def test_an_address_that_is_not_known_to_be_the_users_is_verified_by_mail(mocks, jane, deploy):
    deploy(lambda: jane(email_verified=False))
    inputs = mocks.inputs_of(USER, "jane-user")
    assert (inputs["emailVerified"], inputs["verifyEmail"]) == (False, True)


def test_a_password_of_another_resource_stays_secret(mocks, jane, secret, deploy):
    deploy(lambda: jane(password=pulumi.Output.secret(PASSWORD)))
    assert mocks.inputs_of(USER, "jane-user")["password"] == secret(PASSWORD)


def test_a_weak_password_of_another_resource_is_refused_before_the_user_is_made(mocks, jane, refused):
    message = refused(lambda: jane(password=pulumi.Output.secret("hunter2")))
    assert "DatabaseUser 'jane': input 'password' must be at least 12 characters long" in message
    assert "hunter2" not in message
    assert mocks.children() == set()


def test_a_policy_of_another_resource_is_checked_too(mocks, jane, refused):
    message = refused(lambda: jane(password_policy=pulumi.Output.from_input("strong")))
    assert "input 'password_policy' must be one of none, low, fair, good, excellent, not 'strong'" in message
    assert mocks.children() == set()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"password": "Sh0rt"}, f"input 'password' must be at least 12 characters long; {EXAMPLE}"),
        ({"password": None}, f"input 'password' is required; {EXAMPLE}"),
        ({"password": "all lower cased"}, f"input 'password' must have three of: lower case, upper case, digit, special character (policy good); {EXAMPLE}"),
        ({"password": "Passsw0rd Passsw0rd", "password_policy": PasswordPolicy.EXCELLENT}, f"input 'password' must not have a character more than twice in a row (policy excellent); {EXAMPLE}"),
        ({"password": "correct horse 7", "password_policy": "fair"}, f"input 'password' must have a lower case letter, an upper case letter and a digit (policy fair); {EXAMPLE}"),
        ({"password": "correct Horse JANE 7"}, f"input 'password' must not contain the user's name or the local part of the e-mail address; {EXAMPLE}"),
        ({"password": "Ä1" * 25}, f"input 'password' must be at most 72 bytes long in UTF-8; {EXAMPLE}"),
        ({"email": "jane"}, "input 'email' must be an e-mail address, not 'jane'; an example that works: \"jane@example.com\""),
        ({"email": "Jane@Example.com"}, "input 'email' must be in lower case, as Auth0 keeps it, not 'Jane@Example.com'; an example that works: \"jane@example.com\""),
        ({"email": None}, "input 'email' is required; an example that works: \"jane@example.com\""),
        ({"connection_name": None}, "input 'connection_name' is required; an example that works: \"BasicCalculator\""),
        ({"username": "jane@example.com"}, "input 'username' must not be an e-mail address, as 'jane@example.com' is; an example that works: \"jane\""),
        ({"username": "ja ne"}, "input 'username' must be 1 to 128 letters, digits or characters of _+-.!#$'^`~@, not 'ja ne'; an example that works: \"jane\""),
        ({"password_policy": "strong"}, "input 'password_policy' must be one of none, low, fair, good, excellent, not 'strong'; an example that works: \"good\""),
        ({"minimum_password_length": 0}, "input 'minimum_password_length' must be a whole number of characters from 1 to 72, not 0; an example that works: 12"),
        ({"passwd": "x"}, "input 'passwd' is not one of app_metadata, connection_name, email, email_verified, minimum_password_length, password, password_policy, roles, user_metadata, username; an example that works: password: \"Three quiet Words 4 me\""),
    ],
)  # fmt: skip
@pulumi.runtime.test
def test_bad_inputs_are_refused_by_name_and_the_password_is_never_quoted(mocks, jane, args, message):
    with pytest.raises(InputError) as refusal:
        jane(**args)
    assert str(refusal.value) == f"DatabaseUser 'jane': {message}"
    assert mocks.children() == set()


@pytest.mark.parametrize(
    ("policy", "password"),
    [
        ("none", "a"),
        ("low", "abcdef"),
        ("fair", "abcdefG1"),
        ("good", "abcdefG!"),
        ("good", "ABCDEF1!"),
        ("excellent", "aabbccddE1"),
    ],
)
def test_a_password_that_meets_the_policy_is_passed_on(mocks, jane, deploy, policy, password):
    deploy(lambda: jane(password=password, password_policy=policy, minimum_password_length=len(password)))
    assert mocks.inputs_of(USER, "jane-user")["password"]["value"] == password
