package io.keypost.events.stage;

/**
 * Is told what became of each event, once its consequences are written: for metrics and logs. Must
 * not block.
 */
@FunctionalInterface
public interface StageListener {

  /** The event with these headers was settled so. */
  void settled(EventHeaders headers, StageDecision decision);
}
