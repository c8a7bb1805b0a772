package io.keypost.keyserver.tls;

import io.keypost.directory.DirectoryWatch;
import io.keypost.directory.Incident;
import io.keypost.directory.pin.FirstSight;
import io.keypost.keyserver.pin.IncidentLedger;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutorService;
import org.jboss.logging.Logger;

/**
 * Counts what happens to this key server's own look-ups, as the other services count theirs
 * (docs/operations.md, "Metrics of the directory"), and keeps incidents in the database.
 */
@Singleton
class DirectoryMetrics implements DirectoryWatch {
  private static final Logger LOG = Logger.getLogger(DirectoryMetrics.class);

  private final MeterRegistry registry;
  private final IncidentLedger incidents;
  private final ExecutorService workers;

  @Inject
  DirectoryMetrics(
      MeterRegistry registry, IncidentLedger incidents, @VirtualThreads ExecutorService workers) {
    this.registry = registry;
    this.incidents = incidents;
    this.workers = workers;
  }

  @Override
  public void refused(RefusalCode code) {
    registry.counter("keypost.directory.refusals", "code", code.wire()).increment();
  }

  @Override
  public void targetRefused() {
    registry.counter("keypost.directory.targets.refused").increment();
  }

  @Override
  public void firstSight(MailDomain domain, FirstSight sight) {
    LOG.infof("%s was seen for the first time, by %s", domain, sight.by().wire());
    registry.counter("keypost.directory.first.sights", "by", sight.by().wire()).increment();
  }

  @Override
  public void incident(Incident incident) {
    LOG.errorf("somebody must look at this: %s", incident);
    registry.counter("keypost.directory.incidents", "incident", incident.word()).increment();
    workers.execute(() -> keep(incident));
  }

  private void keep(Incident incident) {
    try {
      incidents.keep(incident);
    } catch (RefusedException e) {
      LOG.errorf(e, "an incident cannot be kept");
    }
  }
}
