import hashlib
import subprocess
import sys

import pytest
from auth0_apim_sandbox.scripts import is_offered, required_modules


@pytest.mark.parametrize(
    ("script", "modules"),
    [
        ("const a = require('mysql'), b = require(\"pg\"); require(`tedious`)", ["mysql", "pg", "tedious"]),
        ("require ( 'mongodb@3.1.4' ).MongoClient", ["mongodb@3.1.4"]),
        ("// require('a')\n/* require('b')\n*/ require('c')", ["c"]),
        ("const text = \"require('a')\"; const other = `require('b')`;", []),
        ("const pattern = /\"/; require('a') // \"", ["a"]),
        ("const pattern = /[/\"]/g; require('a')", ["a"]),
        ("my.require('a'); prerequire('b'); require(name); require('n' + 'ame')", []),
        ("const half = 10 / 2; require('a'); const third = 9 / 3;", ["a"]),
    ],
)
def test_the_modules_that_a_script_requires_are_found(script, modules):
    assert required_modules(script) == modules


@pytest.mark.parametrize("name", ["crypto", "node:crypto", "bcrypt@5.1.0", "axios"])
def test_a_module_is_offered_whatever_its_version(name):
    assert is_offered(name)


@pytest.mark.parametrize("name", ["mysql2", "node:fs", "@azure/cosmos@4", "crypto2", "net", ""])
def test_other_modules_are_not_offered(name):
    assert not is_offered(name)


def test_the_command_counts_the_scripts_that_run(tmp_path):
    (tmp_path / "login.js").write_text(
        "function login(email, password, callback) { const hash = require('crypto').createHash('md5').update(password);"
        " require('request').get({ url: 'https://users.example.com/1', json: true }, (error, answer, body) =>"
        " callback(error, { user_id: body.id, nickname: hash.digest('hex') })); }"
    )
    (tmp_path / "get_user.js").write_text("function getByEmail(email, callback) { const pg = require('pg'); }")
    (tmp_path / "create.js").write_text("function create(user, callback) { callback(nothing); }")
    hashed = hashlib.md5(b"Correct-Horse-1").hexdigest()  # noqa: S324 - as the script
    done = subprocess.run(
        [sys.executable, "-m", "auth0_apim_sandbox.scripts", tmp_path], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()) == (
        1,
        [
            "failed   create.js: ReferenceError: nothing is not defined",
            "refused  get_user.js: pg",
            f'runs     login.js: [{{"user_id": "1", "nickname": "{hashed}"}}]',
            "3 scripts: 1 runs, 1 refused, 1 failed",
        ],
    )
