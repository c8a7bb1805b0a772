/**
 * The public port: TLS 1.3 and HTTP/2, three resources, nothing else. {@link
 * io.keypost.ingress.http.FrontDoor} opens it, {@link io.keypost.ingress.http.Requests} finds the
 * resource; what is decided about a request stands in the stages above this package.
 */
@NullMarked
package io.keypost.ingress.http;

import org.jspecify.annotations.NullMarked;
