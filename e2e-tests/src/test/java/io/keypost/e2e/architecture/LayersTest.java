package io.keypost.e2e.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may use whom. */
class LayersTest {
  @ParameterizedTest(name = "{0} uses only the modules that it may")
  @EnumSource
  void everyModuleUsesOnlyTheModulesThatItMay(Module module) {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(module.forbiddenPackages())
        .because(
            "services meet only in Kafka, HTTP and the payload store, so that each is deployed,"
                + " scaled and replaced alone; a library knows nothing of who uses it")
        .check(module.classes());
  }

  @ParameterizedTest(name = "{0} stands in its own package")
  @EnumSource
  void everyClassStandsInItsModulesPackage(Module module) {
    assertThat(module.classes()).isNotEmpty();
    classes()
        .should()
        .resideInAPackage(module.packageName() + "..")
        .because("the rules here, and a reader, tell a class's module by its package")
        .check(module.classes());
  }

  @Test
  void theProtocolKnowsNoFramework() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.quarkus..",
            "io.vertx..",
            "io.netty..",
            "io.smallrye..",
            "org.apache.kafka..",
            "org.hibernate..",
            "jakarta..",
            "org.eclipse.microprofile..")
        .because("others build on the protocol without our stack, and it is fuzzed alone")
        .check(Module.PROTOCOL.classes());
  }

  @Test
  void theProtocolDoesNoIo() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..", "java.sql..")
        .because("every decision about octets can then be tested and simulated without a machine")
        .check(Module.PROTOCOL.classes());
  }

  @ParameterizedTest(name = "the packages of {0} form no cycle")
  @EnumSource
  void thePackagesOfAModuleFormNoCycle(Module module) {
    slices()
        .assignedFrom(new ByPackage())
        .should()
        .beFreeOfCycles()
        .because("a package that needs its user cannot be read, tested or moved alone")
        .check(module.classes());
  }

  @ParameterizedTest(name = "{0} does not use generated Protobuf classes of other modules")
  @EnumSource
  void generatedClassesStayInTheModuleThatChecksThem(Module module) {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.keypost.protocol..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.keypost.protocol..wire..")
        .because("generated classes allow what strict decoding refuses")
        .allowEmptyShould(true)
        .check(module.classes());
    noClasses()
        .that()
        .resideOutsideOfPackage("io.keypost.events..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.keypost.events.wire..")
        .because("an event exists only after its codec checked it")
        .allowEmptyShould(true)
        .check(module.classes());
  }

  /** One slice for each package, the generated ones apart from it. */
  private static final class ByPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
      String name = javaClass.getPackageName();
      return name.startsWith("io.keypost.") ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }
}
