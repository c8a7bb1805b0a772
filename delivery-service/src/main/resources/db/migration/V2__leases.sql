-- Pieces of work that some process has begun, each kept for it while it renews them (docs/delivery.md, "Leases"). A row of
-- transfer or receipt_outbox names its piece in its column lease; leased_until there is when the piece ends unless it was
-- renewed, and only from then on this table is asked. A lease that ran out never revives, so it may be deleted at any time.
-- Times are those of this server's clock: the clocks of two processes may differ by more than a lease.
create table lease (
  id uuid primary key,
  -- The process, by a random name that it takes at each start.
  holder uuid not null,
  held_until timestamptz not null
);
