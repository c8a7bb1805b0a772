/**
 * A user's secrets at rest and on their way between the user's own devices (docs/protocol.md, "User
 * keys"): the keyring under its recovery code, what one device keeps under its passphrase, what the
 * primary key certifies of a device, and how a new encryption secret reaches the others.
 *
 * <pre>
 *  sealed secrets: 28 octets of header, authenticated with the address, then the ciphertext
 *
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------+---------------+---------------+---------------+
 *  |  'K'  0x4b    |  'P'  0x50    |  'R' or 'D'   |  format  1    |
 *  +---------------+---------------+---------------+---------------+
 *  |  version, uint64, most significant octet first                |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |  salt, 16 random octets                                       |
 *  |                              ...                              |
 *  +---------------------------------------------------------------+
 *  |  ciphertext, as long as what was sealed                       |
 *  |                              ...                              |
 *  +---------------------------------------------------------------+
 *  |  tag, 16 octets                                               |
 *  |                              ...                              |
 *  +---------------------------------------------------------------+
 *
 *  R  keyring under a recovery code     keypost.v1.Keyring
 *  D  device under a passphrase         keypost.v1.DeviceSecrets
 * </pre>
 */
@NullMarked
package io.keypost.protocol.keyring;

import org.jspecify.annotations.NullMarked;
