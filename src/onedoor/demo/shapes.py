"""The shapes a life can have: each a function that tells it on a `Story`."""

from onedoor.demo.cast import COUNTY_DESK, DESKS, DISCREET_DISPATCHER, SUPERVISOR, handler_of
from onedoor.demo.county import TOWNS
from onedoor.demo.story import Story
from onedoor.demo.texts import phrases
from onedoor.demo.worktime import DAY

_WRONG = ("cgj", "jtj", "zrzyj", "nyncj", "mzj")


def _wrong_unit(s: Story) -> str:
    return next(
        unit for unit in (s.taken(_WRONG), s.taken(_WRONG, 1), s.taken(_WRONG, 2)) if unit not in (s.unit, s.co)
    )


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
    _restrict(s)
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


# --- ended otherwise


def guided(s: Story) -> None:
    s.propose_guidance()
    s.do("confirm_guidance", s.second, s.gap(0.5, 6))


def lapsed(s: Story) -> None:
    s.correction()
    s.do("lapse", s.other_clerk, 11.5 * DAY, route=phrases.LAPSE)


def withdrawn(s: Story) -> None:
    """Some by telephone, by another clerk than the one who took it down, some with the code on the receipt."""
    if s.number % 2:
        handling(s)
    proof = "code" if s.number % 3 == 0 else "callback"
    who = s.other_clerk if s.other_clerk != s.registrar else s.clerk
    s.do("withdraw", who, s.gap(2, 9), proof=proof, reason=s.taken(phrases.WITHDRAWAL))


def transferred(s: Story) -> None:
    found = s.matter
    s.accept()
    s.do("transfer_out", s.clerk, s.gap(0.5, 4), destination=found.destination, basis=found.route, reason=found.why)


def accusation_transferred(s: Story) -> None:
    destination, basis, reason = phrases.TRANSFER_OF_ACCUSATION
    s.accept()
    s.do("transfer_out", s.dispatcher, s.gap(0.5, 4), destination=destination, basis=basis, reason=reason)


def _contest(s: Story, reason: str) -> None:
    s.do("contest", s.clerk, s.gap(10, 40), reason=reason)


def guidance_contested(s: Story) -> None:
    guided(s)
    _contest(s, phrases.CONTEST[0])


def transfer_contested(s: Story) -> None:
    transferred(s)
    _contest(s, phrases.CONTEST[1])


def archive_contested(s: Story) -> None:
    archived(s)
    _contest(s, phrases.CONTEST[2])


def guidance_stands(s: Story) -> None:
    guidance_contested(s)
    s.do("decide_contest", SUPERVISOR, s.gap(4, 20), upheld=False, reason=phrases.CONTEST_REFUSED)


# --- archived, each after another course


def archived(s: Story) -> None:
    s.to_handling()
    s.finish()


def archived_on_spot(s: Story) -> None:
    s.settle_on_spot()
    s.end()


def archived_after_correction(s: Story) -> None:
    s.correction()
    s.supplement()
    archived(s)


def archived_after_extension(s: Story) -> None:
    extension_asked(s)
    s.decide_extension(granted=s.number % 4 != 0)
    s.finish()


def archived_after_suspension(s: Story) -> None:
    suspended(s)
    s.resume()
    s.finish()


def archived_after_objection(s: Story) -> None:
    """The first unit was the wrong one, and said so."""
    right, s.unit = s.unit, _wrong_unit(s)
    s.to_dispatched()
    s.object()
    s.designate(right)
    s.sign()
    s.handle()
    s.finish()


def archived_after_recall(s: Story) -> None:
    s.accept()
    s.recalled(_wrong_unit(s))
    s.dispatch()
    s.sign()
    s.handle()
    s.finish()


def _from_dispatch(s: Story) -> None:
    s.dispatch()
    s.sign()
    s.handle()
    s.finish()


def archived_sent_down(s: Story) -> None:
    sent_down(s)
    _from_dispatch(s)


def archived_sent_up(s: Story) -> None:
    sent_up(s)
    _from_dispatch(s)


def archived_after_send_back(s: Story) -> None:
    handling_sent_back(s)
    # what helped has answered already
    s.co = ""
    s.finish()


def archived_after_reopening(s: Story) -> None:
    handling_again(s)
    s.co = ""
    s.handle(1)
    s.finish()


def archived_restricted(s: Story) -> None:
    handling_restricted(s)
    s.finish()


def archived_after_guidance_declined(s: Story) -> None:
    s.propose_guidance()
    s.do("decline_guidance", s.second, s.gap(0.5, 6), reason=phrases.DECLINED_GUIDANCE[0])
    archived(s)


def archived_after_contest(s: Story) -> None:
    transfer_contested(s)
    s.do("decide_contest", SUPERVISOR, s.gap(4, 20), upheld=True, reason=phrases.CONTEST_UPHELD)
    _from_dispatch(s)


def _restrict(s: Story) -> None:
    """From here on only the named persons go on with it."""
    handlers = [handler_of(unit) for unit in (s.unit, s.co) if unit]
    persons = [SUPERVISOR, DISCREET_DISPATCHER, s.clerk, *handlers]
    s.do("restrict", SUPERVISOR, s.gap(1, 5), level="restricted", persons=persons, reason=phrases.RESTRICTION)
    s.second = SUPERVISOR
