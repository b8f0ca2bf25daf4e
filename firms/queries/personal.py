"""What is kept of a person in this room: for that person to take home, and to find whom to forget."""

from typing import Any

from firms.models import Appeal, Draft, Member, MemberInvitation, Sheet, User


def pseudonym_of(address: str) -> str | None:
    """Whom an e-mail address belongs to."""
    found = User.objects.filter(email__iexact=address.strip(), is_active=True).first()
    return str(found.pseudonym) if found else None


def id_of(pseudonym: str) -> int | None:
    """The account of a pseudonym that was not forgotten."""
    return User.objects.filter(pseudonym=pseudonym, is_active=True).values_list("pk", flat=True).first()


def about(user_id: int) -> dict[str, Any]:
    """A person's profile, roles and what they have sent, as plain JSON values and times."""
    user = User.objects.get(pk=user_id)
    roles = Member.objects.filter(user=user).order_by("since_at")
    sent = MemberInvitation.objects.filter(invited_by=user).order_by("invited_at")
    draft = Draft.objects.filter(user=user).first()
    return {
        "profile": {
            "email": user.email,
            "name": user.name,
            "pseudonym": user.pseudonym,
            "language": user.language,
            "time_zone": user.time_zone,
            "joined_at": user.date_joined,
        },
        "roles": list(roles.values("firm__legal_name", "role", "since_at", "ended_at")),
        "tokens": list(user.access_tokens.values("name", "hint", "created_at", "revoked_at")),
        "told_on": list(user.push_subscriptions.values("device", "made_at", "ended_at")),
        "invited": list(sent.values("firm__legal_name", "email", "role", "invited_at")),
        "draft": draft.answers if draft else None,
        "saved_views": list(user.saved_views.values("table", "name", "query", "saved_at", "dropped_at")),
        "spreadsheets": list(Sheet.objects.filter(sent_by=user).values("name", "kind", "sent_at")),
        "appeals": list(Appeal.objects.filter(by=user).values("text", "at")),
    }
