"""What a feature says of how its drafts look; the panel and its usual steps are the same for all."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic

from bot.drafting.craft import I, Posted, Sheet, V
from bot.drafting.problems import P
from bot.drafting.values import O
from bot.drafts import Draft
from bot.i18n import Text, t
from bot.ui.forms import Form
from bot.ui.outgoing import Outgoing

# What is shown once a form or a select is taken: the whole draft, or one of the steps that show something.
MAIN: Final = ""
COPY: Final = "copy"

# A step that shows something: the draft, the reader's language, what could not be taken.
Screen = Callable[[Sheet[O, P, V], str, Sequence[Text]], Outgoing]


@dataclass(frozen=True, slots=True)
class Asking(Generic[O]):
    """A form behind a button: how it is made, and the screen its answer leads to.

    ``opened`` is the form in its place once what is changed has opened, where less can be changed then.
    ``values`` is what stands in it before; only what is typed anew is then taken, so that times stay what they are.
    ``moved`` are fields read again when the zone beside them is another.
    """

    form: Callable[[str, int, O], Form]
    then: str = MAIN
    values: Callable[[O], Mapping[str, str]] | None = None
    moved: tuple[str, ...] = ()
    opened: Callable[[str, int, O], Form] | None = None


@dataclass(frozen=True, slots=True)
class Face(Generic[O, P, V, I]):
    """How drafts of a kind look.

    Components are of kinds ``<prefix>.d.<name>``, forms of kinds ``<prefix>.f.<name>``, each with the draft's id.
    ``steps`` are the panel's buttons in order; each is a name in ``screens`` or ``forms``, but for *when* and *where*,
    which the panel has itself unless *when* is among ``forms``; ``hidden`` are those without a use for a draft as it
    is. ``selects`` are lists of one role, or of one choice, with the option they set and the
    screen they are on.
    """

    prefix: str
    steps: Mapping[str, Text]
    preview: Callable[[V, str], Outgoing]
    facts: Callable[[Sheet[O, P, V]], list[Text]]
    posted: Callable[[Posted[I], str], Outgoing]
    draft_name: Callable[[Draft], Text]
    choice_name: Callable[[I], str]
    choice_value: Callable[[I], str]
    new_form: Callable[[str], Form]
    where_help: Text
    # Labels and lengths of a channel's own title and text.
    own_title: tuple[Text, int]
    own_text: tuple[Text, int]
    # Adds what a feature asks beside opening, closing and zone, and says what stands there.
    more_times: Callable[[Form, O], None] = field(default=lambda form, options: None)
    more_time_values: Callable[[O], Mapping[str, str]] = field(default=lambda options: {})
    # Says where it is posted; a feature with another meaning of "where" says it its own way.
    posted_in: Callable[[Sequence[Text]], Text] = field(default=lambda places: t("draft.where", places=places))
    # Lists below the facts, each with its heading.
    lists: Callable[[Sheet[O, P, V]], Sequence[tuple[Text, Sequence[Text]]]] = field(default=lambda sheet: ())
    hidden: Callable[[Sheet[O, P, V]], Collection[str]] = field(default=lambda sheet: ())
    screens: Mapping[str, Screen[O, P, V]] = field(default_factory=dict[str, Any])
    forms: Mapping[str, Asking[O]] = field(default_factory=dict[str, Any])
    selects: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, Any])

    def kind(self, name: str = MAIN) -> str:
        """Return the kind of a component of the panel."""
        return f"{self.prefix}.d.{name}" if name else f"{self.prefix}.d"

    def form_kind(self, name: str) -> str:
        """Return the kind of a form."""
        return f"{self.prefix}.f.{name}"
