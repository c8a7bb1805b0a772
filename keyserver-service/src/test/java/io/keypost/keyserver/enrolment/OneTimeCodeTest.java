package io.keypost.keyserver.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OneTimeCodeTest {
  @Test
  void isNeverTakenForAnOptionOfTheCommandThatItIsGivenTo() {
    SecureRandom random = new SecureRandom();
    assertThat(Stream.generate(() -> OneTimeCode.generate(random).text()).limit(2000))
        .allSatisfy(code -> assertThat(code).matches("[A-Za-z0-9_][A-Za-z0-9_-]{26}"))
        .doesNotHaveDuplicates();
  }
}
