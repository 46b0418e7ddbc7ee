import pytest
from auth0_apim_sandbox.scripts import MachineAccess, ScriptError, Surroundings, run_script


async def _run(body, *arguments, configuration=None, databases=None, access=None, names=("login",), seconds=10.0):
    access = access or MachineAccess(databases=databases)
    return await run_script(body, names, arguments, Surroundings(configuration or {}, access, seconds))


@pytest.fixture
def run():
    """What a script gives its callback."""
    return _run


@pytest.fixture
def evaluate():
    """The values of JavaScript expressions, which may wait."""

    async def values(*expressions, **more):
        body = f"async function login(callback) {{ callback(null, {', '.join(expressions)}); }}"
        return await _run(body, **more)

    return values


@pytest.fixture
def failure():
    """The error that a script ends with."""

    async def failed(body, *arguments, **more):
        with pytest.raises(ScriptError) as caught:
            await _run(body, *arguments, **more)
        return caught.value

    return failed
