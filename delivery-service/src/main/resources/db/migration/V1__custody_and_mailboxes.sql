-- Delivery's tables (docs/delivery.md). Plain SQL throughout; whole batches go in with one statement each.
-- Addresses are canonical; digests are SHA-256 over envelope and signature; instants are UTC.

-- Where a payload lies. The id never changes: it names the place where the ingress first stored it. Compaction moves a
-- payload by changing segment and start_offset here and nowhere else.
create table payload (
  id bytea primary key,
  segment text not null,
  start_offset bigint not null,
  length bigint not null,
  sha256 bytea not null
);

-- Certificate chains of receipt signers, leaf first, DER. Few: one for each receipt certificate.
create table receipt_chain (
  digest bytea primary key,
  certificates bytea[] not null
);

-- The one terminal outcome of an envelope: final once it stands here (docs/protocol.md, "Outcomes").
create table outcome (
  recipient text not null,
  envelope_digest bytea not null,
  message_id bytea not null,
  sender text not null,
  outcome text not null check (outcome in ('delivered', 'refused', 'expired', 'needs_client')),
  -- A refusal code; 'unconfirmed' with expired; null with delivered and with a signed expired.
  code text,
  -- For the sender, in words; never in the receipt.
  detail text,
  -- For needs_client(moved): the signed record with the new pointer.
  record text,
  decided_at timestamptz not null,
  expires timestamptz not null,
  -- The kp-receipt and its chain; null only for expired(unconfirmed), which nobody signed.
  receipt text,
  chain_digest bytea references receipt_chain,
  -- Root under which the receipt was checked, and when: set on the sender's side.
  root bytea,
  checked_at timestamptz,
  primary key (recipient, envelope_digest)
);

-- What was delivered under a message id, kept until expires + 1 day though the mail be deleted.
create table delivery_claim (
  recipient text not null,
  sender text not null,
  message_id bytea not null,
  envelope_digest bytea not null,
  until timestamptz not null,
  primary key (recipient, sender, message_id)
);
create index delivery_claim_until on delivery_claim (until);

-- A user's mailbox; last_seq numbers every change in it, without gaps and in the order of commits.
create table mailbox (
  address text primary key,
  last_seq bigint not null
);

-- One sealed message in one mailbox.
create table mail (
  mailbox text not null references mailbox (address),
  seq bigint not null,
  envelope_digest bytea not null,
  envelope bytea not null,
  signature bytea not null,
  payload_id bytea not null references payload (id),
  received_at timestamptz not null,
  primary key (mailbox, envelope_digest),
  unique (mailbox, seq)
);

-- What users of this provider submitted, so that they see it before it has an outcome.
create table submission (
  recipient text not null,
  envelope_digest bytea not null,
  seq bigint not null generated always as identity,
  sender text not null,
  addressed_as text not null,
  message_id bytea not null,
  created timestamptz not null,
  accepted_at timestamptz not null,
  expires timestamptz not null,
  primary key (recipient, envelope_digest)
);
create unique index submission_of_sender on submission (sender, seq);
create index submission_expires on submission (expires);

-- Envelopes on their way to other operators; a row is gone once its outcome stands.
create table transfer (
  recipient text not null,
  envelope_digest bytea not null,
  sender text not null,
  message_id bytea not null,
  operator text not null,
  pool text not null,
  envelope bytea not null,
  signature bytea not null,
  payload_id bytea not null references payload (id),
  -- Operator that the receipt of an own decision goes to.
  return_operator text not null,
  expires timestamptz not null,
  -- queued: custody is here. handed_over: the peer answered accepted, only its receipt decides.
  state text not null default 'queued' check (state in ('queued', 'handed_over')),
  -- Whether an earlier attempt ended without an answer: the peer may hold the envelope too.
  uncertain boolean not null default false,
  attempts integer not null default 0,
  not_before timestamptz not null,
  -- Who works on it, until when; another worker may take it afterwards.
  lease uuid,
  leased_until timestamptz,
  handed_over_at timestamptz,
  -- Why it still waits, for operators.
  last_problem text,
  primary key (recipient, envelope_digest)
);
create index transfer_due on transfer (not_before) where state = 'queued';
create index transfer_expires on transfer (expires);

-- Receipts to post to the sender's operator, put here in the commit that decided.
create table receipt_outbox (
  recipient text not null,
  envelope_digest bytea not null,
  sender_domain text not null,
  -- Operator that the envelope came from; another that the domain names is taken when it does not name this one any more.
  operator text not null,
  receipt text not null,
  chain_digest bytea not null references receipt_chain,
  attempts integer not null default 0,
  not_before timestamptz not null,
  give_up_at timestamptz not null,
  lease uuid,
  leased_until timestamptz,
  primary key (recipient, envelope_digest)
);
create index receipt_outbox_due on receipt_outbox (not_before);

-- Events for the topic mail.outcome, put here in the commit that decided.
create table outcome_outbox (
  id bigint primary key generated always as identity,
  event bytea not null
);
