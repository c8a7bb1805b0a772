package io.keypost.directory.client;

import io.keypost.directory.DirectoryWatch;
import io.keypost.directory.Incident;
import io.keypost.directory.cache.RecordCache;
import io.keypost.protocol.record.SuccessiveRecord;
import io.keypost.protocol.refusal.RefusedException;
import java.time.InstantSource;
import java.util.function.Function;

/** Tells the directory's watch of what happens to the records of one kind. */
final class FetchWatch<K, V> implements RecordCache.Listener<K, V> {
  private final DirectoryWatch watch;
  private final InstantSource clock;
  private final Function<V, Said> said;

  /**
   * What a record says, to whom it may concern.
   *
   * @param subject what it is about
   * @param jws as it is carried
   */
  record Said(SuccessiveRecord record, Object subject, String jws) {}

  FetchWatch(DirectoryWatch watch, InstantSource clock, Function<V, Said> said) {
    this.watch = watch;
    this.clock = clock;
    this.said = said;
  }

  @Override
  public void failed(K key, RefusedException refusal) {
    watch.refused(refusal.code());
  }

  @Override
  public void equivocates(K key, V kept, V fetched) {
    Said first = said.apply(kept);
    watch.incident(
        new Incident.Equivocation(
            first.record().kind().typ(),
            first.subject().toString(),
            first.record().gen(),
            first.record().seq(),
            first.jws(),
            said.apply(fetched).jws(),
            clock.instant()));
  }
}
