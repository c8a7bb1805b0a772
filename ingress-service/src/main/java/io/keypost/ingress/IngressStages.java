package io.keypost.ingress;

import io.keypost.directory.client.DirectoryClient;
import io.keypost.events.stage.EventPublisher;
import io.keypost.payloads.PayloadStore;
import io.keypost.protocol.address.MailDomain;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Joins the stages with what the service's frame gives. */
@Singleton
public class IngressStages {
  private final ExecutorService cryptography =
      Executors.newFixedThreadPool(
          Runtime.getRuntime().availableProcessors(),
          Thread.ofPlatform().name("ingress-cryptography-", 0).daemon().factory());

  @Produces
  @Singleton
  AcceptanceStage acceptance(
      PayloadsConfig config,
      DirectoryClient directory,
      MailDomain operator,
      PayloadStore payloads,
      EventPublisher events,
      InstantSource clock,
      IngressMetrics metrics) {
    return new AcceptanceStage(
        new Admission(config.maxPayloadBytes()),
        directory.peers(),
        new HostedDomains(directory, operator, clock),
        payloads,
        events,
        clock,
        metrics);
  }

  @Produces
  @Singleton
  ReceiptStage receipts(
      DirectoryClient directory, MailDomain operator, EventPublisher events, InstantSource clock) {
    return new ReceiptStage(directory, new ReceiptRights(operator), events, clock, cryptography);
  }

  @PreDestroy
  void stop() {
    cryptography.shutdown();
  }
}
