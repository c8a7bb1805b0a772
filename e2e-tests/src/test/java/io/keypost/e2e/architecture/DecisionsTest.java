package io.keypost.e2e.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Within a service, decisions are plain classes: functions of their input, the records looked up
 * and the time. Adapters call them, never the other way round.
 *
 * <p>A class counts as wiring when it stands in an adapter package, when CDI makes it (it has a
 * scope, or is a mapping of the configuration), or when it is a {@code …Stage}, the one class that
 * knows the order of things. All other classes of a service are decisions and the values they speak
 * of.
 */
class DecisionsTest {
  /** Packages of a service that speak with the world outside of it. */
  private static final Set<String> ADAPTERS =
      Set.of("http", "kafka", "store", "config", "management", "tls");

  /** What speaks with files, sockets, databases and brokers. */
  private static final String[] IO = {
    "java.io.File..",
    "java.net.http..",
    "java.nio.channels..",
    "java.nio.file..",
    "java.sql..",
    "io.vertx..",
    "io.netty..",
    "org.apache.kafka..",
    "org.hibernate..",
    "jakarta.persistence..",
    "jakarta.ws.rs..",
    "org.eclipse.microprofile.reactive.messaging..",
    "io.smallrye.reactive.messaging..",
    "io.quarkus..",
  };

  private static final Set<String> MADE_BY_CDI =
      Set.of(
          "jakarta.enterprise.context.ApplicationScoped",
          "jakarta.enterprise.context.Dependent",
          "jakarta.inject.Singleton",
          "io.smallrye.config.ConfigMapping",
          "io.quarkus.runtime.annotations.QuarkusMain",
          "jakarta.ws.rs.Path",
          "jakarta.ws.rs.ext.Provider");

  static Stream<Module> services() {
    return EnumSet.copyOf(Module.SERVICES).stream();
  }

  @ParameterizedTest(name = "decisions of {0} do no input or output")
  @MethodSource("services")
  void decisionsDoNoInputOrOutput(Module service) {
    noClasses()
        .that(decide())
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(IO)
        .because("a decision is tested without a container, and can be simulated")
        .check(service.classes());
  }

  @ParameterizedTest(name = "decisions of {0} do not know the adapters that call them")
  @MethodSource("services")
  void decisionsDoNotKnowTheirAdapters(Module service) {
    noClasses()
        .that(decide())
        .should()
        .dependOnClassesThat(areAdaptersOf(service))
        .because("adapters call decisions, never the other way round")
        .check(service.classes());
  }

  @ParameterizedTest(name = "{0} leaves cryptography to the protocol")
  @EnumSource(
      value = Module.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"PROTOCOL"})
  void onlyTheProtocolUsesBouncyCastle(Module module) {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bouncycastle..")
        .because("what is signed, sealed or checked is decided in one module, with one test each")
        .allowEmptyShould(true)
        .check(module.classes());
  }

  @ParameterizedTest(name = "{0} shows no mutable fields")
  @EnumSource
  void fieldsThatOthersSeeDoNotChange(Module module) {
    classes()
        .that(describe("are no rows of Panache", c -> !isRow(c)))
        .should(FieldsThatOthersSee.beFinal())
        .because("a value that somebody else can change was never checked")
        .check(module.classes());
  }

  private static DescribedPredicate<JavaClass> decide() {
    return describe(
        "decide",
        javaClass ->
            !isAdapter(javaClass)
                && !isMadeByCdi(outermost(javaClass))
                && !outermost(javaClass).getSimpleName().endsWith("Stage"));
  }

  private static DescribedPredicate<JavaClass> areAdaptersOf(Module service) {
    return describe(
        "are adapters of " + service,
        javaClass ->
            javaClass.getPackageName().startsWith(service.packageName()) && isAdapter(javaClass));
  }

  private static boolean isAdapter(JavaClass javaClass) {
    return Arrays.stream(javaClass.getPackageName().split("\\.")).anyMatch(ADAPTERS::contains);
  }

  private static boolean isMadeByCdi(JavaClass javaClass) {
    return javaClass.getAnnotations().stream()
        .map(JavaAnnotation::getRawType)
        .map(JavaClass::getName)
        .anyMatch(MADE_BY_CDI::contains);
  }

  private static boolean isRow(JavaClass javaClass) {
    return javaClass.isAnnotatedWith("jakarta.persistence.Entity")
        || javaClass.isAnnotatedWith("jakarta.persistence.Embeddable")
        || outermost(javaClass).isAnnotatedWith("jakarta.persistence.Entity");
  }

  private static JavaClass outermost(JavaClass javaClass) {
    return javaClass.getEnclosingClass().map(DecisionsTest::outermost).orElse(javaClass);
  }
}
