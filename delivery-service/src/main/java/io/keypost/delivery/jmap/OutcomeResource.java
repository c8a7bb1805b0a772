package io.keypost.delivery.jmap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.delivery.custody.SentPage;
import io.keypost.delivery.store.Database;
import io.keypost.delivery.store.SubmissionStore;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.InstantSource;

/** What became of the mail that a user sent. */
@Path("/v1/outcomes")
@RunOnVirtualThread
public class OutcomeResource {
  private static final int MAX_LIMIT = 500;

  private final CurrentUser user;
  private final Database database;
  private final SubmissionStore submissions;
  private final InstantSource clock;

  OutcomeResource(
      CurrentUser user, Database database, SubmissionStore submissions, InstantSource clock) {
    this.user = user;
    this.database = database;
    this.submissions = submissions;
    this.clock = clock;
  }

  /**
   * A page of the user's sent mail, oldest first; shorter than {@code limit} when its lines are
   * long.
   *
   * @param after {@code next} of the page before
   * @param limit lines, 1 to {@value #MAX_LIMIT}
   */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  @ForUser
  public ObjectNode list(
      @QueryParam("after") @DefaultValue("0") String after,
      @QueryParam("limit") @DefaultValue("100") String limit) {
    long position = number("after", after, Long.MAX_VALUE);
    int lines = (int) Math.max(1, number("limit", limit, MAX_LIMIT));
    SentPage page = submissions.list(database, user.address(), position, lines);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode outcomes = json.putArray("outcomes");
    page.lines().forEach(sent -> outcomes.add(SentView.of(sent, clock.instant())));
    page.next().ifPresent(next -> json.put("next", Long.toString(next)));
    return json;
  }

  private static long number(String name, String text, long max) {
    if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) > max) {
      throw RefusedException.of(RefusalCode.MALFORMED_REQUEST, name + " is a number in its bounds");
    }
    return Long.parseLong(text);
  }
}
