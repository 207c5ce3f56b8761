"""The command line of people: the first operator, and help for who lost the second step of signing in."""

from __future__ import annotations

import sys

import click
from flask import current_app, g
from flask.cli import with_appcontext
from flask_security import hash_password
from flask_security.recoverable import generate_reset_password_token

from marketplace.accounts import actions, closing, queries, sessions
from marketplace.accounts.adapters import Passwords, clean_email
from marketplace.accounts.models import User
from marketplace.core.access import SYSTEM
from marketplace.core.errors import Invalid
from marketplace.core.extensions import db
from marketplace.core.permissions import FIRST_ROLES
from marketplace.values import clock
from marketplace.vocabulary import STAFF_ROLES


@click.command("create-operator")
@click.argument("email")
@click.option("--name", help="Full name; needed for a new account.")
@click.option("--role", "roles", multiple=True, type=click.Choice(STAFF_ROLES.codes),
              help="A staff role; may be repeated. Default: admin and moderator.")
@click.option("--password", "ask", is_flag=True, help="Ask for a password instead of printing a link to choose one.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def create_operator(email: str, name: str | None, roles: tuple[str, ...], ask: bool, password_stdin: bool) -> None:
    """Create the operator EMAIL, or give staff roles to an existing account."""
    email = clean_email(email)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    if ask:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    user = queries.person_by_email(email) or _create(email, name)
    user.confirmed_at = user.confirmed_at or clock.now()
    if password is not None:
        user.password = hash_password(_checked(password, user))
        sessions.end_all(user)
    held = {grant.role for grant in user.staff_grants if grant.ended_at is None}
    for role in roles or FIRST_ROLES:
        if role not in held:
            actions.grant_role(email, role, "create-operator on the command line", SYSTEM)
            click.echo(f"{user.name} <{email}>: {STAFF_ROLES.label(role, 'en')}")
    db.session.commit()
    if user.password is None:
        base = current_app.extensions["settings"].base_url
        token = generate_reset_password_token(user)  # type: ignore[no-untyped-call]  # Flask-Security leaves it bare
        click.echo("Choose a password here, once, within a day:")
        click.echo(f"{base}{current_app.config['SECURITY_RESET_URL']}/{token}")


@click.command("reset-two-step")
@click.argument("email")
@with_appcontext
def reset_two_step(email: str) -> None:
    """Turn two-step sign-in off for EMAIL, whose owner lost app and recovery codes. Make sure who asks first."""
    user = queries.person_by_email(clean_email(email))
    if user is None:
        raise click.UsageError(f"There is no account {email}.")
    actions.reset_two_step(user, SYSTEM)
    db.session.commit()
    click.echo(f"{user.name} <{user.email}> signs in with the password alone now, and was signed out everywhere.")


def _create(email: str, name: str | None) -> User:
    if not name:
        raise click.UsageError(f"There is no account {email} yet: give its --name.")
    if "@" not in email:
        raise click.UsageError(f"{email} is not an e-mail address.")
    return actions.create_person(email, name, SYSTEM, confirmed=True)


def _checked(password: str, user: User) -> str:
    g.forced_locale = "en"
    problems, normal = Passwords(current_app._get_current_object()).validate(password, False, user=user)  # type: ignore[attr-defined]
    if problems:
        raise click.UsageError(" ".join(str(problem) for problem in problems))
    return normal


@click.command("close-account")
@click.argument("email")
@click.option("--reason", required=True, help="Why; the person reads it in a letter.")
@with_appcontext
def close_account(email: str, reason: str) -> None:
    """Close the account of EMAIL at once: every session ends, and nobody signs in with it any more."""
    user = queries.person_by_email(clean_email(email))
    if user is None:
        raise click.ClickException("no account has this address")
    try:
        closing.close(user, SYSTEM, reason)
    except Invalid as error:
        raise click.ClickException(error.message) from error
    db.session.commit()
    click.echo(f"{user.name} <{user.email}> is closed")
