"""A lease on files, on S3 (moto's server) and on Azure Blob (azurite): two never hold it at once, a dead holder's ends."""

import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from auth0_apim_environments.errors import StorageError
from auth0_apim_environments.state.azure_documents import BlobDocuments
from auth0_apim_environments.state.backend_documents import (
    FileDocuments,
    UnknownBackendError,
    documents_of,
)
from auth0_apim_environments.state.lease import Lease, LeaseError, lease_on
from auth0_apim_environments.state.s3_documents import ObjectDocuments
from azure.storage.blob import ContainerClient
from moto.server import ThreadedMotoServer


@pytest.fixture(scope="module")
def s3():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["file", "s3", "azblob"])
def documents(request, tmp_path, monkeypatch):
    if request.param == "file":
        return documents_of(f"file://{tmp_path}", "leases")
    container = f"state-{abs(hash(tmp_path))}"
    url = request.getfixturevalue(f"in_{request.param}")(container)
    return documents_of(url, "leases")


@pytest.fixture
def in_s3(s3, monkeypatch):
    """Makes a bucket; the backend's URL."""

    def made(bucket):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        boto3.client("s3", region_name="us-east-1", endpoint_url=s3).create_bucket(Bucket=bucket)
        return f"s3://{bucket}/team?endpoint={s3}&use_path_style=true&region=us-east-1"

    return made


@pytest.fixture
def in_azblob(azurite, monkeypatch):
    """Makes a container; the backend's URL."""

    def made(container):
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", azurite.account)
        monkeypatch.setenv("AZURE_STORAGE_KEY", azurite.key)
        address = f"127.0.0.1:{azurite.port}"
        credential = {"account_name": azurite.account, "account_key": azurite.key}
        with ContainerClient(f"http://{address}/{azurite.account}", container, credential) as client:
            client.create_container()
        return f"azblob://{container}/team?domain={address}&protocol=http&localemu=true"

    return made


def test_each_backend_has_its_own_storage(documents):
    assert isinstance(documents, (FileDocuments, ObjectDocuments, BlobDocuments))
    assert documents.create("a", "1") is True
    assert documents.create("a", "2") is False
    assert (documents.read("a"), documents.names()) == ("1", ["a"])
    documents.delete("a")
    documents.delete("a")
    assert (documents.read("a"), documents.names()) == (None, [])


def test_a_second_holder_is_refused_and_told_the_first(documents):
    with Lease(documents, "reaper"), pytest.raises(LeaseError, match=r"another reaper is at work: .* \(process \d+\)"):
        Lease(documents, "reaper").acquire()
    Lease(documents, "reaper").acquire()


def test_other_names_are_other_leases(documents):
    with Lease(documents, "reaper"), Lease(documents, "sweeper"):
        assert len(documents.names()) == 2


def test_the_lease_of_a_dead_holder_expires(documents):
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


def test_a_renewed_lease_holds_for_its_full_time_and_leaves_one_document(documents):
    clock = [1000.0]
    lease = Lease(documents, "reaper", seconds=60, now=lambda: clock[0])
    lease.acquire()
    clock[0] = 1050
    lease.renew()
    clock[0] = 1100
    with pytest.raises(LeaseError, match="another reaper is at work"):
        Lease(documents, "reaper", now=lambda: clock[0]).acquire()
    assert len(documents.names()) == 1


def test_one_of_many_processes_gets_the_lease(documents):
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


@pytest.mark.parametrize("url", ["gs://state", "https://api.pulumi.com"])
def test_a_backend_without_supported_storage_is_refused_by_name(url):
    with pytest.raises(UnknownBackendError, match=f"a backend of {url.partition(':')[0]}://"):
        lease_on(url, "reaper")


def test_a_missing_container_is_an_error(in_azblob, in_s3):
    for url, told in (
        (in_azblob("there").replace("//there", "//elsewhere"), "the container 'elsewhere' cannot be used: .*not exist"),
        (in_s3("there").replace("//there", "//elsewhere"), "the bucket 'elsewhere' cannot be used: .*NoSuchBucket"),
    ):
        with pytest.raises(StorageError, match=told):
            lease_on(url, "reaper").acquire()


def test_a_container_without_an_account_is_an_error_before_any_request(monkeypatch):
    for name in ("AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_CONNECTION_STRING"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(
        StorageError,
        match=r"the storage account of container 'state' is missing: set AZURE_STORAGE_ACCOUNT, or write azblob://",
    ):
        lease_on("azblob://state", "reaper")


@pytest.mark.parametrize(
    ("query", "variables", "url"),
    [
        ("?storage_account=contoso", {}, "https://contoso.blob.core.windows.net/state"),
        ("", {"AZURE_STORAGE_ACCOUNT": "contoso"}, "https://contoso.blob.core.windows.net/state"),
        (
            "?domain=blob.core.usgovcloudapi.net",
            {"AZURE_STORAGE_ACCOUNT": "contoso"},
            "https://contoso.blob.core.usgovcloudapi.net/state",
        ),
        (
            "",
            {
                "AZURE_STORAGE_ACCOUNT": "contoso",
                "AZURE_STORAGE_DOMAIN": "azurite:10000",
                "AZURE_STORAGE_PROTOCOL": "http",
                "AZURE_STORAGE_IS_LOCAL_EMULATOR": "true",
            },
            "http://azurite:10000/contoso/state",
        ),
    ],
)
def test_a_container_has_the_url_that_the_engine_uses(monkeypatch, query, variables, url):
    for name in ("ACCOUNT", "CONNECTION_STRING", "DOMAIN", "PROTOCOL", "IS_LOCAL_EMULATOR"):
        monkeypatch.delenv(f"AZURE_STORAGE_{name}", raising=False)
    for name, value in ({"AZURE_STORAGE_KEY": "a2V5"} | variables).items():
        monkeypatch.setenv(name, value)
    with documents_of(f"azblob://state{query}", "leases").client as client:
        assert client.url == url
