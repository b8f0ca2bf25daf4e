"""People: users, the firms that they act for, and tokens for programs."""

import hashlib
import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from config.rows import Actor
from firms.models.firm import Firm


def digest_of(secret: str) -> str:
    """Return what is stored of a random secret: with 256 bits of chance in it, a plain hash suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Users(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; without a password the account can only be entered by other means."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_hashed(self, email: str, password_hash: str, **fields: Any) -> "User":
        """Create a user whose password was hashed before; for many invented users with one password."""
        user = self.model(email=self.normalize_email(email).lower(), password=password_hash, **fields)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class MailGroup(models.TextChoices):
    """What people may have sent by e-mail; each group is chosen, and given up, by itself."""

    INVITATIONS = "invitations", _("Invitations and agreements")
    TASKS = "tasks", _("Tasks and their deadlines")
    MONEY = "money", _("Settlements")
    LIFE = "life", _("The beginning and the end of alliances")
    MENTIONS = "mentions", _("When my firm is mentioned")
    WATCH = "watch", _("What waits for an operator")


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Events name the pseudonym, never the person, so that the person can be forgotten."""

    class Pace(models.TextChoices):
        """How often devices are told; what is urgent is told at once in any case."""

        NOW = "now", _("At once")
        HOURLY = "hourly", _("Gathered, once an hour")
        DAILY = "daily", _("Gathered, each morning at eight")

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    mail_choices = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text=_("whether a group of notices comes by e-mail too; what is not in it goes by the role"),
    )
    push_choices = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text=_("whether a group of notices comes on devices too; what is not in it does"),
    )
    push_pace = models.CharField(
        _("how often"), max_length=8, choices=Pace.choices, default=Pace.NOW, db_default=Pace.NOW
    )
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(_("platform operator"), default=False)
    is_sample = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Users] = Users()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_an_address")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def shown_name(self) -> str:
        """What others see: the name, or the address without its domain."""
        return self.name or self.email.split("@")[0]

    @property
    def actor(self) -> Actor:
        """Who this person is in verbs and events."""
        kind: Any = "operator" if self.is_operator else "member"
        return Actor(kind, str(self.pseudonym), self.pk, self.is_sample)


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> "MemberQuerySet":
        return self.filter(ended_at=None, user__is_active=True)

    def who_sign(self) -> "MemberQuerySet":
        """Those who may bind the firm."""
        return self.active().filter(role__in=Member.SIGNERS)


class Member(models.Model):
    """A person's role in a firm."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        WORKER = "worker", _("Worker")

    SIGNERS = frozenset({Role.OWNER, Role.MANAGER})

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "user"], condition=models.Q(ended_at=None), name="one_role_in_a_firm"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role}) of {self.firm}"

    @property
    def may_change(self) -> bool:
        """Whether this person may bind the firm, and change what it offers."""
        return self.role in Member.SIGNERS


class MemberInvitationQuerySet(models.QuerySet["MemberInvitation"]):
    def open(self) -> "MemberInvitationQuerySet":
        return self.filter(accepted_at=None, withdrawn_at=None)

    def of_secret(self, secret: str) -> "MemberInvitationQuerySet":
        """The open invitation to which a link leads."""
        return self.open().filter(digest=digest_of(secret))


class MemberInvitation(models.Model):
    """A place in a firm that waits for a person: whoever holds the secret and this address may take it."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="member_invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=Member.Role.choices)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = MemberInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "firm",
                Lower("email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} for {self.firm}"


class Draft(models.Model):
    """What a person has answered so far while joining with a firm; here, so that it goes on on any device."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="draft")
    answers = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft of {self.user}"


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def live(self) -> "AccessTokenQuerySet":
        return self.filter(revoked_at=None, user__is_active=True)

    def issue(self, user: User, name: str) -> str:
        """Make a token and return its secret, which is shown once and kept only as a digest."""
        secret = "mur_" + secrets.token_urlsafe(32)
        self.create(user=user, name=name, digest=AccessToken.digest_of(secret), hint=secret[-4:])
        return secret


class AccessToken(models.Model):
    """A program's way in, as one user. Only its SHA-256 is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="access_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=4)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = AccessTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} …{self.hint}"

    @staticmethod
    def digest_of(secret: str) -> str:
        return digest_of(secret)
