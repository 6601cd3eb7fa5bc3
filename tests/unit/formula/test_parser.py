"""Text -> tree -> text: R's lexical rules and precedences."""

import pytest

from bambi_lite.errors import FormulaError
from bambi_lite.formula import (
    Call,
    Constant,
    Infix,
    Name,
    Number,
    Paren,
    String,
    Unary,
    deparse,
    expand,
    is_syntactic,
    parse,
    rename,
    response_name,
    variables,
)
from tables import each

x, y, z, a, b, c = map(Name, "xyzabc")

TREES = {
    "x": x,
    "(x)": Paren(x),
    "a + b - c": Infix((a, b, c), ("+", "-")),
    "a + b * c": Infix((a, Infix((b, c), ("*",))), ("+",)),
    "a * b / c": Infix((a, b, c), ("*", "/")),
    "a:b * c": Infix((Infix((a, b), (":",)), c), ("*",)),
    "a %in% b * c": Infix((Infix((a, b), ("%in%",)), c), ("*",)),
    "a %in% b:c": Infix((a, Infix((b, c), (":",))), ("%in%",)),
    "-a^b": Unary("-", Infix((a, b), ("^",))),
    "-a:b": Infix((Unary("-", a), b), (":",)),
    "a^b^c": Infix((a, Infix((b, c), ("^",))), ("^",)),
    "a^-b^c": Infix((a, Unary("-", Infix((b, c), ("^",)))), ("^",)),
    "a**b": Infix((a, b), ("^",)),
    "!a == b & c": Infix((Unary("!", Infix((a, b), ("==",))), c), ("&",)),
    "a + !b > c": Infix((a, Unary("!", Infix((b, c), (">",)))), ("+",)),
    "a | b & c": Infix((a, Infix((b, c), ("&",))), ("|",)),
    "a || b | c": Infix((a, b, c), ("||", "|")),
    "y ~ a | b": Infix((y, Infix((a, b), ("|",))), ("~",)),
    "~x": Unary("~", x),
    "f(a, n = b)": parse("f(a,n=b)"),
    "--x": Unary("-", Unary("-", x)),
}


@each(TREES)
def test_trees(text: str) -> None:
    assert parse(text) == TREES[text]
    assert parse(deparse(parse(text))) == TREES[text]


# What is written, and how R writes it.
SPELLINGS = {
    "1": "1", "1.": "1", ".5": "0.5", "1e2": "100", "1e5": "1e+05", "100000": "1e+05",
    "123456": "123456", "1E-4": "1e-04", "0.001": "0.001", "0x1F": "31", "1L": "1L",
    "0xAL": "10L", "1e3L": "1000L", "1.5L": "1.5", "0.1": "0.1", "1.50": "1.5",
    "0.30000000000000004": "0.30000000000000004", "1e15": "1e+15", "1e-300": "1e-300",
    "'a'": '"a"', '"it\'s"': '"it\'s"', "'\"'": '"\\""',
    '"\\x41\\u00e9\\U{1F600}"': '"A\u00e9\U0001f600"',
    'r"(a\\b)"': '"a\\\\b"', "R'--[a]--'": None, '"\\t\\n"': '"\\t\\n"', '"\\101"': '"A"',
    "TRUE": "TRUE", "NULL": "NULL", "NA": "NA", "NA_real_": "NA", "Inf": "Inf", "NaN": "NaN",
    "`x`": "x", "`my var`": "`my var`", "`if`": "`if`", "`a\\`b`": "`a\\`b`", "`_x`": "`_x`",
    "my.var": "my.var", ".x": ".x", "x1_2": "x1_2", "größe": "größe", "变量": "变量",
    "class": "class", "lambda": "lambda", "def": "def", "None": "None", "T": "T",
    "x+z": "x + z", "x+\n  z": "x + z", "x # comment\n + z": "x + z", "\tx": "x",
    "x<-1": None, "x< -1": "x < -1", "k%%2": "k%%2", "k %/% 2": "k%/%2", "x %in% z": "x %in% z",
    "f( )": "f()", "f(a=1,'b'=2)": "f(a = 1, b = 2)", "x/z:a^b": "x/z:a^b", "(1|g)": "(1 | g)",
    "(x||g)": "(x || g)", "y~x": "y ~ x", "!a&b": "!a & b",
}  # fmt: skip


@each(SPELLINGS)
def test_spelling(text: str) -> None:
    expected = SPELLINGS[text]
    if expected is None:
        with pytest.raises(FormulaError):
            parse(text)
    else:
        assert deparse(parse(text)) == expected
        assert parse(expected) == parse(text)


def test_kinds_of_leaves() -> None:
    assert parse("2L") == Number(2.0, True)
    assert parse("2") == Number(2.0)
    assert parse("TRUE") == Constant("TRUE")
    assert parse("'TRUE'") == String("TRUE")
    assert parse("`TRUE`") == Name("TRUE")
    assert isinstance(parse("f(x)"), Call)


