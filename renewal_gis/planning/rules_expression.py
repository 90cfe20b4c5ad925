"""Tests written in a rule file: a small language of numbers, names and comparisons.

A text is parsed by Python's own parser into a tree, every node of which must be on the list below; the
tree is then walked by the evaluator of this module. Nothing is ever compiled or run: there is no
attribute, index, power, string method, assignment or call but to the four functions named here.

What is missing stays missing: `a < 3` is unknown when `a` is, and `and`, `or`, `not` follow the
three-valued logic of Kleene (false and unknown is false; true or unknown is true).
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from renewal_gis.errors import DataError

__all__ = ["FUNCTIONS", "Answer", "Expression", "Value", "answer", "parsed"]

Value = bool | float | str | None

_LONGEST, _DEEPEST, _MOST = 500, 25, 200  # characters, levels, nodes
_LARGEST = 1e15  # beyond, a number of an expression or of its result is a mistake
_LONGEST_TEXT = 100

FUNCTIONS: dict[str, Callable[[list[float]], float]] = {
    "min": min,
    "max": max,
    "sum": math.fsum,
    "abs": lambda values: abs(values[0]),
}
_ARITHMETIC: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ORDER: dict[type[ast.AST], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_PLAIN = (
    ast.Expression,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.UAdd,
    ast.BinOp,
    ast.Compare,
    ast.Eq,
    ast.NotEq,
    ast.Load,
    *_ARITHMETIC,
    *_ORDER,
)


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A test whose every part is on the list of what is allowed.

    Attributes
    ----------
    text
        As written.
    names
        The fields it looks at, in the order of the alphabet.
    tree
        Its parsed form.
    """

    text: str
    names: tuple[str, ...]
    tree: ast.expr


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an expression gives.

    Attributes
    ----------
    value
        A number, true or false, a text, or None when it cannot be told.
    missing
        The fields for want of which it cannot be told; empty when it can. A division by zero is told
        as `… / 0`.
    """

    value: Value
    missing: tuple[str, ...] = ()


def parsed(text: str, names: Collection[str], *, place: str = "expression") -> Expression:
    """Parse a test, or say what in it is not allowed.

    Parameters
    ----------
    text
        As written in the rule file.
    names
        The fields it may look at.
    place
        Where it stands, for the message.

    Raises
    ------
    DataError
        The text is too long or too deep, is not an expression, uses something that is not allowed,
        or names a field that is not declared.

    Examples
    --------
    >>> parsed("plai / (plai + plus) >= 0.6", {"plai", "plus"}).names
    ('plai', 'plus')
    """
    if len(text) > _LONGEST:
        raise DataError(
            f"{place}: the test has {len(text)} characters; at most {_LONGEST} are read. Split it."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise DataError(
            f"{place}: {_short(text)} is not a test that can be read. Write a comparison such as "
            "plai / (plai + plus) >= 0.6."
        ) from error
    used = _names(tree, text, place)
    unknown = sorted(used - set(names))
    if unknown:
        known = ", ".join(sorted(names))
        raise DataError(
            f"{place}: no field is called {', '.join(unknown)}. Known here: {known}. Declare the "
            "field under [fields] if it is yours."
        )
    return Expression(text=text.strip(), names=tuple(sorted(used)), tree=tree.body)


def answer(expression: Expression, facts: Mapping[str, Value]) -> Answer:
    """Work an expression out.

    Parameters
    ----------
    expression
        From `parsed`.
    facts
        Field → value. A field that is not there, None and NaN are missing.

    Raises
    ------
    DataError
        A text stands where a number is needed, or the reverse.

    Examples
    --------
    >>> test = parsed("plai / (plai + plus) >= 0.6 or small", {"plai", "plus", "small"})
    >>> answer(test, {"plai": 12.0, "plus": 8.0, "small": None}).value
    True
    >>> answer(test, {"plai": 2.0, "plus": 8.0, "small": None})
    Answer(value=None, missing=('small',))
    """
    value, missing = _Walker(expression.text, facts).of(expression.tree)
    return Answer(value=value, missing=tuple(sorted(missing)) if value is None else ())


_Found = tuple[Value, frozenset[str]]
_NONE: frozenset[str] = frozenset()


def _names(tree: ast.AST, text: str, place: str) -> set[str]:
    """Return the fields of a tree, after checking its every node; never by recursion."""
    used: set[str] = set()
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    seen = 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if depth > _DEEPEST or seen > _MOST:
            raise DataError(
                f"{place}: {_short(text)} is too deep or too long to be read with trust "
                f"(at most {_DEEPEST} levels and {_MOST} parts). Split the rule in two."
            )
        problem = _problem(node)
        if problem:
            raise DataError(
                f"{place}: {_short(text)} uses {problem}, which a rule may not. Allowed: fields, "
                "numbers, short texts, + - * /, comparisons, and, or, not, "
                f"{', '.join(f'{name}()' for name in FUNCTIONS)}."
            )
        if isinstance(node, ast.Call):
            waiting += [(part, depth + 1) for part in node.args]
            continue
        if isinstance(node, ast.Name):
            used.add(node.id)
        waiting += [(part, depth + 1) for part in ast.iter_child_nodes(node)]
    return used


def _problem(node: ast.AST) -> str:
    """Return what is wrong with one node, empty when it is allowed."""
    if isinstance(node, ast.Call):
        return _problem_of_call(node)
    if isinstance(node, ast.Constant):
        return _problem_of_constant(node.value)
    if isinstance(node, (ast.Name, *_PLAIN)):
        return ""
    return {"Attribute": "an attribute", "Pow": "a power", "Subscript": "an index"}.get(
        type(node).__name__, f"what Python calls {type(node).__name__}"
    )


def _problem_of_call(node: ast.Call) -> str:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        return "a call"
    if node.keywords or not node.args or any(isinstance(a, ast.Starred) for a in node.args):
        return "a call that is not plain"
    return "abs() of several values" if node.func.id == "abs" and len(node.args) > 1 else ""


def _problem_of_constant(held: object) -> str:
    if isinstance(held, bool):
        return ""
    if isinstance(held, str):
        return "" if len(held) <= _LONGEST_TEXT else "a long text"
    if isinstance(held, (int, float)):
        return "" if abs(held) <= _LARGEST else "a number out of proportion"
    return "a constant of another kind"


class _Walker:
    """Walks the tree of one test over the facts of one subject."""

    def __init__(self, text: str, facts: Mapping[str, Value]) -> None:
        self.text = text
        self.facts = facts

    def of(self, node: ast.expr) -> _Found:
        way: dict[type[ast.expr], Callable[[Any], _Found]] = {
            ast.Constant: self._constant,
            ast.Name: self._field,
            ast.BoolOp: self._kleene,
            ast.UnaryOp: self._signed,
            ast.BinOp: self._computed,
            ast.Call: self._called,
            ast.Compare: self._compared,
        }
        return way[type(node)](node)

    def _constant(self, node: ast.Constant) -> _Found:
        return _plain(node.value), _NONE

    def _field(self, node: ast.Name) -> _Found:
        held = self.facts.get(node.id)
        if held is None or (isinstance(held, float) and math.isnan(held)):
            return None, frozenset([node.id])
        return _plain(held), _NONE

    def _kleene(self, node: ast.BoolOp) -> _Found:
        # One false settles an `and`, one true settles an `or`, whatever is missing beside it.
        settles = isinstance(node.op, ast.Or)
        missing: frozenset[str] = _NONE
        settled = unknown = False
        for part in node.values:
            value, lacks = self._flag(part)
            settled |= value is settles
            unknown |= value is None
            missing |= lacks
        if settled:
            return settles, _NONE
        return (None, missing) if unknown else (not settles, _NONE)

    def _signed(self, node: ast.UnaryOp) -> _Found:
        if isinstance(node.op, ast.Not):
            value, missing = self._flag(node.operand)
            return (None if value is None else not value), missing
        number, missing = self._number(node.operand)
        if number is None:
            return None, missing
        return (-number if isinstance(node.op, ast.USub) else number), _NONE

    def _computed(self, node: ast.BinOp) -> _Found:
        (left, lacks_left), (right, lacks_right) = self._number(node.left), self._number(node.right)
        if left is None or right is None:
            return None, lacks_left | lacks_right
        if isinstance(node.op, ast.Div) and right == 0:
            return None, frozenset([f"{ast.unparse(node)[:_LONGEST_TEXT]} (divides by 0)"])
        return self._sane(_ARITHMETIC[type(node.op)](left, right)), _NONE

    def _called(self, node: ast.Call) -> _Found:
        found = [self._number(part) for part in node.args]
        missing = frozenset[str]().union(*(lacks for _, lacks in found))
        numbers = [value for value, _ in found if value is not None]
        if len(numbers) < len(found):
            return None, missing
        name = ast.unparse(node.func)
        return self._sane(float(FUNCTIONS[name](numbers))), _NONE

    def _compared(self, node: ast.Compare) -> _Found:
        found = [self.of(part) for part in (node.left, *node.comparators)]
        missing: frozenset[str] = _NONE
        unknown = False
        for sign, (left, lacks_left), (right, lacks_right) in zip(
            node.ops, found, found[1:], strict=False
        ):
            if left is None or right is None:
                unknown, missing = True, missing | lacks_left | lacks_right
            elif not self._holds(sign, left, right):
                return False, _NONE
        return (None, missing) if unknown else (True, _NONE)

    def _holds(self, sign: ast.cmpop, left: Value, right: Value) -> bool:
        if isinstance(left, str) != isinstance(right, str):
            raise self._wrong(f"compares {left!r} with {right!r}")
        if isinstance(sign, ast.Eq):
            return left == right
        if isinstance(sign, ast.NotEq):
            return left != right
        if isinstance(left, str):
            raise self._wrong(f"orders the text {left!r}")
        return _ORDER[type(sign)](left, right)  # type: ignore[arg-type]

    def _number(self, node: ast.expr) -> tuple[float | None, frozenset[str]]:
        value, missing = self.of(node)
        if isinstance(value, str):
            raise self._wrong(f"computes with the text {value!r}")
        return (None if value is None else float(value)), missing

    def _flag(self, node: ast.expr) -> tuple[bool | None, frozenset[str]]:
        value, missing = self.of(node)
        if isinstance(value, str):
            raise self._wrong(f"takes the text {value!r} for true or false")
        return (None if value is None else bool(value)), missing

    def _sane(self, number: float) -> float:
        if not abs(number) <= _LARGEST:
            raise self._wrong("gives a number out of proportion")
        return number

    def _wrong(self, what: str) -> DataError:
        return DataError(f"{_short(self.text)}: the test {what}. Correct the rule or the data.")


def _plain(held: Any) -> Value:
    return held if isinstance(held, (bool, str)) else float(held)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")
