"""What the facade does with a folder it does with shards: the folder's own tests, run on a library in three.

Left out are tests of the folder's own files: which there are, and what becomes of them when they are damaged
or a program is killed. Those hold for each shard, which is such a folder.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import Opened, sample_library
from sharded_library import ShardedOpened, reopened

if TYPE_CHECKING:
    from types import ModuleType

TESTS = Path(__file__).resolve().parent.parent
MODULES = (
    "library/test_adding.py",
    "library/test_editing.py",
    "library/test_labels.py",
    "library/test_library.py",
    "library/test_trash.py",
    "answering/test_notebook_pins.py",
    "answering/test_quotable.py",
)
LEFT_OUT = frozenset(
    (
        "test_a_library_that_kept_no_dates_tells_when_its_files_were_written "
        "test_a_record_mended_in_the_file_outlives_another_first_page "
        "test_a_removal_that_is_cut_off_removes_nothing test_a_stranger_in_the_folder_is_left_alone "
        "test_add_writes_passages_source_and_index test_adding_the_file_again_keeps_what_was_given "
        "test_an_empty_first_page_is_found_again test_an_essay_that_is_not_there_or_has_lost_its_source "
        "test_essay_in_memory_is_the_essay_on_disk test_fields_of_a_later_version_are_kept "
        "test_it_is_what_adding_with_that_page_gives test_kept_files_that_are_damaged_are_not_put_back "
        "test_labels_change_nothing_but_what_the_user_stated "
        "test_manifest_names_essays_model_and_files_by_digest test_old_build_is_swept_away "
        "test_old_ones_and_too_many_are_swept test_other_model_makes_the_whole_index_anew "
        "test_removed_essay_is_gone_and_nothing_is_embedded_for_it "
        "test_same_file_again_embeds_nothing_and_changes_nothing "
        "test_second_essay_embeds_only_its_own_windows test_the_title_of_one_that_is_kept_may_be_damaged "
        "test_two_libraries_of_one_file_have_the_same_passages "
        "test_what_was_given_and_is_damaged_counts_as_not_given "
        "test_without_kept_encodings_it_comes_back_all_the_same"
    ).split()
)


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A library in three shards that holds the sample essay, for tests that were written for a folder."""
    return ShardedOpened(sample_library(tmp_path / "library"), shards=3)


def _module(name: str) -> ModuleType:
    path = TESTS / name
    spec = importlib.util.spec_from_file_location(f"facade_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _of_facade(name: str) -> dict[str, Any]:
    """The tests of a file that are about the fixture ``opened``."""
    module = _module(name)
    # Where a test opens its library again, that is in shards too.
    module.__dict__["Opened"] = reopened
    fixtures = {
        name: value
        for name, value in vars(module).items()
        if name != "opened" and hasattr(value, "_fixture_function")
    }
    tests = {
        name: function
        for name, function in vars(module).items()
        if name.startswith("test_")
        and name not in LEFT_OUT
        and "opened" in function.__code__.co_varnames[: function.__code__.co_argcount]
    }
    return fixtures | tests


def test_left_out_are_tests_that_there_are() -> None:
    names = {name for module in MODULES for name in vars(_module(module))}
    assert names >= LEFT_OUT


for _name in MODULES:
    globals().update(_of_facade(_name))
