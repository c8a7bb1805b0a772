package io.keypost.protocol.pin;

import io.keypost.protocol.Digest;
import io.keypost.protocol.address.MailDomain;
import io.keypost.protocol.refusal.RefusedException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The text of {@code _keypost.<domain>} (KP-PIN-1):
 *
 * <pre>
 * v=keypost1; gen=7; root=…; ks=ks1.example.net,ks2.example.net:8443; op=example.net; max=2592000
 * </pre>
 *
 * <p>{@code gen} and {@code max} are hints here: they bind only as a verified root statement states
 * them.
 *
 * @param domain the domain that the pin is of
 * @param gen generation of the root statement that it goes with, 1 to 2^53 - 1
 * @param root SHA-256 of the root certificate's SubjectPublicKeyInfo
 * @param keyServers where the domain's key servers listen: 1 to {@value #MAX_KEY_SERVERS}, each
 *     once
 * @param operator the domain under whose root the key servers stand; {@code domain} if not named
 * @param max how long the pin is remembered: 1 s to {@link #LONGEST_MEMORY}, whole seconds
 */
public record Pin(
    MailDomain domain,
    long gen,
    Digest root,
    List<KeyServerName> keyServers,
    MailDomain operator,
    Duration max) {
  /** The label under which the record stands. */
  public static final String LABEL = "_keypost";

  /** The first tag's value: this version of the pin. */
  public static final String VERSION = "keypost1";

  /** Most key servers that a pin names. */
  public static final int MAX_KEY_SERVERS = 8;

  /** Longest text that is looked at, in octets. */
  public static final int MAX_OCTETS = 2048;

  /** Longest time that a pin is remembered. */
  public static final Duration LONGEST_MEMORY = Duration.ofDays(30);

  /** Largest gen or seq: every JSON parser reads it exactly (RFC 8259 section 6). */
  public static final long MAX_GEN = (1L << 53) - 1;

  /** Checks every bound. */
  public Pin {
    keyServers = List.copyOf(keyServers);
    if (gen < 1 || gen > MAX_GEN) {
      throw TagList.refused("gen: 1 or more");
    }
    if (keyServers.isEmpty() || keyServers.size() > MAX_KEY_SERVERS) {
      throw TagList.refused("ks: 1 to " + MAX_KEY_SERVERS + " key servers");
    }
    if (new HashSet<>(keyServers).size() != keyServers.size()) {
      throw TagList.refused("ks: a key server stands twice");
    }
    if (max.compareTo(Duration.ofSeconds(1)) < 0
        || max.compareTo(LONGEST_MEMORY) > 0
        || max.getNano() != 0) {
      throw TagList.refused("max: 1 to " + LONGEST_MEMORY.toSeconds() + " seconds");
    }
  }

  /**
   * Whether {@code text} claims to be a pin of any version: TXT records of other kinds may stand
   * under the same name and are passed over.
   */
  public static boolean claimsToBePin(String text) {
    return text.stripLeading().matches("(?s)v[ \\t]*=[ \\t]*keypost[0-9]*[ \\t]*(;.*)?");
  }

  /**
   * Reads the text of one TXT record, its strings joined without anything between (RFC 6376 section
   * 3.6.2.2). Unknown tags are ignored, as there.
   *
   * @param domain the domain at whose {@code _keypost} label the text stands
   * @throws RefusedException {@code pin_malformed} when it is no pin of this version
   */
  public static Pin parse(String text, MailDomain domain) {
    if (text.length() > MAX_OCTETS) {
      throw TagList.refused("longer than " + MAX_OCTETS + " octets");
    }
    Map<String, String> tags = TagList.parse(text);
    if (!tags.keySet().iterator().next().equals("v") || !VERSION.equals(tags.get("v"))) {
      throw TagList.refused("does not begin with v=" + VERSION);
    }
    String op = tags.get("op");
    return new Pin(
        domain,
        TagList.parseNumber("gen", required(tags, "gen"), MAX_GEN),
        parseRoot(required(tags, "root")),
        parseKeyServers(required(tags, "ks")),
        op == null ? domain : parseOperator(op),
        Duration.ofSeconds(
            TagList.parseNumber("max", required(tags, "max"), LONGEST_MEMORY.toSeconds())));
  }

  /** The text for the TXT record; {@code op} is left out where it is the domain itself. */
  public String toTxt() {
    String ks = keyServers.stream().map(KeyServerName::toString).collect(Collectors.joining(","));
    String op = operator.equals(domain) ? "" : "; op=" + operator.value();
    return "v=%s; gen=%d; root=%s; ks=%s%s; max=%d"
        .formatted(VERSION, gen, root.base64Url(), ks, op, max.toSeconds());
  }

  private static String required(Map<String, String> tags, String name) {
    @Nullable String value = tags.get(name);
    if (value == null) {
      throw TagList.refused(name + ": missing");
    }
    return value;
  }

  private static Digest parseRoot(String value) {
    try {
      return Digest.parseBase64Url(value);
    } catch (RefusedException e) {
      throw TagList.refused("root: not a SHA-256 digest in base64url");
    }
  }

  private static MailDomain parseOperator(String value) {
    try {
      return MailDomain.parseCanonical(value);
    } catch (RefusedException e) {
      throw TagList.refused("op: not a domain name in canonical form");
    }
  }

  private static List<KeyServerName> parseKeyServers(String value) {
    String[] names = value.split(",", -1);
    if (names.length > MAX_KEY_SERVERS) {
      throw TagList.refused("ks: more than " + MAX_KEY_SERVERS + " key servers");
    }
    return Arrays.stream(names).map(name -> KeyServerName.parse(name.strip())).toList();
  }
}
