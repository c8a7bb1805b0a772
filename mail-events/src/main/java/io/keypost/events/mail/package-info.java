/**
 * The events themselves, from the accepted envelope to its one outcome: immutable records, made by
 * strict decoding of what {@code events.proto} describes ({@link io.keypost.events.mail.MailEvents}
 * has the codec of each topic). The generated classes in {@code wire} stay inside this module.
 */
@NullMarked
package io.keypost.events.mail;

import org.jspecify.annotations.NullMarked;
