"""A lease on files and on S3 (moto's server): two never hold it at once, a dead holder's ends."""

import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from auth0_apim_environments.ephemeral.backend_documents import (
    FileDocuments,
    ObjectDocuments,
    UnknownBackendError,
    documents_of,
)
from auth0_apim_environments.ephemeral.lease import Lease, LeaseError, lease_on
from moto.server import ThreadedMotoServer


@pytest.fixture(scope="module")
def s3():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["file", "s3"])
def documents(request, tmp_path, monkeypatch):
    if request.param == "file":
        return documents_of(f"file://{tmp_path}", "leases")
    endpoint = request.getfixturevalue("s3")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    bucket = f"state-{abs(hash(tmp_path))}"
    boto3.client("s3", region_name="us-east-1", endpoint_url=endpoint).create_bucket(Bucket=bucket)
    return documents_of(f"s3://{bucket}/team?endpoint={endpoint}&use_path_style=true&region=us-east-1", "leases")


def test_each_backend_has_its_own_storage(documents):
    assert isinstance(documents, (FileDocuments, ObjectDocuments))
    assert documents.create("a", "1") is True
    assert documents.create("a", "2") is False
    assert (documents.read("a"), documents.names()) == ("1", ["a"])
    documents.delete("a")
    documents.delete("a")
    assert (documents.read("a"), documents.names()) == (None, [])


def test_two_do_not_hold_it_at_once_and_the_second_is_told_who_does(documents):
    with Lease(documents, "reaper"), pytest.raises(LeaseError, match=r"another reaper is at work: .* \(process \d+\)"):
        Lease(documents, "reaper").acquire()
    Lease(documents, "reaper").acquire()


def test_other_names_are_other_leases(documents):
    with Lease(documents, "reaper"), Lease(documents, "sweeper"):
        assert len(documents.names()) == 2


def test_a_dead_holders_lease_ends_with_its_time(documents):
    clock = [1000.0]
    dead = Lease(documents, "reaper", seconds=60, now=lambda: clock[0])
    dead.acquire()
    clock[0] = 1059
    follower = Lease(documents, "reaper", seconds=60, now=lambda: clock[0])
    with pytest.raises(LeaseError, match="another reaper is at work"):
        follower.acquire()
    clock[0] = 1060
    follower.acquire()
    with pytest.raises(LeaseError, match="another reaper is at work"):
        dead.renew()
    dead.release()
    with pytest.raises(LeaseError, match="another reaper is at work"):
        Lease(documents, "reaper", now=lambda: clock[0]).acquire()


def test_a_renewed_lease_holds_for_its_whole_time_again_and_leaves_one_document(documents):
    clock = [1000.0]
    lease = Lease(documents, "reaper", seconds=60, now=lambda: clock[0])
    lease.acquire()
    clock[0] = 1050
    lease.renew()
    clock[0] = 1100
    with pytest.raises(LeaseError, match="another reaper is at work"):
        Lease(documents, "reaper", now=lambda: clock[0]).acquire()
    assert len(documents.names()) == 1


def test_of_many_at_once_one_gets_it(documents):
    barrier = threading.Barrier(8)

    def attempt(_):
        barrier.wait()
        try:
            Lease(documents, "reaper").acquire()
        except LeaseError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


@pytest.mark.parametrize("url", ["azblob://state", "gs://state", "https://api.pulumi.com"])
def test_a_backend_without_conditional_writes_here_is_refused_by_name(url):
    with pytest.raises(UnknownBackendError, match=f"a backend of {url.partition(':')[0]}://"):
        lease_on(url, "reaper")
