package io.keypost.protocol.record;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.certificate.CertificateCodec;
import io.keypost.protocol.refusal.RefusalCode;
import io.keypost.protocol.refusal.RefusedException;
import java.util.List;
import java.util.function.Function;

/**
 * The body of {@code POST /v1/receipts} (KP-RCP-5): receipts of one signer, and its chain. Nothing
 * in it is verified yet; whoever takes it answers a status for each receipt, in order.
 *
 * @param chain the signer's certificates, leaf first, DER, 1 to {@value CertificateCodec#MAX_CHAIN}
 *     of at most {@value CertificateCodec#MAX_CERTIFICATE_OCTETS} octets
 * @param receipts {@code kp-receipt} JWS, 1 to {@value #MAX_RECEIPTS} of at most 8 KiB
 */
public record ReceiptPost(List<Bytes> chain, List<String> receipts) {
  /** Media type of the body. */
  public static final String MEDIA_TYPE = "application/json";

  /** Most receipts in one request. */
  public static final int MAX_RECEIPTS = 100;

  /** Largest body in octets: with its names and signature a receipt takes less than 4 KiB. */
  public static final int MAX_OCTETS = 512 * 1024;

  private static final String CHAIN = "chain";
  private static final String RECEIPTS = "receipts";

  /**
   * Checks the bounds.
   *
   * @throws RefusedException {@code malformed_request}
   */
  public ReceiptPost {
    chain = List.copyOf(chain);
    receipts = List.copyOf(receipts);
    require(
        isBetweenOneAnd(CertificateCodec.MAX_CHAIN, chain)
            && chain.stream().allMatch(ReceiptPost::mayBeCertificate),
        "chain: 1 to " + CertificateCodec.MAX_CHAIN + " certificates");
    require(
        isBetweenOneAnd(MAX_RECEIPTS, receipts)
            && receipts.stream().allMatch(ReceiptPost::mayBeReceipt),
        "receipts: 1 to " + MAX_RECEIPTS + " in their compact form");
  }

  /**
   * Reads a body: exactly these two members, strings only, base64url in its one form.
   *
   * @throws RefusedException {@code malformed_request} for anything else
   */
  public static ReceiptPost decode(Bytes body) {
    require(body.size() <= MAX_OCTETS, "more than " + MAX_OCTETS + " octets");
    try {
      return JsonObject.parse(
          body,
          json ->
              new ReceiptPost(
                  json.list(CHAIN, CertificateCodec.MAX_CHAIN, Bytes::parseBase64Url),
                  json.list(RECEIPTS, MAX_RECEIPTS, Function.identity())));
    } catch (IllegalArgumentException e) {
      throw RefusedException.of(RefusalCode.MALFORMED_REQUEST, "receipts: " + e.getMessage(), e);
    } catch (RefusedException e) {
      throw e.code() == RefusalCode.MALFORMED_REQUEST
          ? e
          : RefusedException.of(RefusalCode.MALFORMED_REQUEST, e.refusal().detail(), e);
    }
  }

  /**
   * The body.
   *
   * @throws RefusedException {@code malformed_request} if it would be larger than {@link
   *     #MAX_OCTETS}
   */
  public Bytes encode() {
    Bytes body =
        JsonObject.print(
            json -> {
              JsonObject.putAll(json, CHAIN, chain, Bytes::base64Url);
              JsonObject.putAll(json, RECEIPTS, receipts, Function.identity());
            });
    require(body.size() <= MAX_OCTETS, "more than " + MAX_OCTETS + " octets");
    return body;
  }

  private static boolean isBetweenOneAnd(int most, List<?> elements) {
    return !elements.isEmpty() && elements.size() <= most;
  }

  private static boolean mayBeCertificate(Bytes der) {
    return !der.isEmpty() && der.size() <= CertificateCodec.MAX_CERTIFICATE_OCTETS;
  }

  private static boolean mayBeReceipt(String jws) {
    return !jws.isEmpty()
        && jws.length() <= RecordKind.RECEIPT.maxCharacters()
        && jws.chars().allMatch(ReceiptPost::isOfJws);
  }

  /** Whether the compact form of a JWS has such a character (RFC 7515 section 7.1). */
  private static boolean isOfJws(int c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '.';
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw RefusedException.of(RefusalCode.MALFORMED_REQUEST, what);
    }
  }
}
