-- Whose alias asked for a user's consent and did not get it yet: the user is shown that.
create table consent_request (
  domain varchar(253) not null,
  local  varchar(64) not null,
  alias  varchar(320) not null,
  asked  timestamptz not null,
  primary key (domain, local, alias),
  foreign key (domain, local) references address
);
