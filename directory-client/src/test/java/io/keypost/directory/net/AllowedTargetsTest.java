package io.keypost.directory.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** KP-PIN-12, T12: what names of others may lead to. */
class AllowedTargetsTest {
  private final AllowedTargets usual = AllowedTargets.publicOnly();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.2.7",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::"
      })
  void neverLeadsToAnAddressThatIsNotPublic(String address) throws UnknownHostException {
    assertThat(usual.permits(InetAddress.getByName(address), 443)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9.9.9.9", "172.15.255.255", "172.32.0.0", "193.0.0.1", "2620:fe::fe", "2a00::1"})
  void leadsToAPublicAddressAtTheOnePort(String address) throws UnknownHostException {
    assertThat(usual.permits(InetAddress.getByName(address), 443)).isTrue();
    assertThat(usual.permits(InetAddress.getByName(address), 80)).isFalse();
    assertThat(usual.permits(InetAddress.getByName(address), 8443)).isFalse();
  }

  @Test
  void takesConfiguredNetworksAndPortsInThePlaceOfTheUsual() throws UnknownHostException {
    AllowedTargets targets =
        AllowedTargets.parse(Optional.of("127.0.0.0/8, fd12::/16"), Optional.of("443, 8000-8100"));

    assertThat(targets.permits(InetAddress.getByName("127.0.0.9"), 8000)).isTrue();
    assertThat(targets.permits(InetAddress.getByName("::ffff:127.0.0.9"), 8100)).isTrue();
    assertThat(targets.permits(InetAddress.getByName("fd12::1"), 443)).isTrue();
    assertThat(targets.permits(InetAddress.getByName("fd13::1"), 443)).isFalse();
    assertThat(targets.permits(InetAddress.getByName("127.0.0.9"), 8101)).isFalse();
    assertThat(targets.permits(InetAddress.getByName("9.9.9.9"), 443)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost/8", "example.net", "10.0.0.0/33", "10.0.0.0/-1", "", "1.2.3"})
  void refusesWhatIsNoNetworkWithoutLookingItUp(String networks) {
    assertThatThrownBy(() -> AllowedTargets.parse(Optional.of(networks), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "9-8", "x", "", "80-"})
  void refusesWhatIsNoPort(String ports) {
    assertThatThrownBy(() -> AllowedTargets.parse(Optional.empty(), Optional.of(ports)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
