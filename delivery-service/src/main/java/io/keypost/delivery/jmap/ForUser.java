package io.keypost.delivery.jmap;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A resource method that a user may call with an access token for the mailbox. A method without
 * this is called by nobody: {@link UserFilter} refuses it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface ForUser {}
