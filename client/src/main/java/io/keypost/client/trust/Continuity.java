package io.keypost.client.trust;

/** How what an address shows relates to what is remembered of it. */
public sealed interface Continuity {
  /** What to remember from now on. */
  Remembered seen();

  /** Nothing was remembered: the domain's signed records are all there is. */
  record FirstSight(Remembered seen) implements Continuity {}

  /** The same key and pointer. */
  record Unchanged(Remembered seen) implements Continuity {}

  /** Another key or pointer, by statements that the remembered key began. */
  record ChangedBySignature(Remembered seen, String what) implements Continuity {}

  /** Another key or pointer that the remembered key did not sign: warn, ask, never use silently. */
  record ChangedUnsigned(Remembered seen, String what) implements Continuity {}
}
