package io.keypost.client.cli;

import io.keypost.client.KeypostClient;
import io.keypost.client.OutcomeView;
import io.keypost.client.ReceiptProof;
import io.keypost.client.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "outcomes",
    mixinStandardHelpOptions = true,
    description = "Shows what became of what you sent, and which receipts prove it.")
final class OutcomesCommand implements Callable<Integer> {
  private final Environment environment;
  @Mixin private HomeOptions options = new HomeOptions();

  @Option(names = "--json", description = "For programs.")
  private boolean json;

  OutcomesCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    try (KeypostClient client = options.open(environment)) {
      List<OutcomeView> outcomes = client.outcomes();
      if (json) {
        environment.say(Json.write(outcomes.stream().map(OutcomesCommand::asMap).toList()));
      } else {
        outcomes.forEach(outcome -> environment.say(inWords(outcome)));
        if (outcomes.isEmpty()) {
          environment.say("Nothing was sent from here.");
        }
      }
    }
    return KeypostCommand.DONE;
  }

  private static String inWords(OutcomeView outcome) {
    return outcome.messageId()
        + "  "
        + outcome.recipient().shown()
        + (outcome.recipient().equals(outcome.addressedAs())
            ? ""
            : " (written to " + outcome.addressedAs().shown() + ")")
        + "  "
        + word(outcome.state())
        + outcome.code().map(code -> "(" + code + ")").orElse("")
        + ", "
        + proofInWords(outcome.receipt())
        + outcome.detail().map(detail -> ": " + MessageView.printable(detail)).orElse("");
  }

  private static String proofInWords(ReceiptProof proof) {
    return switch (proof) {
      case ReceiptProof.None none -> "no receipt yet";
      case ReceiptProof.Verified verified ->
          "signed by " + verified.operator() + " at " + verified.decidedAt();
      case ReceiptProof.Invalid invalid ->
          "its receipt proves nothing ("
              + invalid.code()
              + ": "
              + MessageView.printable(invalid.detail())
              + ")";
    };
  }

  private static String word(OutcomeView.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> asMap(OutcomeView outcome) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("message_id", outcome.messageId().base64Url());
    map.put("recipient", outcome.recipient().toString());
    map.put("addressed_as", outcome.addressedAs().toString());
    map.put("state", word(outcome.state()));
    outcome.code().ifPresent(code -> map.put("code", code));
    outcome.decidedAt().ifPresent(time -> map.put("decided_at", time.toString()));
    if (outcome.receipt() instanceof ReceiptProof.Verified verified) {
      map.put("receipt_signed_by", verified.operator().value());
    }
    return map;
  }
}
