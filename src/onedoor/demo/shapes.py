"""The shapes a life can have: each a function that tells it on a `Story`."""

from onedoor.demo.cast import COUNTY_DESK, DESKS, DISCREET_DISPATCHER, SUPERVISOR, handler_of
from onedoor.demo.county import TOWNS
from onedoor.demo.story import Story
from onedoor.demo.texts import phrases

# --- not yet at a unit


def registered(s: Story) -> None:
    pass


def guidance_pending(s: Story) -> None:
    s.propose_guidance()


def in_correction(s: Story) -> None:
    s.correction()


def accepted(s: Story) -> None:
    s.accept()


def accepted_guidance_pending(s: Story) -> None:
    s.accept()
    s.propose_guidance()


def sent_down(s: Story) -> None:
    """To the centre of the township where it happened."""
    town = s.raw["division"][:9]
    centre = next(f"centre-{word}" for code, word, _, _ in TOWNS if code == town)
    s.accept()
    s.do("send_down", s.dispatcher, s.gap(0.2, 4), centre=centre, reason=s.taken(phrases.SEND_DOWN))
    s.goes_to(DESKS[town])


def sent_up(s: Story) -> None:
    """From a township's centre to the county's."""
    s.accept()
    s.do("send_up", s.dispatcher, s.gap(0.5, 6), reason=s.taken(phrases.SEND_UP))
    s.goes_to(COUNTY_DESK)


# --- at a unit


def dispatched(s: Story) -> None:
    s.accept()
    s.dispatch(waited=24)


def objected(s: Story) -> None:
    dispatched(s)
    s.object()


def designated(s: Story) -> None:
    """Nobody else can do it: the unit has to take it."""
    objected(s)
    s.designate(s.unit)


def handling(s: Story) -> None:
    s.to_handling(reports=s.number % 3)


def handling_restricted(s: Story) -> None:
    s.to_dispatched()
    s.sign()
    restrict(s)
    s.handle(1)


def co_unit_objected(s: Story) -> None:
    s.to_dispatched()
    s.sign(co=False)
    s.do("object", handler_of(s.co), s.gap(1, 5), reason=s.taken(phrases.OBJECTION))


def extension_asked(s: Story) -> None:
    s.to_handling(reports=1)
    s.ask_extension()


def extension_given(s: Story) -> None:
    extension_asked(s)
    s.decide_extension()


def suspension_asked(s: Story) -> None:
    s.to_handling(reports=1)
    s.ask_suspension()


def suspended(s: Story) -> None:
    suspension_asked(s)
    s.suspend()


def handling_again(s: Story) -> None:
    """The call-back showed that little had come of it."""
    closed(s)
    s.call_back(satisfied=False, said=phrases.UNSATISFIED[1])
    s.do("reopen", SUPERVISOR, s.gap(1, 8), reason=s.taken(phrases.REOPEN))


def handling_sent_back(s: Story) -> None:
    concluded(s)
    s.send_back()


def concluded(s: Story) -> None:
    s.to_handling()
    s.conclude()


# --- closed


def closed(s: Story) -> None:
    concluded(s)
    s.close()


def closed_on_spot(s: Story) -> None:
    s.settle_on_spot()


def followed_up(s: Story) -> None:
    closed(s)
    s.call_back()


def unsatisfied(s: Story) -> None:
    closed(s)
    s.call_back(satisfied=False)


def restrict(s: Story) -> None:
    """From here on only the named persons go on with it."""
    handlers = [handler_of(unit) for unit in (s.unit, s.co) if unit]
    persons = [SUPERVISOR, DISCREET_DISPATCHER, s.clerk, *handlers]
    s.do("restrict", SUPERVISOR, s.gap(1, 5), level="restricted", persons=persons, reason=phrases.RESTRICTION)
    s.second = SUPERVISOR
