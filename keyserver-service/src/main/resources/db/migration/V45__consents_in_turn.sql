-- When a consent that an alias holds is asked for again after it could not be renewed: no provider that is away may keep
-- the others from their turn.
alter table address add column consent_failures integer not null default 0 check (consent_failures >= 0);
alter table address add column consent_next_try timestamptz;
create index address_by_consent on address (consent_expires) where kind = 'ALIAS';

-- A request that its target does not want to see: kept, so that asking again does not bring it back.
alter table consent_request add column dismissed timestamptz;
