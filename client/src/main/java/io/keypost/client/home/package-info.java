/**
 * The home directory of one address, {@code ~/.keypost} unless said otherwise. Directories have
 * mode 0700 and files 0600; each file is written beside its place and moved there whole.
 *
 * <pre>
 *  device.key        the device's secrets (never the primary key), under Argon2id of the passphrase, AES-256 in OCB mode
 *  login.pem         the device's login key, PKCS#8 under the same passphrase
 *  account.json      address, operator
 *  contacts.json     what was last seen of each correspondent: newest key statement, primary key, where an alias points
 *  pins.json         the root of each domain that was seen
 *  settings.json     DNS server, trust anchor and allowed networks, when they are not the usual ones
 *  sent/ID/          one directory for each message sent to one recipient: copy.json (what was sent to whom), copy.pgp,
 *                    copy.envelope and copy.signature (the message, sealed to the user's own key, until its outcome is known)
 *  pending/WHAT/     one for each message that has no status yet: head and payload.pgp, exactly what is handed in
 *  inbox/ID/         one for each message fetched: mail.json, payload.pgp, envelope and signature as the sender made them
 * </pre>
 */
@NullMarked
package io.keypost.client.home;

import org.jspecify.annotations.NullMarked;
