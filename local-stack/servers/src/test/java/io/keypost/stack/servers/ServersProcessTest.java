package io.keypost.stack.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.stack.dns.ZoneSecurity;
import io.keypost.stack.servers.ServersOptions.Data;
import io.keypost.stack.servers.ServersOptions.Durability;
import io.keypost.stack.servers.ServersOptions.Extent;
import io.keypost.stack.servers.ServersOptions.Lifetime;
import io.keypost.stack.servers.ServersOptions.Ports;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/** The real process, as tests of other modules and local runs start it. */
class ServersProcessTest {

  private static final Path HOME = Path.of("target").toAbsolutePath();
  private static final Duration END = Duration.ofSeconds(40);

  @TempDir private Path directory;

  private ServersOptions options(Lifetime lifetime, Data data) {
    return new ServersOptions(
        directory, lifetime, Durability.PROCESS_CRASH, data, Ports.FREE, Extent.ALL);
  }

  @Test
  void servesKafkaPostgresAndValidatedDnsAndKeepsWhatItIsToldToKeep() throws Exception {
    String trustAnchor;
    try (var servers = ServersProcess.start(HOME, options(new Lifetime.OfStarter(), Data.KEEP))) {
      produceAndConsume(servers.state().kafkaBootstrap());
      writeAndReadRow(servers.state());
      lookUpValidated(servers.state());
      trustAnchor = Files.readString(servers.state().trustAnchorFile());
      assertThat(Files.getPosixFilePermissions(directory.resolve(ServersState.FILE_NAME)))
          .hasToString("[OWNER_READ, OWNER_WRITE]");
    }
    assertThat(directory.resolve(ServersState.FILE_NAME)).doesNotExist();

    try (var again = ServersProcess.start(HOME, options(new Lifetime.OfStarter(), Data.KEEP))) {
      assertThat(Files.readString(again.state().trustAnchorFile())).isEqualTo(trustAnchor);
      try (var admin = Admin.create(Map.of("bootstrap.servers", again.state().kafkaBootstrap()))) {
        assertThat(admin.listTopics().names().get()).contains("letters");
      }
      try (var connection = connect(again.state(), again.state().postgresPassword());
          var rows = connection.createStatement().executeQuery("SELECT text FROM letter")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("hello");
      }
    }
  }

  private static void produceAndConsume(String bootstrap) throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic("letters", 1, (short) 1))).all().get();
    }
    var serializer = new StringSerializer();
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "acks", "all"), serializer, serializer)) {
      producer.send(new ProducerRecord<>("letters", "key", "hello")).get();
    }
    var deserializer = new StringDeserializer();
    try (var consumer =
        new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrap), deserializer, deserializer)) {
      var partition = List.of(new TopicPartition("letters", 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      assertThat(consumer.poll(Duration.ofSeconds(20)))
          .singleElement()
          .returns("hello", record -> record.value());
    }
  }

  private static void writeAndReadRow(ServersState state) throws SQLException {
    try (var connection = connect(state, state.postgresPassword());
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE letter (text text)");
      assertThat(statement.executeUpdate("INSERT INTO letter VALUES ('hello')")).isEqualTo(1);
    }
    assertThatThrownBy(() -> connect(state, "guessed"))
        .hasMessageContaining("password authentication failed");
  }

  private static java.sql.Connection connect(ServersState state, String password)
      throws SQLException {
    return DriverManager.getConnection(
        state.jdbcUrl("postgres"), ServersState.POSTGRES_USER, password);
  }

  private static void lookUpValidated(ServersState state) throws IOException {
    try (var control = new ServersControl(state)) {
      control.zone("alpha.test", ZoneSecurity.SIGNED);
      control.put("_keypost.alpha.test. 30 IN TXT \"v=keypost1; gen=1\"");
      assertThatThrownBy(() -> control.put("no record"))
          .isInstanceOf(IllegalArgumentException.class);
    }
    var resolver = new ValidatingResolver(new SimpleResolver(state.dns()));
    resolver.loadTrustAnchors(
        new ByteArrayInputStream(Files.readAllBytes(state.trustAnchorFile())));
    var name = Name.fromString("_keypost.alpha.test.");
    var response = resolver.send(Message.newQuery(Record.newRecord(name, Type.TXT, DClass.IN)));
    assertThat(response.getHeader().getFlag(Flags.AD)).isTrue();
  }

  @Test
  void endsWithItsStarterAndThrowsItsDataAway() throws Exception {
    var servers = ServersProcess.start(HOME, options(new Lifetime.OfStarter(), Data.THROW_AWAY));
    var postgres = postmaster();

    servers.process().getOutputStream().close();

    assertThat(servers.process().waitFor(END.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(servers.process().exitValue()).isZero();
    assertThat(postgres.isAlive()).isFalse();
    assertThat(directory.resolve("data")).doesNotExist();
  }

  @Test
  void servesDnsAloneWhereTheOthersAreSomeoneElses() throws Exception {
    var options =
        new ServersOptions(
            directory,
            new Lifetime.OfStarter(),
            Durability.PROCESS_CRASH,
            Data.THROW_AWAY,
            Ports.FREE,
            Extent.DNS_ONLY);
    try (var servers = ServersProcess.start(HOME, options)) {
      lookUpValidated(servers.state());
      assertThat(servers.state().kafkaBootstrap()).isEmpty();
      assertThat(directory.resolve("data/postgres")).doesNotExist();
    }
  }

  @Test
  void evenKilledItLeavesNoPostgresBehind() throws Exception {
    var servers = ServersProcess.start(HOME, options(new Lifetime.OfStarter(), Data.THROW_AWAY));
    var postgres = postmaster();

    servers.process().destroyForcibly();

    postgres.onExit().get(END.toSeconds(), TimeUnit.SECONDS);
    assertThat(postgres.isAlive()).isFalse();
  }

  @Test
  void endsWhenNobodyAsksOrItsOwnerIsGone() throws Exception {
    var shortLived = new ProcessBuilder("/bin/sh", "-c", "read line").start();
    var lifetime =
        new Lifetime.WhileUsed(Duration.ofMinutes(10), OptionalLong.of(shortLived.pid()));
    var owned = ServersProcess.start(HOME, options(lifetime, Data.THROW_AWAY));
    try (var control = new ServersControl(owned.state())) {
      assertThat(control.keep()).isTrue();
      shortLived.getOutputStream().close();
      assertThat(owned.process().waitFor(END.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(control.keep()).isFalse();
    }

    var idle = new Lifetime.WhileUsed(Duration.ofMillis(100), OptionalLong.empty());
    var unused = ServersProcess.start(HOME, options(idle, Data.THROW_AWAY));
    assertThat(unused.process().waitFor(END.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private ProcessHandle postmaster() throws IOException {
    var pid =
        Files.readString(directory.resolve("data/postgres/postmaster.pid"), UTF_8)
            .lines()
            .findFirst();
    return ProcessHandle.of(Long.parseLong(pid.orElseThrow())).orElseThrow();
  }
}
