import sqlite3
import time

import bcrypt
import pytest

KNOWN = bcrypt.hashpw(b"Correct-Horse-1", bcrypt.gensalt(4)).decode()


@pytest.fixture
def databases(tmp_path):
    folder = tmp_path / "databases"
    folder.mkdir()
    connection = sqlite3.connect(folder / "users.sqlite")
    connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, password TEXT, photo BLOB)")
    connection.execute("INSERT INTO users VALUES (7, 'ada@example.com', ?, x'00')", (KNOWN,))
    connection.commit()
    connection.close()
    (tmp_path / "secret.sqlite").write_bytes((folder / "users.sqlite").read_bytes())
    (folder / "link.sqlite").symlink_to(tmp_path / "secret.sqlite")
    return folder


async def test_a_script_gets_its_arguments_and_calls_back(run):
    script = "function login(email, password, callback) { callback(null, { email, length: password.length }); }"
    assert await run(script, "ada@example.com", "pass") == [{"email": "ada@example.com", "length": 4}]


@pytest.mark.parametrize(
    "script",
    [
        "(a, callback) => callback(null, a)",
        "// a comment\nfunction login(a, callback) { return callback(null, a); } // another",
        "async function login(a, callback) { await null; return callback(null, a); }",
        "function (a, callback) { setTimeout(() => callback(null, a), 5); }",
        "const one = 1;\nfunction login(a, callback) { callback(null, a * one); }",
        "function helper(a) { return a; }\nfunction login(a, callback) { callback(null, helper(a)); };",
    ],
)
async def test_every_form_of_a_script_runs(run, script):
    assert await run(script, 42) == [42]


async def test_configuration_is_global_and_read_only(run):
    script = "function login(callback) { configuration.key = 'b'; callback(null, configuration.key); }"
    assert await run(script, configuration={"key": "a"}) == ["a"]


@pytest.mark.parametrize(
    ("error", "name", "message", "code"),
    [
        (
            "new WrongUsernameOrPasswordError('ada', 'No such user')",
            "WrongUsernameOrPasswordError",
            "No such user",
            None,
        ),
        ("new ValidationError('user_exists', 'Taken')", "ValidationError", "Taken", "user_exists"),
        ("new Error('Database is away')", "Error", "Database is away", None),
        ("'text'", "Error", "text", None),
    ],
)
async def test_an_error_keeps_its_name_message_and_code(failure, error, name, message, code):
    caught = await failure(f"function login(callback) {{ callback({error}); }}")
    assert (caught.name, caught.message, caught.code) == (name, message, code)


@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("function login(callback) { nothing(); }", "ReferenceError"),
        ("async function login(callback) { throw new TypeError('x'); }", "TypeError"),
        ("function login(callback) {", "SyntaxError"),
        ("const login = 3;", "Error"),
    ],
)
async def test_a_script_that_throws_has_failed(failure, script, name):
    assert (await failure(script)).name == name


async def test_sqlite_is_read_and_written(run, databases):
    script = """
        function login(callback) {
          const sqlite3 = require('sqlite3').verbose();
          const db = new sqlite3.Database('users.sqlite');
          db.run('INSERT INTO users (email) VALUES (?)', ['bob@example.com'], function (error) {
            const made = { id: this.lastID, changes: this.changes };
            db.get('SELECT email FROM users WHERE id = $id', { $id: made.id }, (error, row) => {
              db.all('SELECT id FROM users ORDER BY id', (error, rows) => db.close(() => callback(null, made, row, rows)));
            });
          });
        }"""
    assert await run(script, databases=databases) == [
        {"id": 8, "changes": 1},
        {"email": "bob@example.com"},
        [{"id": 7}, {"id": 8}],
    ]
    assert sqlite3.connect(databases / "users.sqlite").execute("SELECT count(*) FROM users").fetchone() == (2,)


async def test_a_row_that_is_not_there_is_undefined_and_an_error_of_sqlite_is_an_error(run, databases):
    script = """
        function login(callback) {
          const db = new (require('sqlite3').Database)('users.sqlite', 1);
          db.get('SELECT 1 FROM users WHERE id = ?', 99, (error, row) =>
            db.run('DELETE FROM users', (error) => callback(null, row === undefined, error.message)));
        }"""
    assert await run(script, databases=databases) == [True, "SQLITE_ERROR: attempt to write a readonly database"]


@pytest.mark.parametrize("name", ["../secret.sqlite", "/etc/passwd", "link.sqlite", "gone.sqlite", ":memory:", ""])
async def test_no_file_but_the_folders_own_can_be_opened(failure, databases, name):
    script = f"function login(callback) {{ new (require('sqlite3').Database)({name!r}, callback); }}"
    caught = await failure(script, databases=databases)
    assert "named by a file's name" in caught.message or "there is no database" in caught.message


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH '../secret.sqlite' AS other",
        "VACUUM INTO '../copy.sqlite'",
        "PRAGMA journal_mode = WAL",
        "SELECT load_extension('x')",
    ],
)
async def test_sql_does_not_leave_its_file(failure, databases, sql):
    script = "function login(sql, callback) { new (require('sqlite3').Database)('users.sqlite').run(sql, callback); }"
    assert (await failure(script, sql, databases=databases)).message.startswith("SQLITE_ERROR")
    assert not (databases.parent / "copy.sqlite").exists()


async def test_an_error_that_nobody_looks_at_ends_the_script(failure, databases):
    script = "function login(callback) { new (require('sqlite3').Database)('users.sqlite').run('nonsense'); }"
    assert "syntax error" in (await failure(script, databases=databases)).message


async def test_bcrypt_compares_and_hashes_by_callback_and_promise(run):
    script = """
        async function login(known, callback) {
          const bcrypt = require('bcrypt@5.0.0');
          const hash = await bcrypt.hash('new', 4);
          bcrypt.compare('Correct-Horse-1', known, async (error, same) => {
            callback(null, same, await bcrypt.compare('x', known), await bcrypt.compare('new', hash), hash);
          });
        }"""
    same, other, new, hashed = await run(script, KNOWN)
    assert (same, other, new) == (True, False, True)
    assert bcrypt.checkpw(b"new", hashed.encode())


async def test_a_script_that_never_calls_back_is_ended(failure):
    for body in ("while (true) {}", "return;"):
        begun = time.monotonic()
        caught = await failure(f"function login(callback) {{ {body} }}", seconds=0.7)
        assert caught.message == "the script did not call back within 0.7 seconds"
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    "body",
    [
        "const all = []; while (true) all.push(new Array(10000).fill(1.5));",
        "const all = []; while (true) { all.push(new ArrayBuffer(1 << 27)); new Uint8Array(all.at(-1)).fill(1); }",
        "callback(null, 'x'.repeat(1 << 21));",
    ],
)
async def test_a_script_that_takes_too_much_memory_is_ended(failure, body):
    caught = await failure(f"function login(callback) {{ {body} }}")
    assert caught.name in ("Error", "RangeError")


async def test_a_script_over_the_limit_is_refused(failure):
    assert "100 KB" in (await failure("//" + "x" * 110_000)).message
