/**
 * Mail for mailboxes of this provider: {@link io.keypost.delivery.mailbox.MailboxStage} brings each
 * batch of {@code mail.routed.mailbox} into the mailboxes and the outcome table with one commit.
 */
@NullMarked
package io.keypost.delivery.mailbox;

import org.jspecify.annotations.NullMarked;
