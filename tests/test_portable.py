"""The backup's format: every value that can be stored comes back as it was."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    insert,
    select,
)

from bot.database import UtcDateTime
from bot.portable import dump_row, load_row, select_list, writable

# SQLite 3.40 prints JSON numbers with 15 digits, which rounds the very largest to infinity; nothing here is that large.
FLOATS = st.floats(min_value=-1e300, max_value=1e300, allow_nan=False)

SAMPLE = Table(
    "sample",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("text", String),
    Column("data", LargeBinary),
    Column("json", JSON(none_as_null=True)),
    Column("flag", Boolean),
    Column("ratio", Float),
    Column("at", UtcDateTime),
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | FLOATS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(
    text=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    data=st.none() | st.binary(),
    json_value=st.none() | st.tuples(JSON_VALUES),
    flag=st.none() | st.booleans(),
    ratio=st.none() | FLOATS,
    at=st.none() | st.integers(-(2**62), 2**62),
)
def test_every_value_comes_back(
    text: str | None,
    data: bytes | None,
    json_value: tuple[Any] | None,
    flag: bool | None,
    ratio: float | None,
    at: int | None,
) -> None:
    engine = create_engine("sqlite://")
    wrapped = None if json_value is None else JSON.NULL if json_value[0] is None else json_value[0]
    row = {"id": 1, "text": text, "data": data, "json": wrapped, "flag": flag, "ratio": ratio, "at": at}
    with engine.begin() as connection:
        SAMPLE.metadata.create_all(connection)
        connection.execute(insert(writable(SAMPLE)), [row])
        first = connection.execute(select(*select_list(SAMPLE))).one()
        line = dump_row(SAMPLE)(first)
        connection.execute(SAMPLE.delete())
        connection.execute(insert(writable(SAMPLE)), [load_row(SAMPLE)(line)])
        second = connection.execute(select(*select_list(SAMPLE))).one()
    engine.dispose()
    assert line.count(b"\n") == 1
    assert tuple(first) == tuple(second)
