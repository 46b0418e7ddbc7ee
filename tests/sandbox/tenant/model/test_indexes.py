import pytest
from auth0_apim_sandbox.store import Store
from auth0_apim_sandbox.tenant.model.indexes import Index


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def users(store):
    return store.collection("users")


@pytest.fixture
def by_name(users):
    users.put("1", {"names": ["ann", "anna"]})
    return Index(users, lambda user: user["names"])


def test_what_was_there_before_is_found(by_name):
    assert by_name.first("ann") == by_name.first("anna") == {"names": ["ann", "anna"]}
    assert by_name.first("bob") is None
    assert by_name.all("bob") == []


def test_a_write_moves_a_document_to_its_new_keys(users, by_name):
    users.put("1", {"names": ["anna", "bob"]})
    assert by_name.first("ann") is None
    assert by_name.all("anna") == by_name.all("bob") == [{"names": ["anna", "bob"]}]


def test_documents_with_one_key_keep_their_order_over_a_change(users, by_name):
    users.put("2", {"names": ["ann"]})
    users.put("1", {"names": ["ann"], "changed": True})
    assert by_name.all("ann") == [{"names": ["ann"], "changed": True}, {"names": ["ann"]}]


def test_a_deleted_document_is_not_found(users, by_name):
    users.put("2", {"names": ["ann"]})
    users.delete("1")
    assert by_name.all("ann") == [{"names": ["ann"]}]
    assert by_name.first("anna") is None


def test_a_document_that_names_a_key_twice_is_found_once(users, by_name):
    users.put("2", {"names": ["bob", "bob"]})
    assert by_name.all("bob") == [{"names": ["bob", "bob"]}]


def test_a_roll_back_is_followed(store, users, by_name):
    with pytest.raises(RuntimeError), store.transaction():
        users.put("1", {"names": ["bob"]})
        users.delete("1")
        raise RuntimeError
    assert by_name.first("bob") is None
    assert by_name.first("ann") == {"names": ["ann", "anna"]}
