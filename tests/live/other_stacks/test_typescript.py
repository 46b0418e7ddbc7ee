"""The TypeScript example: its SDK written by Pulumi's generator, type-checked against it, and deployed by Node.js."""

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.live

LOCK = Path(__file__).parent / "typescript" / "package-lock.json"


@pytest.fixture(scope="module")
def engine(engine_for):
    return engine_for("nodejs")


@pytest.fixture(scope="module")
def installed(example):
    """The example with its SDK and its dependencies, in locked versions."""
    copied = example("typescript")
    shutil.copy(LOCK, copied.folder)
    copied.pulumi("install")
    return copied


@pytest.fixture(scope="module")
def calculator(installed, sandbox):
    installed.configure(
        {"resourceGroup": "local", "serviceName": "ts-calculator", "serviceUrl": f"{sandbox.calculator_url}/api"}
    )
    installed.up()
    return installed


@pytest.fixture(scope="module")
def get(calculator, http, access_token):
    """Call an operation of the example's API with a token that was got by its client."""
    outputs = calculator.outputs()
    headers = {"Authorization": f"Bearer {access_token(outputs)}"}
    return lambda path: http.get(f"{outputs['url']}{path}", headers=headers)


def type_errors(program):
    """What the compiler says of the program, on standard output; nothing where all is well."""
    command = [program.folder / "node_modules" / ".bin" / "tsc", "--project", program.folder]
    result = subprocess.run(command, cwd=program.folder, capture_output=True, text=True, timeout=120, check=False)
    assert result.stderr == ""
    return result.stdout


def test_the_example_has_the_types_of_the_generated_sdk(installed):
    assert type_errors(installed) == ""


def test_the_types_refuse_what_the_components_refuse(installed):
    program = installed.folder / "index.ts"
    text = program.read_text()
    wrong = text
    for right, mistake in {
        "tokenLifetime: 3600": 'tokenLifetime: "3600"',
        'signingAlgorithm: "RS256"': 'signingAlgorithm: "ES256"',
        'path: "calc",': "",
        "policy: { operationScopes:": "policy: { operationScope:",
    }.items():
        assert right in wrong
        wrong = wrong.replace(right, mistake)
    program.write_text(wrong)
    try:
        told = type_errors(installed)
    finally:
        program.write_text(text)
    assert "Type 'string' is not assignable to type 'Input<number" in told
    assert "Type '\"ES256\"' is not assignable to type" in told
    assert "Property 'path' is missing in type" in told
    assert "'operationScope' does not exist in type" in told
    assert told.count("error TS") == 4


def test_a_granted_scope_opens_its_operation(get):
    answer = get("/add?a=20&b=22")
    assert (answer.status_code, answer.json()) == (200, {"result": 42})


def test_a_scope_that_the_client_was_not_granted_is_forbidden(get):
    assert get("/sub?a=44&b=2").status_code == 403


def test_a_call_without_a_token_or_with_garbage_is_refused(calculator, http):
    url = f"{calculator.outputs()['url']}/add?a=1&b=2"
    assert http.get(url).status_code == 401
    assert http.get(url, headers={"Authorization": "Bearer x.y.z"}).status_code == 401


def test_a_second_up_changes_nothing(calculator):
    assert calculator.preview_steps() == {}


def test_a_refused_input_is_told_by_the_name_its_user_wrote(calculator):
    calculator.configure({"serviceName": "-ts-"})
    told = calculator.up(status=1)
    assert "property gateway.serviceName" in told
    assert "ProtectedApi 'calculator': input 'gateway.service_name'" in told
    calculator.configure({"serviceName": "ts-calculator"})


def test_a_misspelt_input_in_a_section_is_refused_by_its_path(calculator):
    """The compiler would tell, where a program is compiled."""
    program = calculator.folder / "index.ts"
    text = program.read_text()
    program.write_text(text.replace("policy: {", "policy: <any>{ requiredScope: ['calc:add'],"))
    try:
        told = calculator.up(status=1)
    finally:
        program.write_text(text)
    assert "ProtectedApi: input 'policy.requiredScope' is not one of " in told
    assert "the nearest is 'requiredScopes'" in told


def test_a_program_that_fails_is_told_once(calculator):
    program = calculator.folder / "index.ts"
    text = program.read_text()
    program.write_text(f'{text}\nthrow new Error("out of paper");\n')
    try:
        told = calculator.up(status=1)
    finally:
        program.write_text(text)
    assert told.count("Error: out of paper") == 1
    assert "the program ended" not in told


def test_a_program_without_its_dependencies_is_told_to_install_them(calculator, engine):
    if engine.origin != "build":
        pytest.skip("the official host has words of its own")
    modules = calculator.folder / "node_modules"
    modules.rename(calculator.folder / "aside")
    try:
        told = calculator.up(status=1)
    finally:
        (calculator.folder / "aside").rename(modules)
    assert f"{calculator.folder} has no @pulumi/pulumi: run `pulumi install` there" in told


def test_destroy_leaves_nothing(calculator, all_objects):
    calculator.destroy()
    assert not {("resource server", "https://calculator.example.com"), ("service", "ts-calculator")} & all_objects()
