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
    failed_attempts = SmallInt(default=0)
    locked_until = Timestamptz(null=True, default=None)
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
    created_at = Timestamptz()
    last_seen_at = Timestamptz()
    expires_at = Timestamptz()
    address = Varchar(length=45)
    user_agent = Varchar(length=200)
    revoked_at = Timestamptz(null=True, default=None)


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


class OwnRole(FirmRows, Table, tablename="core_role"):
    """A role that a firm made, or its own version of a built-in one. ``permissions`` is a JSON list of permission ids."""

    id = BigSerial(primary_key=True)
    key = Varchar(length=60)
    title = Varchar(length=60)
    side = Varchar(length=10)
    permissions = JSONB(default="[]")
