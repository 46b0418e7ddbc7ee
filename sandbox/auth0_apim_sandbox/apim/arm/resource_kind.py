"""What is the same for every child resource of a service: the verbs, names, ETags, lists."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from starlette.responses import JSONResponse, Response

from auth0_apim_sandbox.apim.arm.calls import PROVIDER, Call, answer
from auth0_apim_sandbox.apim.arm.contract import Contract, checked, merged, properties_of
from auth0_apim_sandbox.apim.arm.errors import ProviderError, method_not_allowed, missing
from auth0_apim_sandbox.apim.arm.inventory import Document
from auth0_apim_sandbox.apim.arm.lists import display_name, page
from auth0_apim_sandbox.apim.arm.long_running import FIRST_WITH_STATUS, in_progress


@dataclass
class Draft:
    """What a PUT or PATCH is about to store; `after` runs in the same transaction, with the stored document."""

    properties: dict[str, Any]
    secrets: dict[str, Any] = field(default_factory=dict)
    after: Callable[[Document, bool], None] | None = None


Action = Callable[[Call, Document], Awaitable[Response]]


class ResourceKind:
    """One type of child resource; a subclass says what is its own.

    Attributes:
        path: the types from the service on, for example `apis/operations`.
        noun: what error messages call it.
        contract: the model of its `properties`.
        secret_properties: properties that are stored in `secrets` and not answered by GET.
        optional_properties: properties that are left out of an answer when they are null.
        longest_parent_name: characters that the name of the resource above may have.
        is_long_running: whether Azure answers a PUT or PATCH before it is done.
        has_state: whether the resource says its `provisioningState`, in the versions that have it.
    """

    path: str
    noun: str
    contract: ClassVar[type[Contract]]
    name_pattern: ClassVar[re.Pattern[str]] = re.compile(r"[^*#&+:<>?]+")
    longest_name: ClassVar[int] = 256
    longest_parent_name: ClassVar[int] = 256
    verbs: ClassVar[frozenset[str]] = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE"})
    secret_properties: ClassVar[tuple[str, ...]] = ()
    optional_properties: ClassVar[tuple[str, ...]] = ()
    is_long_running: ClassVar[bool] = False
    has_state: ClassVar[bool] = False

    @property
    def type(self) -> str:
        """The full resource type."""
        return f"{PROVIDER}/service/{self.path}"

    def actions(self) -> Mapping[str, Action]:
        """What can be POSTed below a resource, by lower-cased name."""
        return {}

    async def prepare(self, call: Call, contract: Any) -> Draft:
        """Check `contract` against everything else there is; answers what to store."""
        del call
        return self.split(contract.wire())

    def check_delete(self, call: Call, document: Document) -> None:
        """Raise ArmError when `document` may not be deleted now."""

    def delete_dependents(self, call: Call, document: Document) -> None:
        """Remove what belongs to `document` and does not stand below it; runs in the same transaction."""

    def view(self, call: Call, document: Document) -> dict[str, Any]:
        """`document` as GET answers it."""
        properties = self.shown(document)
        if self.has_state and call.request.version >= FIRST_WITH_STATUS:
            properties["provisioningState"] = "Succeeded"
        return {"id": document["id"], "type": document["type"], "name": document["name"], "properties": properties}

    def shown(self, document: Document) -> dict[str, Any]:
        """The properties of `document` that are answered."""
        return {
            name: value
            for name, value in document["properties"].items()
            if value is not None or name not in self.optional_properties
        }

    def view_after_write(self, call: Call, document: Document, created: bool) -> dict[str, Any]:
        """`document` as PUT and PATCH answer it."""
        del created
        return self.view(call, document)

    def view_in_list(self, call: Call, document: Document) -> dict[str, Any]:
        """`document` as a list shows it."""
        body = self.view(call, document)
        body["properties"].pop("provisioningState", None)
        return body

    def listed(self, call: Call) -> Iterable[Document]:
        """The documents of the collection that `call` is about."""
        return call.inventory.children(call.parent_id, self.path.rpartition("/")[2])

    def split(self, properties: dict[str, Any]) -> Draft:
        """`properties` parted into what is shown and what is secret."""
        secrets = {name: properties[name] for name in self.secret_properties if properties.get(name) is not None}
        shown = {name: value for name, value in properties.items() if name not in self.secret_properties}
        return Draft(shown, secrets)

    async def handle(self, call: Call) -> Response:
        """Answer a call about one resource."""
        method = call.request.method
        if method not in self.verbs:
            raise method_not_allowed(method, sorted(self.verbs))
        if method in ("GET", "HEAD"):
            return self.get(call)
        async with call.manager.writes[call.service["id"].lower()]:
            handlers = {"PUT": self.put, "PATCH": self.patch, "DELETE": self.delete}
            return await handlers[method](call)

    def list(self, call: Call) -> Response:
        """Answer a call about the collection."""
        if call.request.method != "GET":
            raise method_not_allowed(call.request.method, ["GET"])
        views = [self.view_in_list(call, document) for document in sorted(self.listed(call), key=display_name)]
        return JSONResponse(page(call.request, views, call.manager.endpoint))

    async def run_action(self, call: Call, action: str) -> Response:
        """Answer a POST of `action` to one resource."""
        if call.request.method != "POST":
            raise method_not_allowed(call.request.method, ["POST"])
        document = self.found(call)
        async with call.manager.writes[call.service["id"].lower()]:
            return await self.actions()[action](call, document)

    def found(self, call: Call) -> Document:
        """The document of the resource; raises ArmError 404."""
        document = call.existing
        if document is None:
            raise missing(self.noun)
        return document

    def get(self, call: Call) -> Response:
        """Answer GET and HEAD, and the end of an operation."""
        final_status = call.manager.long_running.final_status(call.request)
        if final_status == 204 and call.existing is None:
            return Response(status_code=204)
        document = self.found(call)
        if call.request.method == "HEAD":
            return Response(headers={"ETag": f'"{document["etag"]}"'})
        return answer(self.view(call, document), document, final_status or 200)

    async def put(self, call: Call) -> Response:
        """Create or replace the resource."""
        call.request.check_if_match(call.existing)
        self.check_name(call.name)
        self._check_parent_name(call)
        return await self.save(call, checked(self.contract, properties_of(call.request.json())))

    def _check_parent_name(self, call: Call) -> None:
        parent_name = call.request.path.split("/")[-3]
        if len(parent_name) > self.longest_parent_name:
            message = (
                f"'{parent_name}' is not a valid name of the resource above one of type '{self.type}': it must have at "
                f"most {self.longest_parent_name} characters."
            )
            raise ProviderError(400, "ValidationError", message)

    async def patch(self, call: Call) -> Response:
        """Change the properties that the body names."""
        document = self.found(call)
        call.request.check_if_match(document)
        before = {**document["properties"], **document["secrets"]}
        return await self.save(call, checked(self.contract, merged(before, properties_of(call.request.json()))))

    async def save(self, call: Call, contract: Any) -> Response:
        """Check and write what was sent."""
        return self.store(call, await self.prepare(call, contract))

    async def delete(self, call: Call) -> Response:
        """Delete the resource and what stands below it; 204 when it is not there."""
        document = call.existing
        if document is None:
            return Response(status_code=204)
        call.request.check_if_match(document)
        self.check_delete(call, document)
        with call.inventory.transaction():
            call.inventory.remove(document["id"])
            self.delete_dependents(call, document)
        return self.answer_deleted(call)

    def store(self, call: Call, draft: Draft) -> Response:
        """Write `draft` and answer it."""
        created = call.existing is None
        with call.inventory.transaction():
            document = self.write(call, draft)
            if draft.after:
                draft.after(document, created)
        document = self.written(call, document)
        if self.is_asynchronous(call):
            return self.answer_accepted(call, document, created)
        return answer(self.view_after_write(call, document, created), document, 201 if created else 200)

    def is_asynchronous(self, call: Call) -> bool:
        """Whether Azure answers this write before it is done."""
        del call
        return self.is_long_running

    def answer_deleted(self, call: Call) -> Response:
        """Answer the DELETE of what was there."""
        del call
        return Response()

    def answer_accepted(
        self, call: Call, document: Document, created: bool, refusal: ProviderError | None = None
    ) -> Response:
        """Answer a write that goes on, and in the end succeeds or meets `refusal`.

        From 2024-05-01 the specification has 200 and 201 for PUT, and 202 only for PATCH; official clients hold to that.
        """
        request = call.request
        status = 201 if created else 200
        headers = call.manager.long_running.start_on_child(request, call.service["id"], status, refusal)
        if request.version < FIRST_WITH_STATUS or (request.method == "PATCH" and not created):
            return Response(status_code=202, headers=headers)
        if created:
            return JSONResponse(in_progress(document), 201, headers=headers)
        response = answer(self.view_after_write(call, document, created), document)
        response.headers.update(headers)
        return response

    def written(self, call: Call, document: Document) -> Document:
        """`document` as it stands after everything that its write has caused."""
        return call.inventory.get(document["id"]) or document

    def write(self, call: Call, draft: Draft) -> Document:
        """Write `draft` under the id of `call`, keeping the spelling of an id that is there."""
        old = call.existing or {"id": call.id, "name": call.id.rpartition("/")[2], "type": self.type}
        return call.inventory.write({**old, "properties": draft.properties, "secrets": draft.secrets})

    def check_name(self, name: str) -> None:
        """Raise ArmError when a resource of this kind may not be called `name`."""
        if len(name) <= self.longest_name and self.name_pattern.fullmatch(name):
            return
        message = (
            f"'{name}' is not a valid name of a resource of type '{self.type}': it must have 1 to {self.longest_name} "
            f"characters and match the pattern '^{self.name_pattern.pattern}$'."
        )
        raise ProviderError(400, "ValidationError", message)
