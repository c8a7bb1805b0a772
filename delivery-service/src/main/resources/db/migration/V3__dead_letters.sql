-- Envelopes in this provider's custody that a stage gave up on, as the dead letters tell: without an outcome they end as
-- expired (KP-OUT-5). A row goes when its time is over and the outcome stands.
create table dead_letter (
  recipient text not null,
  envelope_digest bytea not null,
  message_id bytea not null,
  sender text not null,
  -- Operator that the envelope came from, which the receipt goes to.
  return_operator text not null,
  expires timestamptz not null,
  primary key (recipient, envelope_digest)
);
create index dead_letter_expires on dead_letter (expires);
