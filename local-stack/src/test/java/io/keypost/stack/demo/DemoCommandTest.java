package io.keypost.stack.demo;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void takesAMessageWithAnEmptyBody() throws Exception {
    var message =
        file("From: a@alpha.test\r\nSubject: nothing\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

    assertThatCode(() -> DemoCommand.requireMessage(message)).doesNotThrowAnyException();
  }

  @Test
  void refusesBeforeItStartsWhatIsNoMessage() throws Exception {
    var noise = new byte[4096];
    new Random(1).nextBytes(noise);

    refused(file(noise), "no RFC 5322 message");
    refused(file(new byte[0]), "no RFC 5322 message");
    refused(
        file("Subject: from nobody\r\n\r\nHello.\r\n".getBytes(StandardCharsets.US_ASCII)),
        "no RFC 5322 message");
    refused(directory, "cannot read");
    refused(directory.resolve("nothing-here"), "cannot read");
  }

  private static void refused(Path message, String why) {
    assertThatThrownBy(() -> DemoCommand.requireMessage(message))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why);
  }

  private Path file(byte[] octets) throws IOException {
    return Files.write(Files.createTempFile(directory, "message", ".eml"), octets);
  }
}
