"""``serve``: what is added and said before the page opens, and what the page is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from essay_library import SAMPLE, SECOND, Command

from assistant.library.library import Library


class Page:
    """Stands in for the page; keeps what it was served with."""

    def __init__(self) -> None:
        self.served: list[tuple[Library, dict[str, Any]]] = []

    def __call__(self, library: Library, **options: Any) -> None:
        """Serve nothing."""
        self.served.append((library, options))


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    """The page that is served instead."""
    page = Page()
    monkeypatch.setattr("assistant.web.app.serve", page)
    return page


def test_page_is_served_to_this_machine_alone_unless_told_otherwise(
    command: Command, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert command("serve") == 0
    assert (command.out, command.err) == ("", "")
    ((library, options),) = page.served
    assert library.ids() == ["sample"]
    assert callable(options.pop("assess"))
    assert options.pop("zotero") is options.pop("office_js") is options.pop("certificate") is None
    assert options == {"host": "127.0.0.1", "port": 7860, "open_browser": False, "auth": None, "focus": []}


def test_the_data_folder_of_zotero_is_given_to_the_page(
    command: Command, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    folder = tmp_path / "home" / "Zotero"
    folder.mkdir(parents=True)
    (folder / "zotero.sqlite").write_bytes(b"")
    assert command("serve") == 0
    assert command("serve", "--zotero", folder) == 0
    assert [options["zotero"] for _, options in page.served] == [folder, folder]
    assert command("serve", "--zotero", tmp_path) == 2
    assert "zotero.sqlite" in command.err
    assert command("serve", "--host", "0.0.0.0") == 0  # noqa: S104 - nothing is served
    assert page.served[-1][1]["zotero"] is None


def test_what_the_add_in_for_word_needs_is_given_to_the_page(
    command: Command, page: Page, tmp_path: Path
) -> None:
    chain, key = tmp_path / "own.pem", tmp_path / "own-key.pem"
    assert command("serve", "--office-js", tmp_path, "--certificate", chain, "--key", key) == 0
    options = page.served[0][1]
    assert (options["office_js"], options["certificate"]) == (tmp_path, (chain, key))
    assert command("serve", "--certificate", chain) == command("serve", "--key", key) == 2
    assert "go together" in command.err
    assert command("serve", "--mcp", "--office-js", tmp_path) == 2
    assert "leave out --office-js" in command.err
    assert len(page.served) == 1


@pytest.mark.parametrize(("flag", "opened"), [("--open", True), ("--no-open", False)])
def test_host_port_and_browser(command: Command, page: Page, *, flag: str, opened: bool) -> None:
    assert command("serve", "--host", "localhost", "--port", "8080", flag) == 0
    options = page.served[0][1]
    assert (options["host"], options["port"], options["open_browser"]) == ("localhost", 8080, opened)
    assert command.err == ""


@pytest.mark.parametrize("port", ["-1", "65536", "99999", "http", "80.5", ""])
def test_port_that_is_none(command: Command, page: Page, port: str) -> None:
    assert command("serve", "--port", port) == 2
    assert "--port" in command.err
    assert page.served == []


def test_paths_are_added_and_opened(command: Command, page: Page) -> None:
    assert command("serve", SECOND, SAMPLE) == 0
    library, options = page.served[0]
    assert options["focus"] == ["running-heads", "sample"]
    assert library.ids() == ["running-heads", "sample"]
    assert command.out == ""
    assert "running-heads: Ten Minutes Behind London" in command.err


def test_bad_path_opens_no_page(command: Command, page: Page) -> None:
    assert command("serve", "missing.txt") == 2
    assert command.err == "assistant: missing.txt does not exist; check the name of the file.\n"
    assert page.served == []


def test_empty_library_gets_the_sample_essay(command: Command, page: Page) -> None:
    assert command("serve", "--library", "new") == 0
    library, options = page.served[0]
    assert library.ids() == ["sample"]
    assert options["focus"] == []
    assert command.err.startswith("The library is empty; the sample essay is added.\n")


def test_empty_library_with_a_path_gets_that_alone(command: Command, page: Page) -> None:
    assert command("serve", SECOND, "--library", "new") == 0
    assert page.served[0][0].ids() == ["running-heads"]
    assert "sample essay" not in command.err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.org"])  # noqa: S104 - never listened on
def test_host_that_others_reach_is_warned_of(command: Command, page: Page, host: str) -> None:
    assert command("serve", "--host", host) == 0
    assert command.err == (
        f"Everyone who can reach {host} can read the library; --auth-file FILE asks for a password.\n"
    )
    Path("accounts").write_text("ada:lovelace\n")
    assert command("serve", "--host", host, "--auth-file", "accounts") == 0
    assert command.err == ""
    assert [options["host"] for _, options in page.served] == [host, host]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_host_that_only_this_machine_reaches_is_not(command: Command, page: Page, host: str) -> None:
    assert command("serve", "--host", host) == 0
    assert command.err == ""
    assert page.served[0][1]["host"] == host


def test_accounts(command: Command, page: Page) -> None:
    Path("accounts").write_text("ada:love:lace\n\n josé : pass word \n", "utf-8")
    assert command("serve", "--auth-file", "accounts") == 0
    first, second = page.served[0][1]["auth"]
    assert first == ("ada", "love:lace")
    assert second[0].strip() == "josé"
    assert second[1].strip() == "pass word"
    assert "love:lace" not in command.out + command.err


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "cannot be read"),
        (b"", "lines of name:password"),
        (b"\n \n", "lines of name:password"),
        (b"ada\n", "lines of name:password"),
        (b"ada:\n", "lines of name:password"),
        (b":secret\n", "lines of name:password"),
        (b" : \n", "lines of name:password"),
        (b"ada:secret\nbabbage\n", "lines of name:password"),
        (b"ada:\xff\n", "cannot be read"),
    ],
)
def test_bad_accounts(command: Command, page: Page, data: bytes | None, message: str) -> None:
    if data is not None:
        Path("accounts").write_bytes(data)
    assert command("serve", "--auth-file", "accounts") == 2
    assert command.err.startswith("assistant: accounts ")
    assert command.err.count("\n") == 1
    assert message in command.err
    assert "secret" not in command.err
    assert page.served == []


def test_accounts_are_read_before_anything_is_added(command: Command, page: Page) -> None:
    assert command("serve", SECOND, "--auth-file", "missing") == 2
    assert command("list") == 0
    assert "running-heads" not in command.out
    assert page.served == []


def test_accounts_file_with_a_byte_order_mark(command: Command, page: Page) -> None:
    Path("accounts").write_bytes(b"\xef\xbb\xbfada:lovelace\r\n")
    assert command("serve", "--auth-file", "accounts") == 0
    assert page.served[0][1]["auth"] == [("ada", "lovelace")]
