/**
 * The message on the wire (docs/protocol.md, "The message", KP-ENV, KP-FRM, KP-PAY, KP-TRF).
 *
 * <pre>
 *  frame                                                              next frame
 * +--------+----------------------------------------+----------------+--------
 * | varint | Head { version, signed[1..100] }        | payload        |
 * | length | length octets, at most 256 KiB          | payload_size   |
 * +--------+----------------------------------------+----------------+--------
 *            signed = { envelope, signature }          OpenPGP: PKESK v6 (1..100), SEIPD v2
 * </pre>
 *
 * <p>{@link io.keypost.protocol.message.HeadReader} reads what precedes the payload, {@link
 * io.keypost.protocol.message.PayloadInspector} looks at the payload as it streams by, {@link
 * io.keypost.protocol.message.Frames} writes. The generated classes in {@code wire} stay inside
 * this package: they allow what the protocol forbids.
 */
@NullMarked
package io.keypost.protocol.message;

import org.jspecify.annotations.NullMarked;
