package io.keypost.frame;

import io.keypost.directory.DirectoryWatch;
import io.keypost.directory.Incident;
import io.keypost.directory.pin.FirstSight;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what happens to look-ups (docs/operations.md, "Metrics of the directory"). */
@Singleton
public class DirectoryMetrics implements DirectoryWatch {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryMetrics.class);

  private final MeterRegistry registry;

  DirectoryMetrics(MeterRegistry registry) {
    this.registry = registry;
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
    LOG.info("{} was seen for the first time, by {}", domain, sight.by().wire());
    registry.counter("keypost.directory.first.sights", "by", sight.by().wire()).increment();
  }

  @Override
  public void incident(Incident incident) {
    LOG.error("Somebody must look at this: {}", incident);
    registry.counter("keypost.directory.incidents", "incident", incident.word()).increment();
  }
}
