-- What a user has besides the certificate: devices, the keyring under the recovery code, and parcels on their way between
-- the user's own devices. Nothing here is secret from whoever has not the code, a device or its passphrase.

-- A device's login key, or the one that follows from the recovery code.
alter table login_key add column purpose varchar(8) not null default 'DEVICE' check (purpose in ('DEVICE', 'RECOVERY'));
alter table login_key alter column purpose drop default;

create table keyring (
  domain  varchar(253) not null,
  local   varchar(64) not null,
  -- That of the blob's own header; each takes the place of the one below it.
  version bigint not null check (version > 0),
  sealed  bytea not null check (octet_length(sealed) <= 81920),
  changed timestamptz not null,
  primary key (domain, local),
  foreign key (domain, local) references address
);

create table device (
  domain      varchar(253) not null,
  local       varchar(64) not null,
  -- Fingerprint of its signing subkey, in hexadecimal.
  signing_key varchar(64) not null,
  -- As the primary key signed it.
  statement   varchar(2048) not null,
  login_key   bytea not null references login_key,
  removed     timestamptz,
  primary key (domain, local, signing_key),
  foreign key (domain, local) references address
);
create index device_of_login_key on device (login_key);

create table parcel (
  domain  varchar(253) not null,
  local   varchar(64) not null,
  -- Fingerprints of the device's signing subkey, and of the encryption subkey whose secret it is.
  device  varchar(64) not null,
  key     varchar(64) not null,
  sealed  bytea not null check (octet_length(sealed) = 80),
  created timestamptz not null,
  primary key (domain, local, device, key),
  foreign key (domain, local, device) references device
);
