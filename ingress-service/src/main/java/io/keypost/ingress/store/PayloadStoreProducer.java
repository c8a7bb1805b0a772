package io.keypost.ingress.store;

import io.keypost.ingress.PayloadsConfig;
import io.keypost.payloads.PayloadStore;
import io.keypost.payloads.segment.SegmentFileStore;
import io.keypost.payloads.segment.SegmentSettings;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.InstantSource;

/** Opens the payload store, and seals its segment when the service ends. */
@Singleton
public class PayloadStoreProducer {

  @Produces
  @Singleton
  PayloadStore store(PayloadsConfig config, InstantSource clock, SecureRandom random) {
    return new SegmentFileStore(SegmentSettings.in(config.directory()), clock, random);
  }

  void close(@Disposes PayloadStore store) {
    store.close();
  }
}
