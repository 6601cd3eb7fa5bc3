"""Tests over tables of cases."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def each(
    cases: Iterable[Any], name: Callable[[Any], str] = str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make one test of a check that takes a case as its first argument.

    All cases are run. Those that fail are listed by name, and each is shown with its traceback.
    Where checks are short and cases are many, a test for each (``pytest.mark.parametrize``) would
    spend most of its time between the tests.

    Fixtures are made once for all cases, but for `tmp_path`, which is a folder for each.

    Parameters
    ----------
    cases : iterable
        Names, or whatever the check takes.
    name : callable
        What a case is called.
    """
    table = tuple(cases)

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(check)
        _, *fixtures = own.parameters.values()

        @functools.wraps(check)
        def test(**given: Any) -> None:
            failed: dict[str, BaseException] = {}
            folder = given.get("tmp_path")
            for i, case in enumerate(table):
                if folder is not None:
                    given["tmp_path"] = folder / str(i)
                    given["tmp_path"].mkdir()
                try:
                    check(case, **given)
                # pytest.raises() that saw nothing fails with the latter, which is no Exception.
                except (Exception, pytest.fail.Exception) as error:
                    error.add_note(f"case: {name(case)}")
                    failed[name(case)] = error
            if failed:
                listed = f"{len(failed)} of {len(table)} cases failed: {', '.join(failed)}"
                raise BaseExceptionGroup(listed, list(failed.values()))

        keywords = [f.replace(kind=inspect.Parameter.KEYWORD_ONLY) for f in fixtures]
        test.__signature__ = own.replace(parameters=keywords)  # type: ignore[attr-defined]
        return test

    return decorate
