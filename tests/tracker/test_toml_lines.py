"""In which line everything stands, for any TOML that tomllib accepts."""

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.small_data_set import paths_in
from tracker.toml_lines import lines_of

_KEYS = st.sampled_from(["a", "b-c", "d_1", '"e.f"', "'g h'", '"é"'])
_VALUES = st.one_of(
    st.integers(-9, 9).map(str),
    st.sampled_from(["true", "2024-07-16", "1979-05-27 07:32:00", "1.5e3"]),
    st.sampled_from(['"#] = \\" ["', "'''\n[a]\nb = 1'''", '"""x\n""" ', "''", '"""a""""']),
)
_NESTED = st.recursive(
    _VALUES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[ # c\n " + ",\n ".join(items) + " ]"),
        st.dictionaries(_KEYS, inner, max_size=3).map(
            lambda pairs: "{ " + ", ".join(f"{k} = {v}" for k, v in pairs.items()) + " }"
        ),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["[[t]]", "[[t.u]]", "[[t.u.v]]"]), st.dictionaries(_KEYS, _NESTED)
        ),
        max_size=5,
    )
)
def test_every_value_of_any_toml_has_a_line(tables: list[tuple[str, dict[str, str]]]) -> None:
    text = "# first\n"
    for header, pairs in tables:
        text += f"\n{header} # [x]\n" + "".join(f"  {k} = {v}\n" for k, v in pairs.items())
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = lines_of(text)
    assert set(lines) >= paths_in(parsed)
    for path, line in lines.items():
        if isinstance(path[-1], str) and len(path) > 1 and isinstance(path[-2], int):
            assert path[-1] in text.splitlines()[line - 1]
