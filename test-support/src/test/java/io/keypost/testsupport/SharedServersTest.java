package io.keypost.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.stack.dns.ZoneSecurity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/**
 * Runs against embedded servers, or against containers with {@code
 * -Dkeypost.test.backend=containers}.
 */
class SharedServersTest {

  private final SharedServers servers = SharedServers.get();

  @Test
  void carriesARecordThroughATopicWithAPrefixOfItsOwn() throws Exception {
    var bootstrap = Map.<String, Object>of("bootstrap.servers", servers.kafkaBootstrap());
    var topic = servers.newTopicPrefix() + "mail.accepted";
    try (var admin = Admin.create(bootstrap)) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }
    var serializer = new StringSerializer();
    try (var producer = new KafkaProducer<>(bootstrap, serializer, serializer)) {
      producer.send(new ProducerRecord<>(topic, "key", "hello")).get();
    }
    var deserializer = new StringDeserializer();
    try (var consumer = new KafkaConsumer<>(bootstrap, deserializer, deserializer)) {
      var partition = List.of(new TopicPartition(topic, 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      assertThat(consumer.poll(Duration.ofSeconds(20)))
          .singleElement()
          .returns("hello", record -> record.value());
    }
  }

  @Test
  void givesADatabaseThatNoOtherRoleEnters() throws SQLException {
    var mine = servers.newDatabase("mine");
    var other = servers.newDatabase("other");
    assertThat(mine.name()).isNotEqualTo(other.name());

    try (var connection =
            DriverManager.getConnection(mine.jdbcUrl(), mine.user(), mine.password());
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE letter (id int PRIMARY KEY)");
      assertThat(statement.executeUpdate("INSERT INTO letter VALUES (1)")).isEqualTo(1);
    }
    assertThatThrownBy(
            () -> DriverManager.getConnection(mine.jdbcUrl(), mine.user(), other.password()))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password authentication failed");
    assertThatThrownBy(
            () -> {
              try (var connection =
                      DriverManager.getConnection(mine.jdbcUrl(), other.user(), other.password());
                  var statement = connection.createStatement()) {
                statement.execute("SELECT * FROM letter");
              }
            })
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("permission denied");
  }

  @Test
  void validatesASignedZoneAndRefusesABogusOne() throws IOException {
    var good = servers.newDomain("good");
    var bad = servers.newDomain("bad");
    servers.dns().zone(good, ZoneSecurity.SIGNED);
    servers.dns().zone(bad, ZoneSecurity.BOGUS);
    servers
        .dns()
        .put("_keypost." + good + ". 30 IN TXT hello", "_keypost." + bad + ". 30 IN TXT hello");

    var secure = lookUp("_keypost." + good + ".");
    assertThat(secure.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(secure.getHeader().getFlag(Flags.AD)).isTrue();
    assertThat(lookUp("_keypost." + bad + ".").getRcode()).isEqualTo(Rcode.SERVFAIL);
  }

  private Message lookUp(String name) throws IOException {
    var resolver = new ValidatingResolver(new SimpleResolver(servers.dnsAddress()));
    resolver.loadTrustAnchors(
        new ByteArrayInputStream(Files.readAllBytes(servers.trustAnchorFile())));
    return resolver.send(
        Message.newQuery(Record.newRecord(Name.fromString(name), Type.TXT, DClass.IN)));
  }

  @Test
  void configuresAServiceAsAProviderFileDoes() {
    var resource = new KeypostTestResource();
    resource.init(Map.of("keypost.operator", "alpha.test"));
    var config = resource.start();
    var other = new KeypostTestResource();
    var otherConfig = other.start();

    assertThat(config)
        .containsEntry("keypost.operator", "alpha.test")
        .containsEntry("keypost.single-node", "true");
    for (var own :
        Set.of(
            "keypost.kafka.topic-prefix",
            "keypost.payloads.directory",
            "keypost.delivery.database.url")) {
      assertThat(config.get(own)).isNotEqualTo(otherConfig.get(own));
    }
    assertThat(Path.of(config.get("keypost.key-encryption-key-file"))).exists();
    resource.stop();
    other.stop();
    assertThat(Path.of(config.get("keypost.key-encryption-key-file"))).doesNotExist();
  }
}
