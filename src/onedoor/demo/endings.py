"""The shapes of lives that are over, told on a `Story`."""

from onedoor.demo import shapes
from onedoor.demo.cast import SUPERVISOR
from onedoor.demo.story import LIMITS, Story
from onedoor.demo.texts import phrases
from onedoor.demo.worktime import DAY

_WRONG = ("cgj", "jtj", "zrzyj", "nyncj", "mzj")


def wrong_unit(s: Story) -> str:
    return next(
        unit for unit in (s.taken(_WRONG), s.taken(_WRONG, 1), s.taken(_WRONG, 2)) if unit not in (s.unit, s.co)
    )


def guided(s: Story) -> None:
    s.propose_guidance()
    s.do("confirm_guidance", s.second, s.gap(0.5, 6))


def lapsed(s: Story) -> None:
    s.correction()
    s.do("lapse", s.other_clerk, 11.5 * DAY, route=phrases.LAPSE)


def withdrawn(s: Story) -> None:
    """Some by telephone, by another clerk than the one who took it down, some with the code on the receipt."""
    if s.number % 2:
        shapes.handling(s)
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


def archived_late(s: Story) -> None:
    """Nobody asked for more time, and it took more."""
    s.to_handling()
    s.do("report_progress", s.handler, (LIMITS[s.track] + 1) * DAY, text=s.progress())
    s.finish()


def archived_after_extension(s: Story) -> None:
    shapes.extension_asked(s)
    s.decide_extension(granted=s.number % 4 != 0)
    s.finish()


def archived_after_suspension(s: Story) -> None:
    shapes.suspended(s)
    s.resume()
    s.finish()


def archived_after_objection(s: Story) -> None:
    """The first unit was the wrong one, and said so."""
    right, s.unit = s.unit, wrong_unit(s)
    s.to_dispatched()
    s.object()
    s.designate(right)
    s.sign()
    s.handle()
    s.finish()


def archived_after_recall(s: Story) -> None:
    s.accept()
    s.recalled(wrong_unit(s))
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
    shapes.sent_down(s)
    _from_dispatch(s)


def archived_sent_up(s: Story) -> None:
    shapes.sent_up(s)
    _from_dispatch(s)


def archived_after_send_back(s: Story) -> None:
    shapes.handling_sent_back(s)
    # what helped has answered already
    s.co = ""
    s.finish()


def archived_after_reopening(s: Story) -> None:
    shapes.handling_again(s)
    s.co = ""
    s.handle(1)
    s.finish()


def archived_restricted(s: Story) -> None:
    shapes.handling_restricted(s)
    s.finish()


def archived_after_guidance_declined(s: Story) -> None:
    s.propose_guidance()
    s.do("decline_guidance", s.second, s.gap(0.5, 6), reason=phrases.DECLINED_GUIDANCE[0])
    archived(s)


def archived_after_contest(s: Story) -> None:
    transfer_contested(s)
    s.do("decide_contest", SUPERVISOR, s.gap(4, 20), upheld=True, reason=phrases.CONTEST_UPHELD)
    _from_dispatch(s)
