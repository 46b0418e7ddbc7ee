import gc
import resource
import sqlite3
import time
import warnings

import pytest
from auth0_apim_sandbox.store import Store, StoreError


def test_a_document_survives_the_process_that_wrote_it(tmp_path):
    first = Store(tmp_path / "state.sqlite")
    first.collection("clients").put("a", {"name": "A"})
    second = Store(tmp_path / "state.sqlite")
    assert dict(second.collection("clients")) == {"a": {"name": "A"}}


def test_collections_do_not_see_each_others_documents():
    store = Store()
    store.collection("clients").put("a", {})
    assert dict(store.collection("users")) == {}


def test_a_deleted_document_is_gone_from_memory_and_file(tmp_path):
    store = Store(tmp_path / "state.sqlite")
    clients = store.collection("clients")
    clients.put("a", {})
    clients.delete("a")
    assert "a" not in clients
    assert dict(Store(tmp_path / "state.sqlite").collection("clients")) == {}


def test_documents_below_a_prefix_come_sorted_by_key():
    resources = Store().collection("resources")
    for key in ("/a/2", "/b/1", "/a/1"):
        resources.put(key, {"at": key})
    assert (resources.below("/a/")) == [("/a/1", {"at": "/a/1"}), ("/a/2", {"at": "/a/2"})]


def test_documents_directly_below_a_prefix_come_without_what_is_below_them():
    resources = Store().collection("resources")
    for key in ("/a/", "/a/1", "/a/1-2", "/a/1/x", "/a/1/x/y", "/a/10", "/a/2/x", "/a/3", "/b/1"):
        resources.put(key, {"at": key})
    assert [key for key, _ in resources.directly_below("/a/")] == ["/a/", "/a/1", "/a/1-2", "/a/10", "/a/3"]
    assert resources.directly_below("/a/3") == [("/a/3", {"at": "/a/3"})]
    assert resources.directly_below("/c/") == []


def test_what_was_listed_can_be_deleted_while_going_through_it():
    resources = Store().collection("resources")
    for key in ("/a/1", "/a/2", "/b/1"):
        resources.put(key, {})
    for key, _ in resources.below("/a/"):
        resources.delete(key)
    assert list(resources) == ["/b/1"]
    assert resources.below("/a/") == []


def test_the_revision_grows_with_every_write_and_only_then():
    clients = Store().collection("clients")
    revisions = [clients.revision]
    clients.put("a", {})
    revisions.append(clients.revision)
    assert clients.get("a") == {}
    revisions.append(clients.revision)
    clients.delete("missing")
    revisions.append(clients.revision)
    clients.delete("a")
    revisions.append(clients.revision)
    assert revisions == [0, 1, 1, 1, 2]


def test_a_transaction_that_fails_leaves_memory_and_file_as_they_were(tmp_path):
    store = Store(tmp_path / "state.sqlite")
    clients, grants = store.collection("clients"), store.collection("grants")
    clients.put("kept", {"version": 1})
    with pytest.raises(KeyError), store.transaction():
        clients.put("kept", {"version": 2})
        clients.put("new", {})
        grants.put("grant", {})
        clients.delete("kept")
        raise KeyError
    assert dict(clients) == {"kept": {"version": 1}}
    assert dict(grants) == {}
    assert dict(Store(tmp_path / "state.sqlite").collection("clients")) == {"kept": {"version": 1}}


def test_a_transaction_inside_another_joins_it():
    store = Store()
    clients = store.collection("clients")
    with pytest.raises(KeyError), store.transaction():
        with store.transaction():
            clients.put("inner", {})
        raise KeyError
    assert dict(clients) == {}


def test_what_json_cannot_say_is_refused_and_not_stored():
    clients = Store().collection("clients")
    with pytest.raises(TypeError):
        clients.put("a", {"when": object()})
    assert "a" not in clients


def test_a_store_that_is_forgotten_closes_its_file(tmp_path):
    store = Store(tmp_path / "state.sqlite")
    store.collection("clients").put("a", {})
    del store
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gc.collect()
    assert not (tmp_path / "state.sqlite-wal").exists()


def test_a_watcher_sees_every_write_with_what_was_there_before():
    seen = []
    clients = Store().collection("clients")
    clients.watch(lambda *write: seen.append(write))
    clients.put("a", {"name": "A"})
    clients.put("a", {"name": "B"})
    clients.delete("missing")
    clients.delete("a")
    assert seen == [("a", None, {"name": "A"}), ("a", {"name": "A"}, {"name": "B"}), ("a", {"name": "B"}, None)]


def test_a_watcher_sees_a_roll_back():
    seen = []
    store = Store()
    clients = store.collection("clients")
    clients.put("a", {"name": "A"})
    clients.watch(lambda *write: seen.append(write))
    with pytest.raises(RuntimeError), store.transaction():
        clients.put("a", {"name": "B"})
        raise RuntimeError
    assert seen == [("a", {"name": "A"}, {"name": "B"}), ("a", {"name": "B"}, {"name": "A"})]


def test_a_write_without_room_is_refused_whole_and_the_next_one_with_room_is_kept(tmp_path):
    path = tmp_path / "state.sqlite"
    store = Store(path)
    clients = store.collection("clients")
    clients.put("a", {"name": "A"})
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limit[1]))
    try:
        with pytest.raises(StoreError, match="cannot be written: .*Make room on its disk"), store.transaction():
            clients.put("a", {"name": "B"})
            clients.put("b", {"name": "B"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert dict(clients) == {"a": {"name": "A"}}
    clients.put("c", {"name": "C"})
    assert dict(Store(path).collection("clients")) == {"a": {"name": "A"}, "c": {"name": "C"}}


def test_a_transaction_that_could_not_begin_is_over(tmp_path):
    store, other = Store(tmp_path / "state.sqlite"), sqlite3.connect(tmp_path / "state.sqlite", isolation_level=None)
    store._connection.execute("PRAGMA busy_timeout = 0")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="database is locked"):
        store.collection("clients").put("a", {})
    other.execute("ROLLBACK")
    other.close()
    store.collection("clients").put("b", {})
    assert dict(Store(tmp_path / "state.sqlite").collection("clients")) == {"b": {}}


def test_a_file_that_cannot_be_opened_is_named_as_the_reason(tmp_path):
    with pytest.raises(StoreError, match="unable to open database file"):
        Store(tmp_path)


def test_several_documents_are_written_together_or_not_at_all(tmp_path):
    store = Store(tmp_path / "state.sqlite")
    clients = store.collection("clients")
    clients.put_all({"a": {"name": "A"}, "b": {"name": "B"}})
    with pytest.raises(TypeError):
        clients.put_all({"c": {}, "d": {"name": object()}})
    assert (
        dict(clients)
        == dict(Store(tmp_path / "state.sqlite").collection("clients"))
        == {"a": {"name": "A"}, "b": {"name": "B"}}
    )


def test_a_large_log_is_carried_over_into_the_file_by_another_thread(tmp_path):
    path = tmp_path / "state.sqlite"
    store = Store(path)
    text = "x" * 1_000_000
    for number in range(5):
        store.collection("clients").put(str(number), {"text": text})
    deadline = time.monotonic() + 30
    while path.stat().st_size < 4_000_000:
        assert time.monotonic() < deadline
        time.sleep(0.01)
