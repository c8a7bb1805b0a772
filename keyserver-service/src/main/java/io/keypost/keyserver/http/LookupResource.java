package io.keypost.keyserver.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.keypost.keyserver.desk.LookupDesk;
import io.keypost.keyserver.desk.LookupDesk.Answers;
import io.keypost.keyserver.limit.Limits;
import io.keypost.protocol.address.Address;
import io.keypost.protocol.address.MailDomain;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Look-ups of addresses, for operators and for users of this provider. */
@Path("/v1/lookups")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@ApplicationScoped
public class LookupResource {
  private final LookupDesk lookups;
  private final CurrentCaller caller;
  private final Limits limits;

  @Inject
  LookupResource(LookupDesk lookups, CurrentCaller caller, Limits limits) {
    this.lookups = lookups;
    this.caller = caller;
    this.limits = limits;
  }

  /** Addresses in canonical form or as people write them. */
  public record LookupRequest(
      @NotNull @Size(min = 1, max = LookupDesk.MAX_ADDRESSES) List<@NotNull @Size(max = 320) String> addresses) {}

  /** One address: its record, or why there is none. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Entry(String address, @Nullable String record, @Nullable Problem problem) {}

  /**
   * Records of the addresses, of their domains, of the operators of their mailboxes, and what those
   * have revoked.
   */
  public record LookupAnswer(
      List<Entry> answers,
      Map<String, String> domains,
      Map<String, String> servers,
      Map<String, String> revocations) {}

  /** Looks addresses up. */
  @POST
  @Permit({Permit.Kind.OPERATOR, Permit.Kind.USER})
  public LookupAnswer lookUp(@NotNull @Valid LookupRequest request) {
    limits.charge(caller.get().limitKey(), Limits.ADDRESS_COST * request.addresses().size());
    List<Address> asked = request.addresses().stream().map(Address::parse).distinct().toList();
    Answers answers =
        switch (caller.get()) {
          case Caller.User user -> lookups.forUser(asked);
          case Caller.Operator operator -> lookups.forOperator(asked);
          case Caller.OwnServer _, Caller.Stranger _ ->
              throw new IllegalStateException("only operators and users look addresses up");
        };
    return new LookupAnswer(
        answers.addresses().entrySet().stream()
            .map(entry -> entry(entry.getKey(), entry.getValue()))
            .toList(),
        byName(answers.domains()),
        byName(answers.servers()),
        byName(answers.revocations()));
  }

  private static Entry entry(Address address, LookupDesk.Answer answer) {
    return switch (answer) {
      case LookupDesk.Answer.Found found -> new Entry(address.toString(), found.jws(), null);
      case LookupDesk.Answer.Failed failed ->
          new Entry(address.toString(), null, Problem.of(failed.refusal()));
    };
  }

  private static Map<String, String> byName(Map<MailDomain, String> records) {
    Map<String, String> named = new LinkedHashMap<>();
    records.forEach((domain, jws) -> named.put(domain.value(), jws));
    return named;
  }
}
