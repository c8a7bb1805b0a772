package io.keypost.keyserver.http;

import io.keypost.keyserver.Operator;
import io.keypost.keyserver.desk.Records;
import io.keypost.protocol.address.Address;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** What a user gets who changed something of his own. */
@Singleton
public class UserAnswers {
  private final Records records;
  private final Operator operator;

  @Inject
  UserAnswers(Records records, Operator operator) {
    this.records = records;
    this.operator = operator;
  }

  /** The address as it stands in the directory now. */
  public record UserAnswer(String address, String operator, String record) {}

  UserAnswer of(Address address) {
    return new UserAnswer(
        address.toString(),
        operator.domain().value(),
        Optional.ofNullable(records.addresses(address.domain(), List.of(address)).get(address))
            .orElseThrow()
            .jws());
  }
}
