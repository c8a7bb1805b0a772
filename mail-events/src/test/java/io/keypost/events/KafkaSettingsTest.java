package io.keypost.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {

  @Test
  void producesWithAllCopiesAndWithoutDuplicates() {
    assertThat(new KafkaSettings("broker:9092", Map.of()).forProducer())
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true);
  }

  @Test
  void consumesWithoutCommittingByItself() {
    assertThat(new KafkaSettings("broker:9092", Map.of()).forConsumer("alpha.test-verifier"))
        .containsEntry("enable.auto.commit", false)
        .containsEntry("allow.auto.create.topics", false)
        .containsEntry("group.id", "alpha.test-verifier");
  }

  @Test
  void passesTlsAndScramThrough() {
    Map<String, String> client =
        Map.of(
            "security.protocol", "SASL_SSL",
            "sasl.mechanism", "SCRAM-SHA-512",
            "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"v\""
                    + " password=\"p\";");
    assertThat(new KafkaSettings("broker:9092", client).forAdmin()).containsAllEntriesOf(client);
  }

  /** T43. */
  @Test
  void refusesLoginModulesOtherThanScramAndPlain() {
    for (String jaas :
        new String[] {
          "com.sun.security.auth.module.JndiLoginModule required"
              + " user.provider.url=\"ldap://evil.test\";",
          "org.apache.kafka.common.security.plain.PlainLoginModule required;"
              + " com.sun.security.auth.module.LdapLoginModule required;",
          "org.apache.kafka.common.security.plain.PlainLoginModule required"
        }) {
      assertThatThrownBy(() -> new KafkaSettings("broker:9092", Map.of("sasl.jaas.config", jaas)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one login module");
    }
  }

  /** T43. */
  @Test
  void refusesSettingsThatLoadClassesOrFetchFromElsewhere() {
    for (String name :
        new String[] {
          "interceptor.classes",
          "metric.reporters",
          "sasl.oauthbearer.token.endpoint.url",
          "sasl.oauthbearer.jwks.endpoint.url",
          "sasl.login.callback.handler.class",
          "security.providers",
          "acks",
          "enable.idempotence"
        }) {
      assertThatThrownBy(() -> new KafkaSettings("broker:9092", Map.of(name, "x")))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(name);
    }
  }
}
