"""The runner, on real parts: a copy of `convenor` in its own folder, real venv, uv and pip, and packages from disk.

The copy gets a stub for `convenor` itself, so that the set-up is what is tested. No test but the last needs a network.
"""

from __future__ import annotations

import ast
import base64
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BASE_PYTHON = sys._base_executable  # type: ignore[attr-defined]  # the one `.venv` was made from
SECONDS = 60

STUB = """
import json, os, sys
import {package}
print(json.dumps({{"arguments": sys.argv[1:], "root": os.environ["CONVENOR_ROOT"], "prefix": sys.prefix}}))
"""


@dataclass
class Checkout:
    """A clone of the repository as far as the runner sees it."""

    path: Path
    tools: Path
    wheels: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        return [BASE_PYTHON, str(self.path / "convenor"), *arguments]

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return run(self.command(*arguments), {**self.environment, **more}, cwd=self.path.parent)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def list(self, name: str, *packages: str) -> None:
        (self.path / "requirements" / f"{name}.txt").write_text("".join(packages))

    @property
    def stamp(self) -> Path:
        return self.path / ".venv" / "convenor-stamp"


def run(command: list[str], environment: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment, cwd=cwd, text=True, capture_output=True, timeout=10 * SECONDS, check=False
    )


def make_wheel(folder: Path, name: str, version: str = "1.0") -> str:
    """A package of one empty module. Returns its line for a hash-pinned list."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{path},{record_hash(text)},{len(text)}" for path, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def record_hash(text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
    return "sha256=" + digest.decode().rstrip("=")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout with neither uv nor pip in reach: a space in its path, one package in run.txt, two in dev.txt."""
    path, tools, wheels = (tmp_path / name for name in ("a clone", "tools", "wheels"))
    for folder in (path / "requirements", path / "src" / "convenor", tools, wheels):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "convenor", path)
    (path / "src" / "convenor" / "__init__.py").touch()
    (path / "src" / "convenor" / "__main__.py").write_text(STUB.format(package="alpha"))
    environment = {
        "PATH": str(tools),
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "UV_OFFLINE": "1",
        "UV_FIND_LINKS": str(wheels),
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    made = Checkout(path, tools, wheels, environment)
    alpha, beta = make_wheel(wheels, "alpha"), make_wheel(wheels, "beta")
    made.list("run", alpha)
    made.list("dev", alpha, beta)
    made.list("uv", "uv==0 --hash=sha256:00\n")
    return made


@pytest.fixture
def with_uv(checkout: Checkout) -> Checkout:
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if not uv:
        pytest.skip("there is no uv on PATH or in .venv: `pip install uv` would let this run")
    (checkout.tools / "uv").symlink_to(uv)
    return checkout


@pytest.fixture
def with_pip(checkout: Checkout) -> Checkout:
    if subprocess.run([BASE_PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        pytest.skip("this Python has no pip: `apt install python3-pip` would let this run")
    return checkout


def put_tool(checkout: Checkout, name: str, script: str) -> None:
    tool = checkout.tools / name
    tool.unlink(missing_ok=True)
    tool.write_text(f"#!{BASE_PYTHON} -IS\n{textwrap.dedent(script)}")
    tool.chmod(0o755)


def hide(tmp_path: Path, *modules: str) -> str:
    """A folder for PYTHONPATH in which these modules cannot be imported or run."""
    folder = tmp_path / "hidden"
    folder.mkdir()
    for module in modules:
        (folder / f"{module}.py").write_text(f"raise ImportError('{module} is hidden')")
    return str(folder)


def sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The last line on stderr, after checking that it is one for people."""
    assert "Traceback" not in result.stderr
    return result.stderr.splitlines()[-1]


def read_until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stderr
    for line in process.stderr:
        if text in line:
            return
    pytest.fail(f"never said {text!r}")


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not path.exists() or not path.stat().st_size:
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.01)


# --- which Python ----------------------------------------------------------------------------------------------------


def old_pythons() -> list[str]:
    """The two oldest interpreters before 3.11, on PATH or, where pyenv is used, among its versions."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [Path(folder) for folder in os.get_exec_path() if "shims" not in folder]
    found = []
    for name in ["python2.7", *(f"python3.{minor}" for minor in range(6, 11))]:
        places = [folder / name for folder in folders] + sorted(pyenv.glob(f"versions/*/bin/{name}"))
        found += [str(place) for place in places if place.exists()][:1]
    return found[:2]


def test_parses_on_old_pythons() -> None:
    source = (ROOT / "convenor").read_text(encoding="ascii")  # Python 2 takes no other without a declaration
    tree = ast.parse(source, feature_version=(3, 6))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr)]


def test_an_old_python_gets_a_sentence(checkout: Checkout) -> None:
    pythons = old_pythons()
    if not pythons:
        pytest.skip("no Python older than 3.11 was found (PATH, pyenv): the sentence for it was not tried")
    for python in pythons:
        result = run([python, "-B", str(checkout.path / "convenor"), "demo"], checkout.environment, checkout.path)
        assert result.returncode == 1
        assert re.fullmatch(
            r"Convenor needs Python 3\.11 to 3\.13; this is \d\.\d+, and no other was found on PATH\.",
            sentence(result),
        )


def test_an_old_python_hands_over_to_a_suitable_one(checkout: Checkout) -> None:
    pythons = old_pythons()
    if not pythons:
        pytest.skip("no Python older than 3.11 was found (PATH, pyenv): handing over was not tried")
    put_tool(checkout, "python3.13", "raise SystemExit('pyenv: python3.13: command not found')")
    put_tool(checkout, "python3.12", "print('(3, 14)')")
    (checkout.tools / "python3.11").write_bytes(b"not a program")
    (checkout.tools / "python3.11").chmod(0o755)
    command = [pythons[0], "-B", str(checkout.path / "convenor"), "--help"]
    assert run(command, checkout.environment, checkout.path).returncode == 1  # none of the three is what it says
    name = f"python3.{sys.version_info.minor}"
    (checkout.tools / name).unlink()
    (checkout.tools / name).symlink_to(BASE_PYTHON)
    result = run(command, checkout.environment, checkout.path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Usage:" in result.stdout


def test_a_python_too_new_gets_a_sentence(checkout: Checkout) -> None:
    runner = checkout.path / "convenor"
    runner.write_text(runner.read_text().replace("(3, 11), (3, 13)", "(3, 8), (3, 9)"))
    result = checkout.run("demo")
    assert result.returncode == 1
    assert sentence(result).startswith("Convenor needs Python 3.8 to 3.9; this is 3.1")


def test_versions_agree_with_the_project() -> None:
    assert 'requires-python = ">=3.11,<3.14"' in (ROOT / "pyproject.toml").read_text()
    assert "OLDEST, NEWEST = (3, 11), (3, 13)" in (ROOT / "convenor").read_text()


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_help_lists_the_commands_and_sets_nothing_up(checkout: Checkout, arguments: list[str]) -> None:
    result = checkout.run(*arguments)
    assert result.returncode == 0
    listed = " ".join(re.findall(r"^  (\w+) ", result.stdout, re.MULTILINE))
    assert listed == "demo test check serve worker administrator load export backup restore verify bench lock"
    assert not (checkout.path / ".venv").exists()


def test_an_unknown_command_gets_a_guess(checkout: Checkout) -> None:
    near, far = checkout.run("tset"), checkout.run("zzz")
    assert (near.returncode, far.returncode) == (2, 2)
    assert sentence(near) == "There is no command `tset`: did you mean `test`?"
    assert sentence(far) == "There is no command `zzz`: `./convenor --help` lists them."


# --- set-up with uv --------------------------------------------------------------------------------------------------


def test_first_start_sets_up_and_second_does_nothing(with_uv: Checkout) -> None:
    first = with_uv.run("demo", "--port", "8001", "two words")
    assert first.returncode == 0
    said = first.stderr.splitlines()
    assert said[:2] == ["Making the Python environment", "Installing 1 packages with uv"]
    assert re.fullmatch(r"Ready in \d+\.\d s", said[2])
    assert json.loads(first.stdout) == {
        "arguments": ["demo", "--port", "8001", "two words"],
        "root": str(with_uv.path),
        "prefix": str(with_uv.path / ".venv"),
    }
    assert not (with_uv.path / ".venv-setup.log").exists()
    made = with_uv.stamp.stat().st_mtime_ns
    second = with_uv.run("serve")
    assert (second.returncode, second.stderr) == (0, "")
    assert with_uv.stamp.stat().st_mtime_ns == made


def test_what_was_compiled_is_kept_beside_the_packages_and_not_in_the_source(with_uv: Checkout) -> None:
    assert with_uv.run("demo", PYTHONDONTWRITEBYTECODE="1").returncode == 0
    assert list((with_uv.path / ".venv" / "bytecode").rglob("*.pyc"))
    assert not list((with_uv.path / "src").rglob("*.pyc"))


def test_a_ready_folder_may_be_read_only(with_uv: Checkout) -> None:
    with_uv.run("demo")
    (with_uv.path / ".venv.lock").unlink()
    (with_uv.path / ".venv.lock").mkdir()  # opening it to write would fail, also as root
    assert with_uv.run("demo").returncode == 0


@pytest.mark.slow
def test_tools_come_on_top_when_a_command_needs_them(with_uv: Checkout) -> None:
    with_uv.run("demo")
    (with_uv.path / ".venv" / "kept").touch()
    (with_uv.path / "src" / "convenor" / "__main__.py").write_text(STUB.format(package="beta"))
    result = with_uv.run("test")
    assert result.returncode == 0
    assert result.stderr.splitlines()[0] == "Installing 2 packages with uv"
    assert (with_uv.path / ".venv" / "kept").exists()
    assert with_uv.run("check").stderr == with_uv.run("demo").stderr == ""


@pytest.mark.parametrize("damage", ["list", "moved", "python", "stamp"])
@pytest.mark.slow
def test_what_is_not_as_it_was_made_is_made_again(with_uv: Checkout, damage: str) -> None:
    with_uv.run("demo")
    (with_uv.path / ".venv" / "left over").touch()
    match damage:
        case "list":
            with_uv.list("run", make_wheel(with_uv.wheels, "alpha", "2.0"))
        case "moved":
            with_uv.path = with_uv.path.rename(with_uv.path.with_name("moved"))
        case "python":
            (with_uv.path / ".venv" / "bin" / "python").unlink()
        case "stamp":
            with_uv.stamp.unlink()
    result = with_uv.run("demo")
    assert result.returncode == 0
    assert result.stderr.startswith("Making the Python environment")
    assert not (with_uv.path / ".venv" / "left over").exists()


def test_starts_through_a_link(with_uv: Checkout, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(with_uv.path / "convenor")
    result = run([BASE_PYTHON, str(tmp_path / "link"), "demo"], with_uv.environment, tmp_path)
    assert json.loads(result.stdout)["root"] == str(with_uv.path)


def test_files_in_the_current_folder_are_not_taken_for_modules(with_uv: Checkout) -> None:
    (with_uv.path.parent / "json.py").write_text("raise SystemExit('the wrong json')")
    assert with_uv.run("demo").returncode == 0


def test_settings_of_the_user_that_lead_elsewhere_do_no_harm(with_uv: Checkout, tmp_path: Path) -> None:
    elsewhere = {"PYTHONPATH": str(tmp_path), "UV_SYSTEM_PYTHON": "1", "VIRTUAL_ENV": str(tmp_path)}
    assert with_uv.run("demo", **elsewhere).returncode == 0


# --- two at once, and stopped half-way -------------------------------------------------------------------------------

SLEEPER = """
    import os, pathlib, time
    pathlib.Path(os.environ["HOME"], "installing").write_text(str(os.getpid()))
    time.sleep(600)
"""


def test_the_second_of_two_starts_waits_and_finds_it_done(with_uv: Checkout) -> None:
    with (with_uv.path / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with with_uv.start("demo") as waiting:
            read_until(waiting, "Waiting for another start")
            assert not (with_uv.path / ".venv").exists()
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert "Ready in" in waiting.communicate(timeout=SECONDS)[1]
    assert waiting.returncode == 0


@pytest.mark.slow
def test_four_starts_at_once_make_one_environment(with_uv: Checkout) -> None:
    starts = [with_uv.start(command) for command in ("demo", "worker", "test", "demo")]
    said = [start.communicate(timeout=SECONDS)[1] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0, 0]
    assert "".join(said).count("Making the Python environment") == 1


def test_ctrl_c_ends_the_installer_and_leaves_nothing_taken_for_ready(checkout: Checkout, tmp_path: Path) -> None:
    put_tool(checkout, "uv", SLEEPER)
    with checkout.start("demo") as process:
        wait_for(tmp_path / "installing")
        process.send_signal(signal.SIGINT)
        stderr = process.communicate(timeout=SECONDS)[1]
    assert process.returncode == 130
    assert stderr.splitlines()[-1] == "Stopped. Nothing half-made will be used: the next start begins again."
    assert "Traceback" not in stderr
    assert not checkout.stamp.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "installing").read_text()), 0)


@pytest.mark.slow
@pytest.mark.kills
def test_an_installer_that_outlives_its_runner_keeps_others_waiting(with_uv: Checkout, tmp_path: Path) -> None:
    uv = (with_uv.tools / "uv").readlink()
    put_tool(with_uv, "uv", SLEEPER)
    with with_uv.start("demo") as killed:
        wait_for(tmp_path / "installing")
        killed.kill()
    (with_uv.tools / "uv").unlink()
    (with_uv.tools / "uv").symlink_to(uv)
    with with_uv.start("demo") as second:
        read_until(second, "Waiting for another start")
        os.kill(int((tmp_path / "installing").read_text()), signal.SIGKILL)
        assert "Making the Python environment" in second.communicate(timeout=SECONDS)[1]
    assert second.returncode == 0


# --- failures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tool", ["uv", pytest.param("pip", marks=pytest.mark.slow)])
def test_a_wrong_hash_ends_the_set_up(tool: str, request: pytest.FixtureRequest) -> None:
    checkout: Checkout = request.getfixturevalue(f"with_{tool}")
    checkout.list("run", "alpha==1.0 --hash=sha256:" + "0" * 64)
    result = checkout.run("demo")
    assert result.returncode == 1
    assert sentence(result).startswith("A downloaded package does not match its hash, so it was not used. ")
    assert "alpha" in sentence(result)
    assert result.stderr.count("Installing") == 1
    log = checkout.path / ".venv-setup.log"
    assert f"(full output: {log})" in sentence(result)
    assert "hash" in log.read_text().lower()
    assert not checkout.stamp.exists()


def test_a_full_disk_ends_the_set_up(checkout: Checkout) -> None:
    put_tool(checkout, "uv", "raise SystemExit('error: No space left on device (os error 28)')")
    result = checkout.run("demo")
    assert result.returncode == 1
    assert sentence(result).startswith("The disk is full. error: No space left on device")


@pytest.mark.parametrize("name", [".venv", ".venv.lock", ".venv-setup.log"])
def test_a_folder_that_cannot_be_written_gets_a_sentence(checkout: Checkout, name: str) -> None:
    if name == ".venv":
        (checkout.path / name).touch()
    else:
        (checkout.path / name).mkdir()  # stands for any refusal, and refuses root too
    result = checkout.run("demo")
    assert result.returncode == 1
    start = f"Convenor cannot set itself up in {checkout.path}: {checkout.path / name}: "
    assert sentence(result).startswith(start)


def test_a_path_in_which_no_environment_works_gets_a_sentence(checkout: Checkout) -> None:
    checkout.path = checkout.path.rename(checkout.path.with_name("a:b"))
    result = checkout.run("demo")
    assert result.returncode == 1
    assert sentence(result).startswith("Convenor cannot set itself up in ")


def test_neither_uv_nor_pip_says_what_to_install(checkout: Checkout, tmp_path: Path) -> None:
    result = checkout.run("demo", PYTHONPATH=hide(tmp_path, "pip", "ensurepip"))
    assert result.returncode == 1
    assert sentence(result).startswith("Convenor needs pip or uv to fetch its packages, and this machine has neither")


@pytest.mark.slow
def test_a_package_that_no_index_has_gets_a_sentence(with_pip: Checkout) -> None:
    with_pip.list("run", "gamma==1.0 --hash=sha256:" + "0" * 64)
    result = with_pip.run("demo")
    assert result.returncode == 1
    assert sentence(result).startswith("The packages could not be installed; is the network up")
    assert "gamma==1.0" in sentence(result)


# --- set-up with pip -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_pip_takes_over_when_uv_reaches_no_index(with_pip: Checkout) -> None:
    put_tool(with_pip, "uv", "raise SystemExit('error: Failed to fetch: dns error')")
    result = with_pip.run("demo", PIP_USER="1", PIP_TARGET=str(with_pip.path / "elsewhere"))
    assert result.returncode == 0
    assert "Installing 1 packages with pip" in result.stderr
    assert not (with_pip.path / "elsewhere").exists()


@pytest.mark.slow
def test_pip_takes_over_from_a_broken_uv(with_pip: Checkout) -> None:
    put_tool(with_pip, "uv", "")
    (with_pip.tools / "uv").write_text("#!/nowhere/python\n")
    result = with_pip.run("demo")
    assert result.returncode == 0
    assert "Installing 1 packages with pip" in result.stderr


@pytest.mark.slow
def test_pip_does_it_where_it_cannot_fetch_uv(with_pip: Checkout) -> None:
    result = with_pip.run("demo")
    assert result.returncode == 0
    assert result.stderr.splitlines()[1:3] == ["Fetching uv with pip", "Installing 1 packages with pip"]
    assert with_pip.run("demo").stderr == ""


@pytest.mark.slow
def test_pip_fetches_uv_first(with_uv: Checkout, with_pip: Checkout) -> None:
    uv = (with_uv.tools / "uv").readlink()
    (with_uv.tools / "uv").unlink()
    with_uv.list("uv", make_wheel_with_program(with_uv.wheels, uv))
    result = with_uv.run("demo")
    assert result.returncode == 0
    assert result.stderr.splitlines()[1:3] == ["Fetching uv with pip", "Installing 1 packages with uv"]


def make_wheel_with_program(folder: Path, uv: Path) -> str:
    """A stand-in for uv's own package: its program hands over to the uv that is here."""
    make_wheel(folder, "uv")
    path = folder / "uv-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "a") as wheel:
        program = zipfile.ZipInfo("uv-1.0.data/scripts/uv")
        program.external_attr = 0o100755 << 16
        wheel.writestr(program, f'#!/bin/sh\nexec {uv} "$@"\n')
    return f"uv==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.mark.slow
def test_the_pip_that_python_carries_will_do(checkout: Checkout, tmp_path: Path) -> None:
    ensurepip = pytest.importorskip("ensurepip", reason="this Python carries no ensurepip: its pip was not tried")
    result = checkout.run("demo", PYTHONPATH=hide(tmp_path, "pip"))
    if "has neither" in sentence(result):
        pytest.skip(f"{ensurepip.__file__} comes without its wheels: pip from there was not tried")
    assert result.returncode == 0
    assert "Installing 1 packages with pip" in result.stderr


# --- the lists -------------------------------------------------------------------------------------------------------


def pins(path: Path) -> dict[str, set[str]]:
    """Package name to its versions: there is more than one where it depends on the Python."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", path.read_text()):
        found.setdefault(name, set()).add(version)
    return found


@pytest.mark.parametrize("name", ["run", "dev", "uv"])
def test_a_list_holds_hashed_pins_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    for requirement in text.replace("\\\n", "").splitlines():
        assert re.fullmatch(r"[\w.-]+==[\w.]+( ; [^/@:]+?)?\s*(\s+--hash=sha256:[0-9a-f]{64})+", requirement)


def test_the_lists_agree_with_each_other_and_the_project() -> None:
    run_list, dev_list = pins(ROOT / "requirements" / "run.txt"), pins(ROOT / "requirements" / "dev.txt")
    assert run_list.items() <= dev_list.items()
    project = (ROOT / "pyproject.toml").read_text()
    needs, tools = re.findall(r"(?ms)^(?:dependencies|dev) = \[\n(.*?)^\]", project)
    assert wanted(needs) <= run_list.keys()
    assert wanted(needs + tools) <= dev_list.keys()


def wanted(block: str) -> set[str]:
    return {name.lower().replace("_", "-") for name in re.findall(r'(?m)^ *"([\w.-]+)', block)}


PROJECT = '[project]\nname = "x"\nversion = "1"\ndependencies = ["{}"]\n[dependency-groups]\ndev = ["beta"]\n'


def lock(checkout: Checkout, dependency: str) -> subprocess.CompletedProcess[str]:
    make_wheel(checkout.wheels, "uv")
    checkout.list("uv")
    (checkout.path / "pyproject.toml").write_text(PROJECT.format(dependency))
    return checkout.run("lock", "--no-index", "--find-links", str(checkout.wheels), UV_DEFAULT_INDEX="nonsense")


@pytest.mark.slow
def test_lock_writes_the_lists(with_uv: Checkout) -> None:
    make_wheel(with_uv.wheels, "alpha", "2.0")
    result = lock(with_uv, "alpha")
    assert result.returncode == 0
    lists = {name: pins(with_uv.path / "requirements" / f"{name}.txt") for name in ("run", "dev", "uv")}
    assert lists == {
        "run": {"alpha": {"1.0"}},  # the version it had: only --upgrade changes that
        "dev": {"alpha": {"1.0"}, "beta": {"1.0"}},
        "uv": {"uv": {"1.0"}},
    }
    assert str(with_uv.wheels) not in (with_uv.path / "requirements" / "run.txt").read_text()


def test_lock_lets_no_address_in(with_uv: Checkout) -> None:
    before = (with_uv.path / "requirements" / "run.txt").read_text()
    result = lock(with_uv, f"alpha @ {(with_uv.wheels / 'alpha-1.0-py3-none-any.whl').as_uri()}")
    assert result.returncode == 1
    assert sentence(result) == "An address got into requirements/run.txt; the lists are as they were."
    assert (with_uv.path / "requirements" / "run.txt").read_text() == before


def test_lock_says_when_uv_cannot(with_uv: Checkout) -> None:
    result = lock(with_uv, "gamma")
    assert result.returncode == 1
    assert sentence(result) == "uv could not lock requirements/run.txt; the lists are as they were."


@pytest.mark.slow
def test_the_real_lists_install(checkout: Checkout, tmp_path: Path) -> None:
    """As on a fresh machine, with the network and settings of this one, and empty caches."""
    shutil.copytree(ROOT / "requirements", checkout.path / "requirements", dirs_exist_ok=True)
    (checkout.path / "src" / "convenor" / "__main__.py").write_text(STUB.format(package="django, pytest"))
    caches = {"UV_CACHE_DIR": str(tmp_path / "uv"), "PIP_CACHE_DIR": str(tmp_path / "pip")}
    result = run(checkout.command("test"), {**os.environ, **caches}, checkout.path)
    if "is the network up" in result.stderr:
        pytest.skip(f"no package index in reach, so the real lists were not installed: {sentence(result)}")
    assert result.returncode == 0, sentence(result)
    assert json.loads(result.stdout)["arguments"] == ["test"]
