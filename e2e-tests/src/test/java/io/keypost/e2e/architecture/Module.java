package io.keypost.e2e.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The modules whose code is shipped, with what each may use of Keypost: the table of
 * docs/architecture.md as a failing test.
 */
enum Module {
  PROTOCOL("protocol", "protocol"),
  DIRECTORY("directory-client", "directory", PROTOCOL),
  PAYLOADS("payload-store", "payloads", PROTOCOL),
  EVENTS("mail-events", "events", PROTOCOL),
  FRAME("service-frame", "frame", PROTOCOL, DIRECTORY, EVENTS),
  KEYSERVER("keyserver-service", "keyserver", PROTOCOL, DIRECTORY, EVENTS),
  INGRESS("ingress-service", "ingress", PROTOCOL, DIRECTORY, PAYLOADS, EVENTS, FRAME),
  VERIFIER("verifier-service", "verifier", PROTOCOL, DIRECTORY, EVENTS, FRAME),
  ROUTER("router-service", "router", PROTOCOL, DIRECTORY, EVENTS, FRAME),
  DELIVERY("delivery-service", "delivery", PROTOCOL, DIRECTORY, PAYLOADS, EVENTS, FRAME),
  CLIENT("client", "client", PROTOCOL, DIRECTORY),
  STACK("local-stack", "stack", PROTOCOL, DIRECTORY, EVENTS, CLIENT);

  /** The five processes. */
  static final Set<Module> SERVICES = Set.of(KEYSERVER, INGRESS, VERIFIER, ROUTER, DELIVERY);

  private static final Map<Module, JavaClasses> IMPORTED = new ConcurrentHashMap<>();

  private final String folder;
  private final String packageName;
  private final List<Module> uses;

  Module(String folder, String packageName, Module... uses) {
    this.folder = folder;
    this.packageName = "io.keypost." + packageName;
    this.uses = List.of(uses);
  }

  String folder() {
    return folder;
  }

  String packageName() {
    return packageName;
  }

  /** The packages that this module's classes must not depend on. */
  String[] forbiddenPackages() {
    return Arrays.stream(values())
        .filter(other -> other != this && !uses.contains(other))
        .map(other -> other.packageName + "..")
        .toArray(String[]::new);
  }

  /** The compiled classes without those of tests; no dependency on the module is needed. */
  JavaClasses classes() {
    return IMPORTED.computeIfAbsent(
        this,
        module -> {
          Path classes =
              Path.of(System.getProperty("keypost.root"), module.folder, "target", "classes");
          if (!Files.isDirectory(classes)) {
            throw new IllegalStateException(module.folder + " is not built: " + classes);
          }
          return new ClassFileImporter().importPath(classes);
        });
  }

  @Override
  public String toString() {
    return folder;
  }
}
