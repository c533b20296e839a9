"""The tables of the store, in their latest version. Times are seconds since 1970 (UTC); hashes are keyed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from sf_handoff.calls.follow_ups import Kind

SCHEMA_VERSION = 4

metadata = MetaData()

# One row a name: the schema's version, and the sealed key of all keyed hashes.
meta = Table("meta", metadata, Column("name", String(40), primary_key=True), Column("value", LargeBinary))

# The outbox, and what flow 1 knows of each handoff. What follows a tap is a row of its own `kind`, with the
# tap as its `parent`. `due` is when it may be taken next (a lease moves it),
# `due_set_at` when that was decided; `takes` counts the leases that nobody has settled yet.
handoffs = Table(
    "handoffs",
    metadata,
    Column("handoff_id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False, default=Kind.TAP.value),
    Column("parent", String(64), index=True),
    Column("state", String(12), nullable=False),
    Column("due", Float, nullable=False),
    Column("due_set_at", Float, nullable=False, default=0.0),
    Column("token", String(32)),
    Column("takes", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("code", String(80)),
    Column("message", Text),
    Column("notes", Text, nullable=False, default="[]"),
    Column("digest", String(64), nullable=False),
    Column("nonce", String(32), nullable=False),
    Column("case_key", String(64), nullable=False, index=True),
    Column("episode", String(64), index=True),
    Column("episode_over", Boolean, nullable=False, default=False),
    Column("undone", Boolean, nullable=False, default=False),
    Column("person", String(64), index=True),
    Column("phone", String(64), index=True),
    Column("screen", String(80), nullable=False, default=""),
    Column("occurred_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("kept_at", Float, nullable=False),
    Column("settled_at", Float),
    Column("case_id", String(18)),
    Column("case_number", String(40)),
    Column("task_id", String(18)),
    Column("contact_linked", String(12)),
    Column("api_calls", Integer, nullable=False, default=0),
    Column("payload", LargeBinary, nullable=False),
    Column("dial_code", LargeBinary),
    Column("purged_at", Float),
)
Index("handoffs_due", handoffs.c.state, handoffs.c.due)

# Dialled codes by their hash; a row stays for the quarantine, so that a code is not given twice in a day.
codes = Table(
    "codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("handoff_id", String(64), nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("free_at", Float, nullable=False),
    Column("used_by", String(120)),
)

# Used tokens of signed handoffs by the hash of their `jti`, until they are over.
tokens = Table(
    "tokens",
    metadata,
    Column("jti_hash", String(64), primary_key=True),
    Column("handoff_id", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("until", Float, nullable=False),
)

# Calls that were answered: the same call key gets the same answer. `bound_at` is when it was first asked for,
# `tried` the hashes of the codes that were dialled.
calls = Table(
    "calls",
    metadata,
    Column("call_key", String(120), primary_key=True),
    Column("handoff_id", String(64)),
    Column("matched_by", String(40)),
    Column("bound_at", Float, nullable=False),
    Column("answer", Text),
    Column("tried", Text, nullable=False, default="[]"),
)

# Numbers of the lines' pools, and the tap that each waits for; free again when its time is over, or used.
pool_numbers = Table(
    "pool_numbers",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("handoff_id", String(64), nullable=False, index=True),
    Column("until", Float, nullable=False),
    Column("used_by", String(120)),
)

# Guesses at codes that hit nothing, by the minute: under the keyed hash of a caller's number, and of all.
misses = Table(
    "misses",
    metadata,
    Column("who", String(64), primary_key=True),
    Column("minute", Integer, primary_key=True, index=True),
    Column("misses", Integer, nullable=False, default=0),
)

# Where nothing is sent for a while, and why; one row a destination, and none while all is well.
gates = Table(
    "gates",
    metadata,
    Column("destination", String(200), primary_key=True),
    Column("fails", Integer, nullable=False, default=0),
    Column("reason", String(80), nullable=False, default=""),
    Column("closed_until", Float),
    Column("set_at", Float, nullable=False, default=0.0),
    Column("probe_until", Float),
)

# What the nightly sweep has found and done, by Case. `state` is set once no call can come for it any more,
# `emptied_at` when its context was taken off; `outcome` is what stood on it when it was last read.
swept = Table(
    "swept",
    metadata,
    Column("case_key", String(64), primary_key=True),
    Column("state", String(12)),
    Column("tapped_at", Float),
    Column("swept_at", Float),
    Column("emptied_at", Float),
    Column("outcome", String(40)),
    Column("outcome_at", Float),
)

# What happened, for the counts; no personal data, ever.
events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("handoff_id", String(64)),
    Column("detail", Text, nullable=False, default="{}"),
)

# The counts of report days, for trends; no personal data, ever.
report_days = Table(
    "report_days",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("technical", Integer, nullable=False),
    Column("counts", Text, nullable=False),
    Column("made_at", Float, nullable=False),
)

# Nights: what each run did. `ended_at` is missing while it is at work, and where it died.
runs = Table(
    "runs",
    metadata,
    Column("run_id", String(40), primary_key=True),
    Column("day", String(10), nullable=False),
    Column("started_at", Float, nullable=False, index=True),
    Column("ended_at", Float),
    Column("asked_for", Boolean, nullable=False),
    Column("steps", Text, nullable=False),
    Column("skipped", Text, nullable=False),
    Column("died", String(40)),
)

# Report days that a run came to the end of.
report_days_done = Table(
    "report_days_done",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("run_id", String(40), nullable=False),
    Column("at", Float, nullable=False),
)

# Deliveries of GitHub's webhooks by the hash of their id, and the issue that each is about.
hints = Table(
    "hints",
    metadata,
    Column("delivery", String(64), primary_key=True),
    Column("number", Integer, nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("looked", Boolean, nullable=False),
)

# Tickets that were filed, or are being filed; one row a fingerprint and generation, which its id is made of.
# `day` is the report day that it was filed for.
tickets = Table(
    "tickets",
    metadata,
    Column("ticket_id", String(80), primary_key=True),
    Column("fingerprint", String(64), nullable=False, index=True),
    Column("generation", Integer, nullable=False),
    Column("day", String(10), nullable=False),
    Column("title", Text, nullable=False),
    Column("repository", String(200), nullable=False),
    Column("intended_at", Float, nullable=False),
    Column("number", Integer, index=True),
    Column("url", Text),
    Column("opened_at", Float),
    Column("state", String(12), nullable=False),
    Column("state_reason", String(40)),
    Column("closed_at", Float),
    Column("board_column", String(200)),
    Column("priority", String(12)),
    Column("labels", Text, nullable=False, default="[]"),
    Column("tally_id", BigInteger),
    Column("follows", Integer),
    Column("summary", Boolean, nullable=False, default=False),
)

# What was done of each ticket in the tracker, and what may have been.
ticket_steps = Table(
    "ticket_steps",
    metadata,
    Column("ticket_id", String(80), primary_key=True),
    Column("step", String(12), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("at", Float, nullable=False),
    Column("code", String(80)),
)

# How many cases a ticket had on each report day, and which.
ticket_days = Table(
    "ticket_days",
    metadata,
    Column("ticket_id", String(80), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("cases", Integer, nullable=False),
    Column("people", Integer, nullable=False),
)
ticket_cases = Table(
    "ticket_cases",
    metadata,
    Column("ticket_id", String(80), primary_key=True),
    Column("day", String(10), primary_key=True, index=True),
    Column("case_number", String(40), primary_key=True),
    Column("case_id", String(18), primary_key=True),
)

# What came of each ticket, turn by turn; the words for customers are sealed. A turn is over once `ended_at`
# is set: words from up to `since` are not told again.
ticket_resolutions = Table(
    "ticket_resolutions",
    metadata,
    Column("ticket_id", String(80), primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("number", Integer, nullable=False),
    Column("closed_at", Float),
    Column("follows", Integer),
    Column("text", LargeBinary, nullable=False),
    Column("role", String(80), nullable=False),
    Column("written_at", Float, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("resolved_at", Float, nullable=False),
    Column("told_at", Float),
    Column("ended_at", Float),
    Column("why", Text, nullable=False, default=""),
    Column("since", Float),
)

# How new each ticket's issue was when its comments were read last, and what was said of it once.
ticket_looks = Table(
    "ticket_looks",
    metadata,
    Column("ticket_id", String(80), primary_key=True),
    Column("updated_at", Float),
    Column("said", String(16)),
)

# What people decided of a day's cases. `decided_by` is an account's id; the reason as typed is sealed.
decisions = Table(
    "decisions",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("case_number", String(40), primary_key=True),
    Column("decision", String(20), nullable=False),
    Column("decided_by", String(80), nullable=False),
    Column("decided_at", Float, nullable=False),
    Column("reason", LargeBinary),
)

# How far telling each caller of a resolved ticket has come. `sealed` is the text, until it is purged; of how
# somebody may be reached only whether there is a way is kept. `stamp` stands for what Salesforce should have
# of it, `written` for what it has; `exported` are the attempts made when its mail was exported.
notices = Table(
    "notices",
    metadata,
    Column("notice_id", String(64), primary_key=True),
    Column("ticket_id", String(80), nullable=False, index=True),
    Column("turn", Integer, nullable=False),
    Column("ticket", Integer, nullable=False, index=True),
    Column("case_number", String(40), nullable=False),
    Column("case_id", String(18), nullable=False),
    Column("product", String(120)),
    Column("email_there", Boolean, nullable=False),
    Column("phone_there", Boolean, nullable=False),
    Column("route", String(20), nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("outcome", String(20), nullable=False),
    Column("template", String(80), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("chosen", Boolean, nullable=False),
    Column("reason", Text),
    Column("sealed", LargeBinary),
    Column("approved_at", Float),
    Column("approved_by", String(80)),
    Column("decided_by", String(80)),
    Column("settled_at", Float),
    Column("stamp", String(40), nullable=False),
    Column("written", String(40)),
    Column("code", String(80)),
    Column("task_id", String(18)),
    Column("task_open", Boolean, nullable=False),
    Column("exported", Integer),
    Column("reopened", Boolean, nullable=False),
    Column("purged", Boolean, nullable=False),
)
notice_attempts = Table(
    "notice_attempts",
    metadata,
    Column("notice_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("means", String(12), nullable=False),
    Column("at", Float, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("recorded_by", String(80)),
)

# Drafts of a banner and a mail to everybody who waits for a ticket.
mass_notices = Table(
    "mass_notices",
    metadata,
    Column("mass_id", String(64), primary_key=True),
    Column("ticket_id", String(80), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("ticket", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("by_email", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("approved_at", Float),
    Column("approved_by", String(80)),
)
