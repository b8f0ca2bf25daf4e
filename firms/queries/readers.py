"""Who can be told something for a firm, or as an operator; by e-mail too, where, and in which language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core import signing

from firms.models import Firm, MailGroup, Member, User
from firms.quiet import QuietHours

SALT = "firms.unsubscribe"
READ = (
    "role",
    *(f"user__{name}" for name in ("is_sample", "mail_choices")),
    *(f"firm__{name}" for name in ("time_zone", "quiet_from", "quiet_until")),
)


@dataclass(frozen=True)
class Reader:
    """A person who reads notices for a firm; without one, as an operator, whose hours are never quiet."""

    user_id: int
    firm_id: int | None
    may_sign: bool
    is_sample: bool
    choices: Mapping[str, bool]
    quiet: QuietHours | None

    def wants_mail(self, group: str) -> bool:
        """What the person chose; else those who answer for a firm do. The sample's people have no letterbox."""
        return not self.is_sample and self.choices.get(group, self.may_sign)


@dataclass(frozen=True)
class Letterbox:
    """Where and how a person is written to."""

    email: str
    language: str
    zone: str
    unsubscribe_token: str


def readers(firm_ids: Iterable[int], *, may_sign: bool = False) -> list[Reader]:
    """The people of these firms, or only those who may bind them; one query."""
    rows = Member.objects.who_sign() if may_sign else Member.objects.active()
    found = rows.filter(firm_id__in=set(firm_ids)).select_related("user", "firm").order_by("firm_id", "pk")
    return [_reader(row) for row in found.only(*READ)]


def _reader(row: Member) -> Reader:
    firm, user = row.firm, row.user
    quiet = QuietHours(firm.time_zone, firm.quiet_from, firm.quiet_until)
    return Reader(user.pk, firm.pk, row.may_change, user.is_sample, user.mail_choices, quiet)


def operators() -> list[Reader]:
    """The platform's operators."""
    rows = User.objects.filter(is_operator=True, is_active=True).order_by("pk")
    return [Reader(row.pk, None, True, row.is_sample, row.mail_choices, None) for row in rows]


def letterbox(user_id: int, firm_id: int | None, group: str) -> Letterbox | None:
    """Where to send; None when the person left meanwhile, or does not want this by e-mail any more."""
    present = operators() if firm_id is None else readers([firm_id])
    if not any(reader.user_id == user_id and reader.wants_mail(group) for reader in present):
        return None
    user = User.objects.get(pk=user_id)
    zone = Firm.objects.get(pk=firm_id).time_zone if firm_id else settings.TIME_ZONE
    return Letterbox(
        email=user.email,
        language=user.language or settings.LANGUAGE_CODE,
        zone=user.time_zone or zone,
        unsubscribe_token=unsubscribe_token(user, group),
    )


def mail_groups(user: User) -> list[MailGroup]:
    """The groups of notices that a person gets by e-mail, as chosen or by their role."""
    may_sign = user.is_operator or Member.objects.who_sign().filter(user=user).exists()
    return [group for group in MailGroup if user.mail_choices.get(group.value, may_sign)]


def groups_for(user: User) -> list[MailGroup]:
    """The groups that a person can get anything of."""
    return [group for group in MailGroup if user.is_operator or group != MailGroup.WATCH]


def unsubscribe_token(user: User, group: str) -> str:
    """What lets whoever got an e-mail stop its kind without logging in; it opens nothing else."""
    return signing.dumps([str(user.pseudonym), group], salt=SALT, compress=True)


def read_token(token: str) -> tuple[User, MailGroup] | None:
    """Whose e-mails of which group a link stops; None when it is not one of ours."""
    try:
        pseudonym, group = signing.loads(token, salt=SALT)
        return User.objects.get(pseudonym=pseudonym), MailGroup(group)
    except (signing.BadSignature, ValueError, TypeError, User.DoesNotExist):
        return None
