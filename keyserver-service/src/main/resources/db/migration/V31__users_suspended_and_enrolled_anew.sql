-- An operator may suspend a user, delete one, and let one begin anew who lost everything.

alter table address alter column kind type varchar(16);
alter table address drop constraint address_kind_check;
alter table address add constraint address_kind_check
  check (kind in ('MAILBOX', 'ALIAS', 'UNKNOWN', 'REVOKED', 'SUSPENDED'));
alter table address add check ((kind = 'SUSPENDED') <= (revoked_from is not null and certificate is not null));

-- Whether whoever enrols with the code may have another primary key than before without that one's word.
alter table enrolment_code add column replaces_key boolean not null default false;
alter table enrolment_code alter column replaces_key drop default;
