-- What domains have revoked, and the record that says so (kp-revocations).

-- Receipt certificates stand beside those of servers, so that they can be listed and revoked; kp-servers names only the latter.
alter table server_certificate add column use varchar(16) not null default 'SERVER' check (use in ('SERVER', 'RECEIPT'));

alter table authority_key add column revoked timestamptz;
create index authority_key_by_certificate on authority_key (sha256(certificate));

-- An append-only sequence for each domain, numbered from 1 on without a gap. The record leaves an entry out after its until.
create table revocation (
  domain  varchar(253) not null references domain,
  number  bigint not null check (number > 0),
  subject varchar(16) not null check (subject in ('CERTIFICATE', 'KEY')),
  -- SHA-256 of a certificate, or the fingerprint of a user's key.
  id      bytea not null check (octet_length(id) = 32),
  at      timestamptz not null,
  until   timestamptz not null,
  primary key (domain, number)
);
create unique index revocation_once on revocation (domain, id);
create function revocation_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'revocation is append-only';
end $$;
create trigger revocation_unchanged before update or delete on revocation
  for each row execute function revocation_is_append_only();
create trigger revocation_kept before truncate on revocation
  for each statement execute function revocation_is_append_only();

alter table domain add column next_revocation bigint not null default 1 check (next_revocation > 0);
alter table domain add column revocations_seq bigint;
alter table domain add column revocations_gen bigint;
alter table domain add column revocations_content bytea;
alter table domain add column revocations_issued timestamptz;
alter table domain add column revocations_expires timestamptz;
alter table domain add column revocations_signer bytea;
alter table domain add column revocations_jws text;
alter table domain add column revocations_predecessor bytea;
alter table domain add column revocations_stale boolean not null default true;

-- Certificates that were revoked before this record existed.
insert into revocation (domain, number, subject, id, at, until)
select operator, row_number() over (partition by operator order by revoked, digest), 'CERTIFICATE', digest, revoked, not_after
from server_certificate where revoked is not null;
update domain set next_revocation = 1 + (select count(*) from revocation where revocation.domain = domain.name);
