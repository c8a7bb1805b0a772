/**
 * {@code ./keypost demo}: real mail between two providers of a {@link io.keypost.stack.LocalStack},
 * told step by step. What it claims it has looked up: in answers of the services, their metrics,
 * their databases. {@link io.keypost.stack.demo.Demo} tells the story, {@link
 * io.keypost.stack.demo.Narrator} prints it and keeps count of what was true.
 */
@NullMarked
package io.keypost.stack.demo;

import org.jspecify.annotations.NullMarked;
