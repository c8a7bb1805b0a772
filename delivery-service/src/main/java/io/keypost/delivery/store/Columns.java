package io.keypost.delivery.store;

import io.keypost.protocol.Bytes;
import io.keypost.protocol.Digest;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Between rows and values: one array for each column of a batch, and back. */
final class Columns {
  private Columns() {}

  /**
   * The values of a statement. Not {@code Tuple.of}, which takes the elements of an array in second
   * place for values.
   */
  static Tuple tuple(@Nullable Object... values) {
    return Tuple.tuple(new ArrayList<>(Arrays.asList(values)));
  }

  static <T> String[] texts(Collection<T> rows, Function<T, String> column) {
    return rows.stream().map(column).toArray(String[]::new);
  }

  static <T> @Nullable String[] optionalTexts(
      Collection<T> rows, Function<T, Optional<String>> column) {
    return rows.stream().map(row -> column.apply(row).orElse(null)).toArray(String[]::new);
  }

  static <T> Buffer[] octets(Collection<T> rows, Function<T, Bytes> column) {
    return rows.stream().map(row -> buffer(column.apply(row))).toArray(Buffer[]::new);
  }

  static <T> @Nullable Buffer[] optionalOctets(
      Collection<T> rows, Function<T, Optional<Bytes>> column) {
    return rows.stream()
        .map(row -> column.apply(row).map(Columns::buffer).orElse(null))
        .toArray(Buffer[]::new);
  }

  static <T> Long[] longs(Collection<T> rows, ToLongFunction<T> column) {
    return rows.stream().map(column::applyAsLong).toArray(Long[]::new);
  }

  static <T> OffsetDateTime[] times(Collection<T> rows, Function<T, Instant> column) {
    return rows.stream().map(row -> time(column.apply(row))).toArray(OffsetDateTime[]::new);
  }

  static <T> @Nullable OffsetDateTime[] optionalTimes(
      Collection<T> rows, Function<T, Optional<Instant>> column) {
    return rows.stream()
        .map(row -> column.apply(row).map(Columns::time).orElse(null))
        .toArray(OffsetDateTime[]::new);
  }

  static Buffer buffer(Bytes octets) {
    return Buffer.buffer(octets.toByteArray());
  }

  static Buffer buffer(Digest digest) {
    return buffer(digest.octets());
  }

  static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  static Bytes octets(Row row, String column) {
    return Bytes.copyOf(row.getBuffer(column).getBytes());
  }

  static Optional<Bytes> optionalOctets(Row row, String column) {
    return Optional.ofNullable(row.getBuffer(column))
        .map(octets -> Bytes.copyOf(octets.getBytes()));
  }

  static Digest digest(Row row, String column) {
    return new Digest(octets(row, column));
  }

  static Instant time(Row row, String column) {
    return row.getOffsetDateTime(column).toInstant();
  }

  static Optional<Instant> optionalTime(Row row, String column) {
    return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
  }

  static Optional<String> optionalText(Row row, String column) {
    return Optional.ofNullable(row.getString(column));
  }
}
