package io.keypost.keyserver.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Who may call a resource method. A method without this is called by nobody: {@link CallerFilter}
 * refuses it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Permit {
  /** Kinds of callers; the first whose proof the request brings is checked. */
  Kind[] value();

  /** Kinds of callers. */
  enum Kind {
    /** Whoever connects; counted by network. */
    ANYONE,
    /** A server with a client certificate of an operator. */
    OPERATOR,
    /** A server of this operator with a certificate that was given here. */
    OWN_SERVER,
    /** A user of this provider with an access token for the directory. */
    USER,
    /** A user who holds the recovery code, with an access token for the keyring. */
    CODE_HOLDER
  }
}
