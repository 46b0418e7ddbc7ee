import pytest

PERMISSION = {"resource_server_identifier": "calc", "permission_name": "read:calc"}
DESCRIBED = {**PERMISSION, "resource_server_name": "Calculator", "description": "Read"}


@pytest.fixture
async def role_id(api):
    scopes = [{"value": "read:calc", "description": "Read"}, {"value": "write:calc"}]
    await api.post("/resource-servers", json={"identifier": "calc", "name": "Calculator", "scopes": scopes})
    return (await api.post("/roles", json={"name": "reader", "description": "Reads"})).json()["id"]


@pytest.fixture
async def user(api):
    await api.post("/connections", json={"name": "people", "strategy": "auth0"})
    body = {"connection": "people", "email": "ada@example.com", "password": "Analytical-1843"}
    return (await api.post("/users", json=body)).json()


async def test_a_role_is_made_changed_found_and_removed(api):
    response = await api.post("/roles", json={"name": "owner", "description": "Owner"})
    assert response.status_code == 200
    role = response.json()
    assert role == {"id": role["id"], "name": "owner", "description": "Owner", "type": "tenant"}
    assert role["id"].startswith("rol_")
    assert len(role["id"]) == 20
    assert (await api.post("/roles", json={"name": "owner"})).status_code == 409
    changed = (await api.patch(f"/roles/{role['id']}", json={"name": "boss"})).json()
    assert changed == {**role, "name": "boss"}
    await api.post("/roles", json={"name": "admin"})
    assert [each["name"] for each in (await api.get("/roles")).json()] == ["admin", "boss"]
    assert (await api.get("/roles?name_filter=OSS")).json() == [changed]
    assert (await api.delete(f"/roles/{role['id']}")).status_code == 200
    for method in ("GET", "DELETE"):
        response = await api.request(method, f"/roles/{role['id']}")
        assert response.json() == {"statusCode": 404, "error": "Not Found", "message": "The role does not exist."}


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"owner_id": "org_1"}, "organizations: the owner_id of a role"),
        ({"type": "organization"}, "organizations: roles of type organization"),
    ],
)
async def test_roles_of_organizations_are_refused_by_name(api, given, what):
    message = f"This local tenant does not support {what}."
    response = await api.post("/roles", json={"name": "owner", **given})
    assert (response.status_code, response.json()["message"]) == (501, message)
    response = await api.get("/roles", params=given)
    assert (response.status_code, response.json()["message"]) == (501, message)


async def test_permissions_are_listed_by_name(api, role_id, user):
    written = {**PERMISSION, "permission_name": "write:calc"}
    names = ["read:calc", "write:calc"]
    for path in (f"/roles/{role_id}/permissions", f"/users/{user['user_id']}/permissions"):
        await api.post(path, json={"permissions": [written, PERMISSION]})
        assert [each["permission_name"] for each in (await api.get(path)).json()] == names


async def test_all_roles_are_the_tenants(api, role_id):
    assert [role["id"] for role in (await api.get("/roles?type=tenant")).json()] == [role_id]
    refused = await api.get("/roles?type=organization")
    assert (refused.status_code, refused.json()["errorCode"]) == (501, "not_supported")
    assert refused.json()["message"] == "This local tenant does not support organizations: roles of type organization."


async def test_a_role_holds_permissions_that_exist(api, role_id):
    path = f"/roles/{role_id}/permissions"
    assert (await api.post(path, json={"permissions": [PERMISSION, PERMISSION]})).status_code == 201
    page = (await api.get(f"{path}?include_totals=true&page=0&per_page=50")).json()
    assert page == {"permissions": [DESCRIBED], "start": 0, "limit": 50, "total": 1}
    unknown = {**PERMISSION, "permission_name": "delete:calc"}
    assert (await api.post(path, json={"permissions": [unknown]})).status_code == 400
    nowhere = {**PERMISSION, "resource_server_identifier": "none"}
    assert (await api.post(path, json={"permissions": [nowhere]})).status_code == 404
    assert (await api.request("DELETE", path, json={"permissions": [PERMISSION]})).status_code == 204
    assert (await api.get(path)).json() == []


async def test_a_user_holds_permissions_directly_and_through_roles(api, role_id, user, tenant):
    await api.post(f"/roles/{role_id}/permissions", json={"permissions": [PERMISSION]})
    path = f"/users/{user['user_id']}"
    assert (await api.post(f"{path}/roles", json={"roles": [role_id]})).status_code == 204
    assert (await api.post(f"{path}/permissions", json={"permissions": [PERMISSION]})).status_code == 201
    assert (await api.get(f"{path}/permissions")).json() == [
        {
            **DESCRIBED,
            "sources": [
                {"source_id": "", "source_name": "", "source_type": "DIRECT"},
                {"source_id": role_id, "source_name": "reader", "source_type": "ROLE"},
            ],
        }
    ]
    assert tenant.permissions_of(tenant.users[user["user_id"]], "calc") == ["read:calc"]
    assert tenant.permissions_of(tenant.users[user["user_id"]], "other") == []
    assert (await api.get(path)).json() == user


async def test_roles_are_assigned_from_both_sides(api, role_id, user):
    path = f"/users/{user['user_id']}/roles"
    assert (await api.post(f"/roles/{role_id}/users", json={"users": [user["user_id"]]})).status_code == 200
    role = {"id": role_id, "name": "reader", "description": "Reads"}
    assert (await api.get(f"{path}?include_totals=true&per_page=50")).json() == {
        "roles": [role],
        "start": 0,
        "limit": 50,
        "total": 1,
    }
    shown = {name: user[name] for name in ("user_id", "email", "picture", "name")}
    assert (await api.get(f"/roles/{role_id}/users")).json() == [shown]
    assert (await api.get(f"/roles/{role_id}/users?take=5")).json() == {"users": [shown]}
    assert (await api.request("DELETE", path, json={"roles": [role_id]})).status_code == 204
    assert (await api.get(path)).json() == []


async def test_an_unknown_user_or_role_changes_nothing(api, role_id, user, tenant):
    response = await api.post(f"/roles/{role_id}/users", json={"users": [user["user_id"], "auth0|none"]})
    assert response.status_code == 404
    response = await api.post(f"/users/{user['user_id']}/roles", json={"roles": [role_id, "rol_none"]})
    assert response.status_code == 404
    assert "roles" not in tenant.users[user["user_id"]]


async def test_a_deleted_role_is_taken_from_its_users(api, role_id, user, tenant):
    await api.post(f"/users/{user['user_id']}/roles", json={"roles": [role_id]})
    await api.delete(f"/roles/{role_id}")
    assert tenant.users[user["user_id"]]["roles"] == []


async def test_a_role_without_a_description_has_an_empty_one_from_its_first_reading_on(api):
    created = (await api.post("/roles", json={"name": "auditor", "type": "tenant"})).json()
    assert created == {"id": created["id"], "name": "auditor", "type": "tenant"}
    read = {**created, "description": ""}
    assert (await api.get(f"/roles/{created['id']}")).json() == read
    assert (await api.get("/roles?name_filter=audit")).json() == [read]
    changed = (await api.patch(f"/roles/{created['id']}", json={"name": "inspector"})).json()
    assert changed == {**read, "name": "inspector"}
