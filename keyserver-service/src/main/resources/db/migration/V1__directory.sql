-- The directory of a provider: its domains and what their records say. Secret keys stand here only wrapped
-- (io.keypost.protocol.certificate.KeyProtection); one-time codes and login assertions only as SHA-256.
-- Whoever changes what a record says first locks the row of its domain: so seq rises in one order.

create table domain (
  name                varchar(253) primary key,
  -- Last seq given to any record of the domain; 0 before the first.
  last_seq            bigint not null check (last_seq >= 0),
  -- Generation of the newest root statement; 0 before the first.
  gen                 bigint not null check (gen >= 0),
  management          varchar(8) not null check (management in ('OWNER', 'PROVIDER')),
  root_certificate    bytea,
  root_statement      text,
  -- Digest of the signing certificate in force: what another one signed is signed anew.
  signer              bytea check (octet_length(signer) = 32),
  created             timestamptz not null,
  domain_seq          bigint,
  domain_gen          bigint,
  domain_content      bytea,
  domain_issued       timestamptz,
  domain_expires      timestamptz,
  domain_signer       bytea,
  domain_jws          text,
  domain_predecessor  bytea,
  domain_stale        boolean not null,
  servers_seq         bigint,
  servers_gen         bigint,
  servers_content     bytea,
  servers_issued      timestamptz,
  servers_expires     timestamptz,
  servers_signer      bytea,
  servers_jws         text,
  servers_predecessor bytea,
  servers_stale       boolean not null,
  check ((root_certificate is null) = (root_statement is null))
);

-- Every root statement that was uploaded, the newest too: kp-domain carries those that announced a root.
create table root_statement (
  domain    varchar(253) not null references domain,
  gen       bigint not null check (gen > 0),
  -- Certificate of the root whose key signed the statement.
  root_certificate bytea not null,
  -- Digest of the key of the root that the statement announces.
  next_root bytea check (octet_length(next_root) = 32),
  jws       text not null,
  received  timestamptz not null,
  primary key (domain, gen)
);

create table authority_key (
  id          uuid primary key,
  domain      varchar(253) not null references domain,
  use         varchar(16) not null
                check (use in ('COMING_CA', 'OPERATIONAL_CA', 'SIGNING', 'SERVER', 'ACCESS_TOKEN')),
  wrapped_key bytea not null,
  public_key  bytea not null,
  certificate bytea,
  not_after   timestamptz,
  created     timestamptz not null,
  retired     timestamptz
);
create unique index authority_key_in_force on authority_key (domain, use) where retired is null;

create table domain_operator (
  domain      varchar(253) not null references domain,
  operator    varchar(253) not null,
  valid_from  timestamptz not null,
  valid_until timestamptz,
  primary key (domain, operator)
);

create table address (
  domain             varchar(253) not null references domain,
  local              varchar(64) not null,
  kind               varchar(8) not null check (kind in ('MAILBOX', 'ALIAS', 'UNKNOWN', 'REVOKED')),
  certificate        bytea check (octet_length(certificate) <= 65536),
  operator           varchar(253),
  pool               varchar(63),
  target             varchar(320),
  consent            text,
  consent_expires    timestamptz,
  revoked_from       timestamptz,
  -- Signed key and pointer statements of the address, oldest first, one a line.
  statements         text not null,
  created            timestamptz not null,
  changed            timestamptz not null,
  record_seq         bigint,
  record_gen         bigint,
  record_content     bytea,
  record_issued      timestamptz,
  record_expires     timestamptz,
  record_signer      bytea,
  record_jws         text,
  record_predecessor bytea,
  record_stale       boolean not null,
  primary key (domain, local),
  check ((kind = 'MAILBOX') <= (certificate is not null and operator is not null and pool is not null)),
  check ((kind = 'ALIAS') <= (target is not null and consent is not null)),
  check ((kind = 'REVOKED') <= (revoked_from is not null))
);

create table login_key (
  -- RFC 7638 thumbprint.
  thumbprint bytea primary key check (octet_length(thumbprint) = 32),
  domain     varchar(253) not null,
  local      varchar(64) not null,
  jwk        text not null,
  created    timestamptz not null,
  revoked    timestamptz,
  foreign key (domain, local) references address
);
create index login_key_of_address on login_key (domain, local);

create table enrolment_code (
  digest  bytea primary key check (octet_length(digest) = 32),
  domain  varchar(253) not null references domain,
  local   varchar(64) not null,
  created timestamptz not null,
  expires timestamptz not null,
  used    timestamptz
);

create table server_code (
  digest   bytea primary key check (octet_length(digest) = 32),
  operator varchar(253) not null references domain,
  service  varchar(64) not null,
  -- Host names, one a line.
  hosts    text not null,
  purpose  varchar(32) not null check (purpose in ('SERVER', 'SERVER_AND_RECEIPTS')),
  pool     varchar(63),
  pool_host varchar(253),
  pool_port integer,
  priority integer,
  weight   integer,
  created  timestamptz not null,
  expires  timestamptz not null,
  used     timestamptz
);

-- Certificates of services that connect out: kp-servers names them from issue to revocation or end.
create table server_certificate (
  digest      bytea primary key check (octet_length(digest) = 32),
  operator    varchar(253) not null references domain,
  service     varchar(64) not null,
  certificate bytea not null,
  issued      timestamptz not null,
  not_after   timestamptz not null,
  revoked     timestamptz
);
create index server_certificate_of_operator on server_certificate (operator, not_after);

create table pool_member (
  operator varchar(253) not null references domain,
  pool     varchar(63) not null,
  host     varchar(253) not null,
  port     integer not null check (port between 1 and 65535),
  priority integer not null check (priority between 0 and 65535),
  weight   integer not null check (weight between 0 and 65535),
  drained  boolean not null,
  primary key (operator, pool, host, port)
);

-- What users of domains here agreed to: "alias may point at me".
create table consent (
  domain    varchar(253) not null,
  local     varchar(64) not null,
  alias     varchar(320) not null,
  -- Rises with every consent for the pair, so that a withdrawn one cannot come back.
  serial    bigint not null check (serial > 0),
  signature bytea not null check (octet_length(signature) <= 1024),
  given     timestamptz not null,
  withdrawn timestamptz,
  primary key (domain, local, alias),
  foreign key (domain, local) references address
);

-- Login assertions that were exchanged, until they would have expired anyway.
create table used_assertion (
  digest  bytea primary key check (octet_length(digest) = 32),
  expires timestamptz not null
);
create index used_assertion_by_expiry on used_assertion (expires);

-- Who changed what, when. Nothing here is ever changed or removed, not even by this service.
create sequence audit_entry_seq increment by 50;
create table audit_entry (
  id      bigint primary key,
  at      timestamptz not null,
  actor   varchar(400) not null,
  action  varchar(64) not null,
  subject varchar(400) not null,
  detail  varchar(1000) not null
);
create function audit_entry_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'audit_entry is append-only';
end $$;
create trigger audit_entry_unchanged before update or delete on audit_entry
  for each row execute function audit_entry_is_append_only();
create trigger audit_entry_kept before truncate on audit_entry
  for each statement execute function audit_entry_is_append_only();
