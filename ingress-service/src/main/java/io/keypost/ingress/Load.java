package io.keypost.ingress;

/** How busy a front door is, in the one number that its key server and senders get (KP-KSV-20). */
public final class Load {
  private static final int MOST = 100;

  private Load() {}

  /**
   * Whatever runs out first decides.
   *
   * @param requests requests in progress as a share of those that may be, 0 to 1
   * @param processors share of the machine's processors in use, 0 to 1; negative or not a number
   *     when the platform does not say
   * @return percent, 0 to 100
   */
  public static int percent(double requests, double processors) {
    double known = Double.isNaN(processors) ? 0 : Math.max(0, processors);
    return (int) Math.round(MOST * Math.min(1, Math.max(Math.max(0, requests), known)));
  }
}
