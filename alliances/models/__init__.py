"""Living alliances and their end."""

from alliances.models.agreements import Agreement, Signature
from alliances.models.alliance import Alliance, Decision, Grant
from alliances.models.changes import Change
from alliances.models.deliveries import Delivery
from alliances.models.evidence import Comment, Evidence, Mention
from alliances.models.heritage import Duration, Lesson, Succession, TemplateProposal
from alliances.models.ledger import Checkpoint, LogEntry
from alliances.models.negotiation import CounterOffer
from alliances.models.notices import Notice
from alliances.models.record import Event, Note, Stream
from alliances.models.seats import Invitation, Seat
from alliances.models.settlement import Dispute, Objection, Settlement, SettlementVersion, Share
from alliances.models.tasks import StockReport, Task
from alliances.models.templates import TaskTemplate

__all__ = [
    "Agreement",
    "Alliance",
    "Change",
    "Checkpoint",
    "Comment",
    "CounterOffer",
    "Decision",
    "Delivery",
    "Dispute",
    "Duration",
    "Event",
    "Evidence",
    "Grant",
    "Invitation",
    "Lesson",
    "LogEntry",
    "Mention",
    "Note",
    "Notice",
    "Objection",
    "Seat",
    "Settlement",
    "SettlementVersion",
    "Share",
    "Signature",
    "StockReport",
    "Stream",
    "Succession",
    "Task",
    "TaskTemplate",
    "TemplateProposal",
]
