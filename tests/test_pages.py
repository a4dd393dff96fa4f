"""Dividing long answers into pages: nothing is lost, nothing is too long for Discord, buttons stay with their text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.i18n import t
from bot.ui.pages import LONGEST_BLOCK, NO_HEADING, ROOM, ROWS, Block, Control, divide, page_of

controls = st.lists(st.just(Control("Press", "x")), max_size=2).map(tuple)
blocks = st.lists(
    st.builds(Block, st.text("ab \n", min_size=1, max_size=900), st.sampled_from(["", "One", "Two"]), controls),
    max_size=30,
)


@settings(deadline=None)
@given(blocks)
def test_every_paragraph_is_on_one_page_in_order(given_blocks: list[Block]) -> None:
    pages = divide(given_blocks)
    assert [block for page in pages for block in page] == given_blocks
    assert all(pages) or pages == [[]]


@settings(deadline=None)
@given(blocks)
def test_pages_fit_a_phone_and_discord(given_blocks: list[Block]) -> None:
    pages = divide(given_blocks)
    for number in range(len(pages)):
        page = page_of("en", t("home.browse.title"), given_blocks, number)
        (embed,) = page.message.embeds
        assert len(embed) <= ROOM + 200 or len(pages[number]) == 1
        assert len(embed) <= 6_000
        assert len(embed.fields) <= 25
        assert all(len(part.value or "") <= 1_024 for part in embed.fields)
        assert {item.row for item in page.message.rows} <= set(range(ROWS))
        assert len(page.message.rows) == sum(len(block.controls) for block in pages[number])
        view = page.message.view()
        assert (view is None) == (not page.message.rows)
        assert page.more == (number + 1 < len(pages))


def test_a_paragraph_beyond_discords_limit_is_cut() -> None:
    (page,) = divide([Block("x" * 10_000)])
    text = page_of("en", t("home.browse.title"), page, 0).message.embeds[0].description
    assert text == "x" * LONGEST_BLOCK


def test_a_heading_stands_once_on_each_page() -> None:
    many = [Block("x" * 700, "Things") for _ in range(5)]
    assert len(divide(many)) > 1
    for number in range(len(divide(many))):
        (embed,) = page_of("en", t("home.browse.title"), many, number).message.embeds
        assert [part.name for part in embed.fields if part.name != NO_HEADING] == ["Things"]


@given(blocks)
def test_nothing_under_a_heading_is_lost(given_blocks: list[Block]) -> None:
    for number, page in enumerate(divide(given_blocks)):
        (embed,) = page_of("en", t("home.browse.title"), given_blocks, number).message.embeds
        shown = (embed.description or "") + "".join(part.value or "" for part in embed.fields)
        assert sorted(shown.replace("\n", "")) == sorted("".join(block.text for block in page).replace("\n", ""))


def test_a_page_that_is_gone_shows_the_last() -> None:
    page = page_of("en", t("home.browse.title"), [Block("x")], 7)
    assert (page.number, page.more) == (0, False)
