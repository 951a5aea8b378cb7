"""Changes to people and accounts."""

from __future__ import annotations

from lms.people.service.accounts import (
    begin_second_factor,
    confirm_second_factor,
    end_second_factor,
    rename,
    set_first_password,
    set_language,
    set_listening,
    set_password,
)
from lms.people.service.codes import list_code_readers, request_contact_code, request_sign_in_code, use_code
from lms.people.service.contacts import confirm_contact, end_contact, keep_contact
from lms.people.service.guesses import forget_old
from lms.people.service.invitations import (
    Invited,
    accept_by_code,
    accept_invitation,
    add_person,
    invite,
    kept_name,
    renew_invitation,
)
from lms.people.service.links import fail_sign_in, refuse_sign_in, request_reset, send_resets, use_reset
from lms.people.service.locks import lock, lock_contacts
from lms.people.service.newcomers import NewPerson, add_people
from lms.people.service.recoveries import refuse_recovery, request_recovery, vouch_recovery
from lms.people.service.roles import (
    disable_account,
    enable_account,
    end_role,
    grant_role,
    remove_second_factor,
)
from lms.people.service.sessions import (
    NewDevice,
    Opened,
    end_device,
    end_session,
    end_sessions_of,
    pass_second_factor,
    renew_hash,
    sign_in,
    sign_out_everywhere,
)

__all__ = [
    "Invited",
    "NewDevice",
    "NewPerson",
    "Opened",
    "accept_by_code",
    "accept_invitation",
    "add_people",
    "add_person",
    "begin_second_factor",
    "confirm_contact",
    "confirm_second_factor",
    "disable_account",
    "enable_account",
    "end_contact",
    "end_device",
    "end_role",
    "end_second_factor",
    "end_session",
    "end_sessions_of",
    "fail_sign_in",
    "forget_old",
    "grant_role",
    "invite",
    "keep_contact",
    "kept_name",
    "list_code_readers",
    "lock",
    "lock_contacts",
    "pass_second_factor",
    "refuse_recovery",
    "refuse_sign_in",
    "remove_second_factor",
    "rename",
    "renew_hash",
    "renew_invitation",
    "request_contact_code",
    "request_recovery",
    "request_reset",
    "request_sign_in_code",
    "send_resets",
    "set_first_password",
    "set_language",
    "set_listening",
    "set_password",
    "sign_in",
    "sign_out_everywhere",
    "use_code",
    "use_reset",
    "vouch_recovery",
]
