package io.keypost.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.keypost.stack.servers.FreePorts;
import io.keypost.stack.servers.ServersState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderFileTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir private Path directory;

  private ServersState servers() {
    return new ServersState(
        1,
        "127.0.0.1:9092",
        5432,
        "secret",
        new InetSocketAddress("127.0.0.1", 5353),
        directory.resolve("trust \"anchor\".ds"),
        URI.create("http://127.0.0.1:1"),
        "token");
  }

  private JsonNode written(Plan plan, String operator) throws IOException {
    var layout = new ProviderLayout(operator, directory.resolve(operator));
    var file = ProviderFile.write(layout, plan, servers(), RANDOM);
    assertThat(Files.getPosixFilePermissions(file)).hasToString("[OWNER_READ, OWNER_WRITE]");
    return new YAMLMapper().readTree(file.toFile()).path("keypost");
  }

  @Test
  void tellsEachServiceItsPlace() throws IOException {
    var plan = Plan.loadOrMake(directory, List.of("alpha.test"), RANDOM);

    var file = written(plan, "alpha.test");

    assertThat(file.path("operator").asText()).isEqualTo("alpha.test");
    assertThat(file.path("dns").path("servers").asText()).isEqualTo("127.0.0.1:5353");
    assertThat(file.path("dns").path("trust-anchor-file").asText()).endsWith("trust \"anchor\".ds");
    assertThat(file.path("kafka").path("topic-prefix").asText()).isEqualTo("alpha.test.");
    assertThat(Path.of(file.path("key-encryption-key-file").asText())).exists();
    assertThat(Path.of(file.path("payloads").path("directory").asText())).isDirectory();
    assertThat(file.path("keyserver").path("database").path("url").asText())
        .startsWith("postgresql://127.0.0.1:5432/keyserver_alpha_test");
    assertThat(file.path("keyserver").path("submission-url").asText())
        .isEqualTo(
            "https://mx.alpha.test:"
                + plan.port("alpha.test", ServiceName.INGRESS)
                + "/v1/submissions");
    for (var service : ServiceName.values()) {
      var part = file.path(service.word());
      assertThat(part.path("management-port").asInt())
          .isEqualTo(plan.managementPort("alpha.test", service));
      assertThat(part.has("identity-directory")).isEqualTo(service.enrols());
      if (service.enrols()) {
        assertThat(Path.of(part.path("identity-directory").asText())).isDirectory();
      }
    }
    assertThat(file.path("delivery").path("host").asText()).isEqualTo("mail.alpha.test");
    assertThat(file.path("verifier").has("port")).isFalse();
  }

  @Test
  void comesUpAgainWithTheSamePortsAndKeys() throws IOException {
    var providers = List.of("alpha.test", "beta.test");
    var first = Plan.loadOrMake(directory, providers, RANDOM);
    var before = written(first, "beta.test");
    var key = Files.readString(Path.of(before.path("key-encryption-key-file").asText()));

    var again = Plan.loadOrMake(directory, providers, RANDOM);

    assertThat(written(again, "beta.test")).isEqualTo(before);
    assertThat(Files.readString(Path.of(before.path("key-encryption-key-file").asText())))
        .isEqualTo(key);
    assertThat(Plan.providersIn(directory)).isEqualTo(providers);
    assertThatThrownBy(() -> Plan.loadOrMake(directory, List.of("gamma.test"), RANDOM))
        .hasMessageContaining("holds a stack of alpha.test,beta.test");
  }

  @Test
  void takesThePortsThatItIsGivenOrSaysThatOneIsTaken() throws IOException {
    var providers = List.of("alpha.test");
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () ->
                  Plan.loadOrMake(
                      directory, providers, OptionalInt.of(taken.getLocalPort()), RANDOM))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("not all of these ports are free");
    }
    assertThatThrownBy(() -> Plan.loadOrMake(directory, providers, OptionalInt.of(65_530), RANDOM))
        .hasMessageContaining("out of range");
    assertThat(Plan.providersIn(directory)).isEmpty();

    int first = rowOfFreePorts(11);
    var plan = Plan.loadOrMake(directory, providers, OptionalInt.of(first), RANDOM);

    assertThat(ports(plan, providers))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(first, first + 11).boxed().toList());
    assertThatThrownBy(
            () -> Plan.loadOrMake(directory, providers, OptionalInt.of(first + 1), RANDOM))
        .hasMessageContaining("begin with " + first);
  }

  /** Where such a row begins now; another process may take one of them meanwhile. */
  private static int rowOfFreePorts(int count) {
    return IntStream.iterate(20_000, port -> port < 32_000, port -> port + count)
        .filter(port -> isFree(port, count))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int first, int count) {
    try {
      return FreePorts.inARow(first, count).size() == count;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  @Test
  void givesNoPortTwice() throws IOException {
    var providers = List.of("alpha.test", "beta.test", "gamma.test");
    var plan = Plan.loadOrMake(directory, providers, RANDOM);

    assertThat(ports(plan, providers)).hasSize(3 * 8 + 3);
  }

  private static Set<Integer> ports(Plan plan, List<String> providers) {
    var ports = new HashSet<Integer>();
    for (var provider : providers) {
      for (var service : ServiceName.values()) {
        ports.add(plan.managementPort(provider, service));
      }
      for (var service :
          List.of(ServiceName.KEYSERVER, ServiceName.INGRESS, ServiceName.DELIVERY)) {
        ports.add(plan.port(provider, service));
      }
    }
    ports.add(plan.serverPorts().kafka());
    ports.add(plan.serverPorts().postgres());
    ports.add(plan.serverPorts().dns());
    return ports;
  }
}
