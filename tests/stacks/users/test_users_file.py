import json

import pytest
from auth0_apim_environments.users import users_file
from auth0_apim_environments.users.users_file import UsersFileError, pieces, read_users

BCRYPT = "$2b$10$nFguVi9LsCAcvTZFKQlRKeLVydo8ETv483lkNsSFI/Wl1Rz1Ypo1K"


def written(tmp_path, content):
    path = tmp_path / "users.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return path


def problem(tmp_path, content):
    with pytest.raises(UsersFileError) as caught:
        read_users(written(tmp_path, content))
    return str(caught.value).replace(f"{tmp_path}/", "")


def test_users_are_read_with_their_first_lines(tmp_path):
    users = read_users(written(tmp_path, '[\n {"email": "ada@example.com"},\n\n {"email":\n"bob@example.com"} ]\n'))
    assert [(user.line, user.content["email"]) for user in users] == [(2, "ada@example.com"), (4, "bob@example.com")]


def test_every_attribute_of_the_format_is_accepted(tmp_path):
    user = {
        "email": "ada@example.com",
        "email_verified": True,
        "user_id": "7",
        "username": "ada",
        "given_name": "Ada",
        "family_name": "L",
        "name": "Ada L",
        "nickname": "ada",
        "picture": "https://example.com/ada.png",
        "blocked": False,
        "custom_password_hash": {
            "algorithm": "scrypt",
            "hash": {"value": "00", "encoding": "hex"},
            "salt": {"value": "s", "encoding": "utf8", "position": "suffix"},
            "password": {"encoding": "ucs2"},
            "keylen": 1,
            "cost": 4096,
            "blockSize": 8,
            "parallelization": 1,
        },
        "app_metadata": {"plan": "full"},
        "user_metadata": {"theme": "light"},
    }
    assert [each.content for each in read_users(written(tmp_path, [user]))] == [user]


def test_an_empty_list_is_a_list(tmp_path):
    assert read_users(written(tmp_path, "\ufeff [ ] ")) == []


@pytest.mark.parametrize(
    ("content", "line"),
    [("", 1), ("{}", 1), ('[\n{"email": 1,}\n]', 2), ("[1", 1), ("[] x", 1), ("[1 2]", 1), ("[1,]", 1)],
)
def test_a_document_that_is_no_list_is_refused_with_its_line_and_an_example(tmp_path, content, line):
    message = problem(tmp_path, content)
    assert message.startswith(f"users.json:{line} is no list of users (")
    assert message.endswith(f"example: {users_file.EXAMPLE}")


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ({}, "lacks email"),
        ({"email": "ada"}, "has a bad email: must be an e-mail address, not 'ada'"),
        ({"email": "ada@example.com", "shoe": 1}, "has shoe, which Auth0 does not import"),
        ({"email": "ada@example.com", "blocked": "no"}, "has a bad blocked: must be a valid boolean"),
        (
            {"email": "ada@example.com", "custom_password_hash": {"algorithm": "x", "hash": {"value": "s3cret"}}},
            "has a bad custom_password_hash.algorithm: must be 'argon2', 'bcrypt'",
        ),
        ({"email": "ada@example.com", "custom_password_hash": {"algorithm": "md5"}}, "lacks custom_password_hash.hash"),
        (
            {"email": "a@example.com", "password_hash": BCRYPT, "custom_password_hash": {}},
            "lacks custom_password_hash.algorithm",
        ),
        ("ada", "is no user: must be"),
    ],
)
def test_an_invalid_user_is_named_by_line_and_number(tmp_path, user, said):
    message = problem(tmp_path, [{"email": "first@example.com"}, user])
    [first, *_] = message.split("\n")
    assert f": user 2 {said}" in first
    assert "s3cret" not in message


def test_all_invalid_users_are_named_at_once_without_their_hashes(tmp_path):
    bad = {"email": "ada@example.com", "password_hash": "s3cret"}
    message = problem(tmp_path, [bad, {"email": "bob"}])
    assert "user 1 has a bad password_hash" in message
    assert "user 2 has a bad email" in message
    assert "s3cret" not in message


def test_two_hashes_of_one_user_are_refused(tmp_path):
    custom = {"algorithm": "bcrypt", "hash": {"value": BCRYPT}}
    user = {"email": "a@example.com", "password_hash": BCRYPT, "custom_password_hash": custom}
    assert "has password_hash and custom_password_hash, which exclude each other" in problem(tmp_path, [user])


def test_the_same_user_twice_is_refused(tmp_path):
    users = [{"email": "ada@example.com"}, {"email": "Ada@Example.com"}]
    assert "user 2 has the email of user 1, 'Ada@Example.com'" in problem(tmp_path, users)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UsersFileError, match="cannot be read"):
        read_users(tmp_path / "users.json")


def test_a_large_file_is_cut_into_pieces_that_fit_into_a_job(tmp_path):
    users = [{"email": f"user{number}@example.com", "user_metadata": {"note": "x" * 990}} for number in range(1000)]
    cut = list(pieces(read_users(written(tmp_path, users))))
    sizes = [len("[" + ",".join(user.text for user in piece) + "]") for piece in cut]
    assert len(cut) == 3
    assert max(sizes) <= users_file.MAX_JOB_BYTES
    assert [user.content for piece in cut for user in piece] == users


def test_one_user_over_the_limit_is_refused(tmp_path):
    user = {"email": "ada@example.com", "user_metadata": {"note": "x" * users_file.MAX_JOB_BYTES}}
    assert "is larger than the 500000 bytes that a job takes" in problem(tmp_path, [user])
