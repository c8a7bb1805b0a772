package io.keypost.payloads.segment;

import io.keypost.payloads.PayloadStoreException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Name of a segment: 32 hexadecimal digits of its writer, a dash, 8 of its number. Nothing else
 * ever becomes a part of a path, whatever an event or a row may say.
 *
 * @param value the name
 */
record SegmentName(String value) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}-[0-9a-f]{8}");
  private static final String WHOLE = ".seg";
  private static final String PART = ".part";

  SegmentName {
    if (!FORM.matcher(value).matches()) {
      throw new PayloadStoreException(
          PayloadStoreException.Failure.GONE, "no segment has such a name");
    }
  }

  /** The name of a writer's segment. */
  static SegmentName of(String writer, int number) {
    return new SegmentName(writer + String.format(Locale.ROOT, "-%08x", number));
  }

  /** The name in a file's name, or null for a file that is no segment. */
  static @Nullable SegmentName ofFile(Path file) {
    String name = String.valueOf(file.getFileName());
    if (!name.endsWith(WHOLE)) {
      return null;
    }
    String value = name.substring(0, name.length() - WHOLE.length());
    return FORM.matcher(value).matches() ? new SegmentName(value) : null;
  }

  /** 256 directories, by the last two digits, so that none becomes long. */
  Path directory(Path store) {
    return store.resolve(value.substring(value.length() - 2));
  }

  /** The file that readers see. */
  Path file(Path store) {
    return directory(store).resolve(value + WHOLE);
  }

  /** The file while a payload of its own streams in. */
  Path partFile(Path store) {
    return directory(store).resolve(value + PART);
  }
}
