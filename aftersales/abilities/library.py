"""Owns the fault library's growth: an engineer's finding becomes an entry with one tap, technical support vouches for it."""

from dataclasses import replace

from aftersales.abilities.base import DeskBase
from aftersales.cards import button, facts
from aftersales.known_faults import APPROVED, PROPOSED, REJECTED, KnownFault
from aftersales.people import Person, Role
from aftersales.say import Say
from aftersales.ticket import Refusal, Ticket


class Librarian(DeskBase):
    """What one case taught is there for the next."""

    def propose(self, actor: Person, ticket: Ticket) -> KnownFault | Refusal:
        """The engineer's finding and work on *ticket* as an entry that waits for technical support; once for each case."""
        if not self.standing(actor, ticket) & {"engineer", "support", "supervisor"}:
            return Refusal("not_yours", {"number": ticket.number, "state": ticket.state})
        if not ticket.finding or not ticket.work_done:
            return Refusal("not_now", {"number": ticket.number, "state": ticket.state})
        if self.work.known_fault_of(ticket.id):
            return Refusal("proposed_already", {"number": ticket.number})
        report = ticket.report
        entry = self.work.add_known_fault(
            KnownFault(
                0,
                report.family,
                report.fault,
                ticket.finding,
                ticket.work_done,
                report.brand,
                report.model,
                report.code,
                ticket.parts,
                PROPOSED,
                ticket.id,
                actor.id,
                None,
                self.now,
            )
        )
        self._record(actor, "propose", ticket, ticket.state)
        self.tell_role(Role.SUPPORT, self.proposal_card(entry, ticket, actor))
        return entry

    def judge(self, actor: Person, entry: KnownFault, approve: bool) -> KnownFault | Refusal:
        """Technical support or a supervisor lets an entry into the library, or not; one that was judged can be judged anew."""
        if not actor.roles & {Role.SUPPORT, Role.SUPERVISOR}:
            return Refusal("not_staff")
        judged = replace(entry, state=APPROVED if approve else REJECTED, decided_by=actor.id, at=self.now)
        self.work.save_known_fault(judged)
        if approve and entry.proposed_by and entry.proposed_by != actor.id:
            self.work.tell(entry.proposed_by, Say("library/approved", described(judged) | {"who": actor.name}))
        return judged

    def proposal_card(self, entry: KnownFault, ticket: Ticket, engineer: Person) -> Say:
        """What technical support is asked to vouch for."""
        row = (button(ticket, "approve_fault", str(entry.id), "primary"), button(ticket, "reject_fault", str(entry.id)))
        params = facts(ticket) | described(entry) | {"who": engineer.name}
        return Say("library/proposal", params, (row,), slot=f"fault{entry.id}")


def described(entry: KnownFault) -> dict[str, object]:
    """An entry as texts name it."""
    return {
        "family": entry.family,
        "brand": entry.brand,
        "model": entry.model,
        "code": entry.code,
        "symptom": entry.symptom,
        "cause_found": entry.cause,
        "remedy": entry.remedy,
        "parts_used": list(entry.parts),
        "verdict": entry.state,
    }
