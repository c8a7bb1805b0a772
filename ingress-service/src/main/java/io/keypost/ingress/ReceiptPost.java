package io.keypost.ingress;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keypost.protocol.Bytes;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of {@code POST /v1/receipts}: {@code {"chain":["…","…"],"receipts":["…"]}}, nothing
 * else.
 *
 * @param chain the signer's certificates, leaf first, DER in base64url, 1 to {@value #MAX_CHAIN}
 * @param receipts {@code kp-receipt} JWS, 1 to {@value #MAX_RECEIPTS}
 */
public record ReceiptPost(List<Bytes> chain, List<String> receipts) {
  /** Most certificates. */
  public static final int MAX_CHAIN = CertificateCodec.MAX_CHAIN;

  /** Most receipts in one request. */
  public static final int MAX_RECEIPTS = 100;

  /** Largest body in octets: a receipt takes less than 2 KiB, a certificate less than 4. */
  public static final int MAX_OCTETS = 512 * 1024;

  private static final int MAX_RECEIPT_CHARACTERS = 8 * 1024;

  private static final ObjectMapper STRICT =
      JsonMapper.builder(
              new JsonFactoryBuilder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(3).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Checks the bounds. */
  public ReceiptPost {
    chain = List.copyOf(chain);
    receipts = List.copyOf(receipts);
    if (chain.isEmpty() || chain.size() > MAX_CHAIN) {
      throw refused("chain: 1 to " + MAX_CHAIN + " certificates");
    }
    if (receipts.isEmpty() || receipts.size() > MAX_RECEIPTS) {
      throw refused("receipts: 1 to " + MAX_RECEIPTS);
    }
    if (receipts.stream().anyMatch(receipt -> receipt.length() > MAX_RECEIPT_CHARACTERS)) {
      throw refused("receipts: one is longer than " + MAX_RECEIPT_CHARACTERS + " characters");
    }
  }

  /**
   * Reads a body.
   *
   * @throws RefusedException {@code malformed_request}
   */
  public static ReceiptPost decode(Bytes body) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(body.asByteBuffer()).toString();
      if (STRICT.readTree(text) instanceof ObjectNode object && object.size() == 2) {
        return new ReceiptPost(
            strings(object, "chain").stream().map(Bytes::parseBase64Url).toList(),
            strings(object, "receipts"));
      }
    } catch (CharacterCodingException | JacksonException e) {
      throw RefusedException.of(RefusalCode.MALFORMED_REQUEST, "not JSON in UTF-8", e);
    }
    throw refused("an object with chain and receipts");
  }

  private static List<String> strings(ObjectNode object, String name) {
    JsonNode array = object.path(name);
    List<String> strings = new ArrayList<>();
    if (array.isArray()) {
      array.forEach(element -> strings.add(text(name, element)));
      return strings;
    }
    throw refused(name + ": an array of strings");
  }

  private static String text(String name, JsonNode element) {
    if (!element.isTextual()) {
      throw refused(name + ": an array of strings");
    }
    return element.textValue();
  }

  private static RefusedException refused(String why) {
    return RefusedException.of(RefusalCode.MALFORMED_REQUEST, why);
  }
}