def test_positions_are_those_of_the_text() -> None:
    tree = parse("y ~ log(x) + (z)")
    right = tree.operands[1]
    assert (right.pos, right.end) == (4, 16)
    assert [(o.pos, o.end) for o in right.operands] == [(4, 10), (13, 16)]


TERMS = {
    "a + b": ["a", "b"],
    "a * b * c": ["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"],
    "(a + b + c)^2": ["a", "b", "c", "a:b", "a:c", "b:c"],
    "a/b/c": ["a", "a:b", "a:b:c"],
    "(a + b)/c": ["a", "b", "a:b:c"],
    "a:b + a": ["a", "a:b"],
    "b:a + a:b": ["b:a"],
    "a*b - a": ["b", "a:b"],
    "a %in% (b + c)": ["a:b:c"],
    "a + a + (a)": ["a"],
    "x^3": ["x"],
    "a + (b - a)": ["a", "b"],
    "a - (a + b) + b": ["b"],
    "log(x) * I(x^2)": ["log(x)", "I(x^2)", "log(x):I(x^2)"],
}


@each(TERMS)
def test_algebra(text: str) -> None:
    assert [t.label for t in expand(parse(text), text).terms] == TERMS[text]


INTERCEPTS = {
    "x": True, "0 + x": False, "x - 1": False, "-1 + x": False, "x + 0": False, "x + 0 + 1": True,
    "x - 0": True, "x - (1)": False, "1": True, "0": False, "x - (x - 1)": True, "+1": True,
}  # fmt: skip


@each(INTERCEPTS)
def test_intercept(text: str) -> None:
    assert expand(parse(text), text).intercept is INTERCEPTS[text]


def test_ten_thousand_of_anything_work_or_are_refused() -> None:
    n = 10_000
    names = [f"x{i}" for i in range(n)]
    total = " + ".join(names)
    tree = parse(total)
    assert len(expand(tree, total).terms) == n
    assert deparse(tree) == total
    assert variables(tree) == tuple(names)
    product = ":".join(names)
    assert len(expand(parse(product), product).terms) == 1
    assert hash(tree) == hash(Infix(tree.operands, tree.operators))
    hostile = {
        "(" * n + "x" + ")" * n: "nested",
        "-" * n + "x": "nested",
        "f(" * n + "x" + ")" * n: "nested",
        "^".join(names): "nested",
        "(x + " * n + "x" + ")" * n: "nested",
        ")" * n: "closes nothing",
        "`" * (n + 1): "empty name",
        "'" * (n + 1): "not closed",
    }
    for text, why in hostile.items():
        with pytest.raises(FormulaError, match=why):
            parse(text)
    large = Paren(parse(" + ".join(names[:1500])))
    for node in (
        Infix(tree.operands, ("*",) * (n - 1)),
        Infix((large, Number(2.0)), ("^",)),
        Infix((large, large), (":",)),
        parse("+".join(f"({'*'.join(names[i : i + 14])})" for i in range(0, 140, 14))),
    ):
        with pytest.raises(FormulaError, match="more than 20000 terms"):
            expand(node, "")


def test_deepest_tree_that_is_allowed() -> None:
    inner = "x"
    for _ in range(6):
        inner = f"(f(a = -{inner}^2:b %in% c * d + e < g & h | i))"
    tree = parse(inner)
    assert parse(deparse(tree)) == tree
    assert repr(tree)
    assert hash(tree) == hash(parse(deparse(tree)))


NAMES = {
    "(Intercept)": "Intercept",
    "I(x^2)": "IxE2",
    "log(x + 1)": "logxP1",
    "I(x - 1)": "IxM1",
    "I(2 * x)": "I2MUx",
    "I(x/z)": "IxDz",
    'I(f == "a")TRUE': "IfEQEQaTRUE",
    "x:f2b": "x:f2b",
    "poly(x, 2)1": "polyx21",
    "cut(x, c(0, 1))(0,1]": "cutxc0101",
    "mm(s1, s2)": "mms1s2",
    "I(k%%2)": "Ik%%2",
}


@each(NAMES)
def test_rename(name: str) -> None:
    assert rename(name) == NAMES[name]


def test_response_name() -> None:
    assert [response_name(t) for t in ("y", "y_1", "log(y.a)", "cbind(p1, p2)")] == [
        "y",
        "y1",
        "logya",
        "cbindp1p2",
    ]


def test_is_syntactic() -> None:
    good = ["x", ".x", "x.1", "x_1", "größe", "class", "T", "..."]
    bad = ["", "1x", ".1x", "_x", "x y", "x-y", "if", "TRUE", "NA_real_"]
    assert [is_syntactic(n) for n in good] == [True] * len(good)
    assert [is_syntactic(n) for n in bad] == [False] * len(bad)
