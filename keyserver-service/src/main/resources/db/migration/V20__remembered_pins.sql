-- What this provider's services remember of foreign and own domains (docs/protocol.md, KP-PIN-20): one memory for all of
-- them. A row is never deleted: a root that was once known is not forgotten because its time is over (KP-PIN-22).

create table remembered_pin (
  domain           varchar(253) primary key,
  -- Digest of the root key that was accepted last.
  root             bytea not null check (octet_length(root) = 32),
  -- Generation of the newest root statement that was verified under it.
  gen              bigint not null check (gen >= 0),
  -- Until when the pin may be followed without a secure answer.
  remembered_until timestamptz not null,
  first_seen       timestamptz not null,
  first_seen_by    varchar(16) not null check (first_seen_by in ('DNSSEC', 'HTTPS', 'ENROLMENT', 'ADMINISTRATOR')),
  changed          timestamptz not null
);

-- Roots that a domain showed and that the remembered one never announced: mail waits until an administrator takes one, or
-- the domain shows the old one again.
create table held_root (
  domain     varchar(253) not null,
  -- Digest of its key, base64url.
  root       varchar(43) not null,
  security   varchar(8) not null check (security in ('SECURE', 'INSECURE')),
  first_seen timestamptz not null,
  last_seen  timestamptz not null,
  primary key (domain, root)
);

-- Verified records that say different things under one gen and seq: two rows of one kind, subject, gen and seq are proof.
create table contradicting_record (
  kind     varchar(16) not null,
  subject  varchar(320) not null,
  gen      bigint not null,
  seq      bigint not null,
  digest   bytea not null check (octet_length(digest) = 32),
  jws      text not null,
  received timestamptz not null,
  primary key (kind, subject, gen, seq, digest)
);
create index contradicting_record_by_time on contradicting_record (received);
