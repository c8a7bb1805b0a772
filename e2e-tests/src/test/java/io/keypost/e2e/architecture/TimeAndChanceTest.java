package io.keypost.e2e.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Time and chance are passed in, so that a test can choose both. */
class TimeAndChanceTest {
  /** Classes that may ask the machine for the time: they hand it to all others. */
  private static final Set<String> MAY_READ_THE_CLOCK =
      Set.of(
          // Hands the clock to the beans of ingress, verifier, router and delivery.
          "io.keypost.frame.Clock",
          // Hands the clock to the beans of the key server, which has no Kafka and so no frame.
          "io.keypost.keyserver.Providers",
          // Entry points, which hand it to all that they start.
          "io.keypost.client.cli.KeypostCommand",
          "io.keypost.stack.LocalStack",
          "io.keypost.stack.demo.DemoCommand");

  private static final Set<Class<?>> CALENDARS =
      Set.of(
          Instant.class,
          LocalDate.class,
          LocalDateTime.class,
          OffsetDateTime.class,
          ZonedDateTime.class);

  @ParameterizedTest(name = "{0} reads no clock of its own")
  @EnumSource
  void onlyNamedClassesReadTheClock(Module module) {
    noClasses()
        .that(areNotNamed(MAY_READ_THE_CLOCK))
        .should()
        .callCodeUnitWhere(readsTheClock())
        .because("a decision that asks for the time cannot be tested at another time")
        .check(module.classes());
  }

  @ParameterizedTest(name = "{0} makes no random numbers of its own")
  @EnumSource
  void nothingMakesGuessableNumbers(Module module) {
    noClasses()
        .should()
        .callCodeUnitWhere(guessable())
        .because(
            "identifiers, salts and jitter come from a SecureRandom or a generator that is passed"
                + " in: what is guessable becomes an attack, what is hidden cannot be replayed")
        .check(module.classes());
  }

  private static DescribedPredicate<JavaClass> areNotNamed(Set<String> names) {
    return DescribedPredicate.describe(
        "are not named in this test", javaClass -> !names.contains(javaClass.getName()));
  }

  private static DescribedPredicate<JavaCall<?>> readsTheClock() {
    return DescribedPredicate.describe(
        "reads the machine's clock",
        call -> {
          JavaClass owner = call.getTargetOwner();
          String method = call.getName();
          boolean withoutArguments = call.getTarget().getRawParameterTypes().isEmpty();
          return (CALENDARS.stream().anyMatch(owner::isEquivalentTo)
                  && method.equals("now")
                  && withoutArguments)
              || (owner.isEquivalentTo(System.class) && method.equals("currentTimeMillis"))
              || (owner.isEquivalentTo(InstantSource.class) && method.equals("system"))
              || (owner.isEquivalentTo(Clock.class) && method.startsWith("system"))
              || (owner.isEquivalentTo(Date.class) && method.equals("<init>") && withoutArguments);
        });
  }

  private static DescribedPredicate<JavaCall<?>> guessable() {
    return DescribedPredicate.describe(
        "makes guessable numbers",
        call -> {
          JavaClass owner = call.getTargetOwner();
          return (owner.isEquivalentTo(Random.class) && call.getName().equals("<init>"))
              || owner.isEquivalentTo(ThreadLocalRandom.class)
              || (owner.isEquivalentTo(Math.class) && call.getName().equals("random"));
        });
  }
}
