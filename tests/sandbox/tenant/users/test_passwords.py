import pytest
from auth0_apim_sandbox.tenant.users.passwords import PasswordError, check_password

USER = {
    "email": "ada.lovelace@example.com",
    "name": "Countess",
    "nickname": "enchantress",
    "user_metadata": {"last": "King"},
}


def _name_of_error(options, password):
    try:
        check_password(options, password, USER)
    except PasswordError as error:
        return error.name
    return None


@pytest.mark.parametrize(
    ("policy", "good", "weak"),
    [
        ("none", ["a"], [""]),
        (None, ["a"], [""]),
        ("low", ["aaaaaa"], ["aaaaa"]),
        ("fair", ["Aaaaaaa1"], ["aaaaaaa1", "AAAAAAA1", "Aaaaaaaa", "Aaaaaa1"]),
        ("good", ["Aaaaaaa1", "aaaaaa1!", "AAAAAA1!"], ["aaaaaaa1", "Aaaaaaaa", "Aaaaa1!"]),
        ("excellent", ["Aabbccdd1!", "abcdefg12!"], ["Aabbccd1!", "aaabbccdD1", "abcdddef1!"]),
    ],
)
def test_the_five_levels(policy, good, weak):
    options = {"passwordPolicy": policy}
    assert [_name_of_error(options, password) for password in good] == [None] * len(good)
    assert [_name_of_error(options, password) for password in weak] == ["PasswordStrengthError"] * len(weak)


def test_min_length_supersedes_the_levels_length():
    options = {"passwordPolicy": "low", "password_complexity_options": {"min_length": 3}}
    assert _name_of_error(options, "abc") is None
    options["password_complexity_options"] = {"min_length": 12}
    assert _name_of_error(options, "abcdefghijk") == "PasswordStrengthError"


def test_common_passwords_are_refused_where_the_dictionary_is_on():
    options = {"passwordPolicy": "none", "password_dictionary": {"enable": True, "dictionary": ["Babbage"]}}
    assert _name_of_error(options, "bABBAGE") == "PasswordDictionaryError"
    assert _name_of_error(options, "Password1") == "PasswordDictionaryError"
    options["password_dictionary"]["enable"] = False
    assert _name_of_error(options, "babbage") is None


@pytest.mark.parametrize("password", ["my-ADA.lovelace-1", "1Countess!", "xEnchantress", "viking"])
def test_a_password_about_its_user_is_refused_where_asked(password):
    options = {"passwordPolicy": "none", "password_no_personal_info": {"enable": True}}
    assert _name_of_error(options, password) == "PasswordNoUserInfoError"
    assert _name_of_error({"passwordPolicy": "none"}, password) is None


def test_the_message_is_auth0s():
    with pytest.raises(PasswordError, match=r"^PasswordStrengthError: Password is too weak$"):
        check_password({"passwordPolicy": "good"}, "weak", USER)
