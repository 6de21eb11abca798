"""People, what they may do where, and their sessions.

A person is one row for the whole deployment; a membership ties it to a firm, or to one client of a firm. ``firm`` and
``client`` get their foreign keys in the tenancy room's migration, which comes after this one's.
"""

from piccolo.columns import (
    JSONB,
    BigInt,
    BigSerial,
    Boolean,
    ForeignKey,
    Integer,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.columns.readable import Readable
from piccolo.table import Table

from zhangfang_sdk.tables import FirmRows


class User(Table, tablename="core_user"):
    """One person. ``login`` is a phone number, an e-mail address or a name, in lower case."""

    id = BigSerial(primary_key=True)
    login = Varchar(length=120, unique=True)
    name = Varchar(length=80)
    password_hash = Varchar(length=200, secret=True, help_text="argon2id")
    totp_secret = Varchar(length=200, secret=True, help_text="encrypted; empty until set up")
    totp_last_step = BigInt(default=0, help_text="the last 30-second step whose code was taken")
    is_operator = Boolean(default=False)
    language = Varchar(length=8, default="zh")
    large_type = Boolean(default=False)
    created_at = Timestamptz()

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class Membership(FirmRows, Table, tablename="core_membership"):
    """What a person is in a firm (``client`` None) or in one client of a firm."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    client = BigInt(null=True, default=None)
    role = Varchar(length=60)
    active = Boolean(default=True)
    created_at = Timestamptz()


class Session(Table, tablename="core_session"):
    """A signed-in browser. Where its person is stands in each address, never here."""

    id = BigSerial(primary_key=True)
    token_hash = Varchar(length=64, unique=True, secret=True, help_text="SHA-256 in hex")
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    mfa_done = Boolean(default=False)
    by_recovery = Boolean(default=False, help_text="a recovery code opened it, which the person was not told yet")
    created_at = Timestamptz()
    last_seen_at = Timestamptz()
    expires_at = Timestamptz()
    address = Varchar(length=45)
    user_agent = Varchar(length=200)
    revoked_at = Timestamptz(null=True, default=None)


class RecoveryCode(Table, tablename="core_recovery_code"):
    """One of a person's codes that stand in for the second factor's, once; ``code_hash`` is keyed and bound to the person."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    code_hash = Varchar(length=64, null=False, secret=True, help_text="HMAC-SHA-256 in hex")
    made_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


class Passkey(Table, tablename="core_passkey"):
    """One of a person's passkeys (W3C Web Authentication): ``credential`` and ``public_key`` (COSE) in base64url, as the browser gave them."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    name = Varchar(length=40, null=False)
    credential = Varchar(length=1400, null=False, secret=True)
    public_key = Varchar(length=2800, null=False, secret=True)
    sign_count = BigInt(default=0, help_text="as the passkey told last; many always tell 0")
    transports = Varchar(length=80, null=False, help_text="how the browser reaches it, by commas")
    made_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


class PasskeyChallenge(Table, tablename="core_passkey_challenge"):
    """What a passkey was asked to sign and somebody answered, so that it is taken once; kept until it is over anyway."""

    id = BigSerial(primary_key=True)
    challenge_hash = Varchar(length=64, null=False, unique=True, secret=True, help_text="SHA-256 in hex")
    expires_at = Timestamptz()


class Reset(Table, tablename="core_reset"):
    """A link with which a person chooses a new password, once; ``told_at`` when they read that somebody gave it."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    token_hash = Varchar(length=64, null=False, unique=True, secret=True, help_text="SHA-256 in hex")
    also_factor = Boolean(default=False)
    made_by = Varchar(length=80, null=False)
    made_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    told_at = Timestamptz(null=True, default=None)


class SignInPace(Table, tablename="core_sign_in_pace"):
    """Failed tries at a login from a line, at a login, or from a line; ``key`` is keyed outside the database and tells neither."""

    id = BigSerial(primary_key=True)
    key = Varchar(length=64, null=False, unique=True, help_text="HMAC-SHA-256 in hex")
    failures = Integer(default=0)
    failed_at = Timestamptz(null=True, default=None)
    succeeded_at = Timestamptz(null=True, default=None)


class Invitation(FirmRows, Table, tablename="core_invitation"):
    """A link that makes its first user a member, once."""

    id = BigSerial(primary_key=True)
    client = BigInt(null=True, default=None)
    role = Varchar(length=60)
    token_hash = Varchar(length=64, unique=True, secret=True, help_text="SHA-256 in hex")
    contact = Varchar(length=120, help_text="who it was sent to: phone number or e-mail address")
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    invited_by = ForeignKey(User, null=True, default=None, on_delete=OnDelete.set_null)


class SignInRule(FirmRows, Table, tablename="core_sign_in_rule"):
    """After how long without a sign of them a firm's people, those of its clients too, sign in again; one row a firm, none for 7 days."""

    id = BigSerial(primary_key=True)
    idle_minutes = Integer(null=False)


class OwnRole(FirmRows, Table, tablename="core_role"):
    """A role that a firm made, called by its key, or its own version of a built-in one. ``permissions`` is a JSON list of permission ids.

    ``measures`` (keys) and ``accounts`` (beginnings of codes) are JSON lists, null for all. Of the firm's clients its people see all
    (``every_client``), those of ``clients`` (ids), or the ones that each was given (null); a client's person sees that client.
    """

    id = BigSerial(primary_key=True)
    key = Varchar(length=60)
    title = Varchar(length=60)
    side = Varchar(length=10)
    permissions = JSONB(default="[]")
    measures = JSONB(null=True, default=None)
    accounts = JSONB(null=True, default=None)
    every_client = Boolean(default=False)
    clients = JSONB(null=True, default=None)


class AuditorLink(FirmRows, Table, tablename="core_auditor_link"):
    """A sign-in of ``user`` until ``expires_at``, kept to ``years`` (JSON list) and to the clients of their memberships."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    token_hash = Varchar(length=64, null=False, unique=True, secret=True, help_text="SHA-256 in hex")
    pin_hash = Varchar(length=200, null=False, secret=True, help_text="argon2id")
    years = JSONB(null=False)
    made_by = Varchar(length=80, null=False)
    made_at = Timestamptz()
    expires_at = Timestamptz()
    opened_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    tries = SmallInt(default=0)


class ContactPoint(Table, tablename="core_contact_point"):
    """A phone number (E.164) or e-mail address that a code proved to be the person's; one of each kind."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    kind = Varchar(length=10, null=False)
    address = Varchar(length=120, null=False)
    verified_at = Timestamptz()


class ContactCode(Table, tablename="core_contact_code"):
    """A code that was sent to an address, to be typed in by the person; ``code_hash`` is keyed and bound to both."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    kind = Varchar(length=10, null=False)
    address = Varchar(length=120, null=False)
    code_hash = Varchar(length=64, null=False, secret=True, help_text="HMAC-SHA-256 in hex")
    sent_at = Timestamptz()
    expires_at = Timestamptz()
    tries = SmallInt(default=0)


class ContactChoice(Table, tablename="core_contact_choice"):
    """Channels and quiet hours (minutes of the day, Asia/Shanghai) of a person who chose others than the first ones."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    sms = Boolean(default=False)
    email = Boolean(default=False)
    wechat = Boolean(default=False)
    quiet_from = SmallInt(default=1260)
    quiet_until = SmallInt(default=540)


class ConsentRow(Table, tablename="core_consent"):
    """What a person agreed to, with the version of the words and when it was taken back."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.cascade)
    purpose = Varchar(length=40, null=False)
    text_version = Varchar(length=20, null=False)
    given_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)
