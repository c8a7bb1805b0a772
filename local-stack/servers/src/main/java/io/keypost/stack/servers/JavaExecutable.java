package io.keypost.stack.servers;

import java.nio.file.Path;

/** The Java that runs this process: its children run on the same. */
public final class JavaExecutable {

  private JavaExecutable() {}

  public static String path() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
