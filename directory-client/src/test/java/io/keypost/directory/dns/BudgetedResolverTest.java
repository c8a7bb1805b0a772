package io.keypost.directory.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

class BudgetedResolverTest {
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void asksNoMoreThanItMayByKpPin13AndT14() throws IOException {
    BudgetedResolver resolver = new BudgetedResolver(answering(new Message()), 3);
    for (int i = 0; i < 3; i++) {
      assertThat(ask(resolver)).isCompleted();
    }
    assertThat(ask(resolver)).isCompletedExceptionally();
    assertThat(asked).hasValue(3);
  }

  @Test
  void refusesAMessageThatIsTooLargeByKpPin13AndT14() throws IOException {
    Message large = Message.newQuery(question());
    for (int i = 0; large.toWire().length <= DnsSettings.MAX_MESSAGE_OCTETS; i++) {
      large.addRecord(
          new TXTRecord(question().getName(), DClass.IN, 60, i + "x".repeat(200)), Section.ANSWER);
    }
    Message parsed = new Message(large.toWire());
    assertThat(ask(new BudgetedResolver(answering(parsed), 3))).isCompletedExceptionally();
  }

  private static CompletableFuture<Message> ask(BudgetedResolver resolver) throws IOException {
    return resolver.sendAsync(Message.newQuery(question()), Runnable::run).toCompletableFuture();
  }

  private static Record question() throws IOException {
    return Record.newRecord(Name.fromString("_keypost.alpha.test."), Type.TXT, DClass.IN);
  }

  private SimpleResolver answering(Message answer) {
    return new SimpleResolver(new InetSocketAddress(InetAddress.getLoopbackAddress(), 53)) {
      @Override
      public CompletionStage<Message> sendAsync(Message query, Executor executor) {
        asked.incrementAndGet();
        return CompletableFuture.completedFuture(answer);
      }
    };
  }
}
