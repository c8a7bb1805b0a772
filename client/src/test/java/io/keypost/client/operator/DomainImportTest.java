package io.keypost.client.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The file of domains that a provider takes in. */
class DomainImportTest {
  @Test
  void readsOneDomainALineAndPassesRemarksOver() {
    assertThat(
            DomainImport.parse(
                List.of(
                    "# customers", "", "Alpha.Test  # the first", "  bücher.test", "beta.test")))
        .containsExactly(
            MailDomain.parse("alpha.test"),
            MailDomain.parse("xn--bcher-kva.test"),
            MailDomain.parse("beta.test"));
  }

  @Test
  void saysInWhichLineSomethingIsWrongBeforeAnythingIsDone() {
    assertWrong("line 2", List.of("alpha.test", "not a domain"));
    assertWrong("line 3", List.of("alpha.test", "", "ALPHA.test"));
  }

  private static void assertWrong(String line, List<String> lines) {
    assertThatThrownBy(() -> DomainImport.parse(lines))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> {
              assertThat(e.code()).isEqualTo(RefusalCode.MALFORMED_ADDRESS);
              assertThat(e.refusal().detail()).contains(line);
            });
  }
}
