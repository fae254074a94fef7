package dev.lockstep.detections.state;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.rules.Subject;
import java.nio.charset.StandardCharsets;

/** Codec of the key that a subject's state records have in common. */
public final class SubjectKey {
  /** Bit in which a lower-case ASCII letter differs from the capital letter. */
  private static final int LOWER = 'a' - 'A';

  private SubjectKey() {}

  /**
   * Returns the key of a subject's records: a letter for its kind, and its id. The letter is a
   * capital if the id consists of GUIDs.
   */
  public static byte[] of(Subject subject) {
    char letter = letter(subject.kind());
    ByteSink key = new ByteSink().put(letter - LOWER);
    if (!key.guids(subject.id())) {
      key.clear().put(letter).raw(subject.id().getBytes(StandardCharsets.UTF_8));
    }
    return key.bytes();
  }

  private static char letter(Subject.Kind kind) {
    return switch (kind) {
      case PRINCIPAL -> 'p';
      case TOKEN -> 't';
      case SESSION -> 's';
      case ADDRESS -> 'a';
      case PARTNER -> 'r';
      case APPLICATION -> 'c';
      case RESOURCE -> 'e';
      case GROUP -> 'g';
      case PLACE -> 'l';
    };
  }

  /** Returns the subject of a key made by {@link #of}. */
  public static Subject subject(byte[] key) {
    Subject.Kind kind =
        switch (key[0] | LOWER) {
          case 'p' -> Subject.Kind.PRINCIPAL;
          case 't' -> Subject.Kind.TOKEN;
          case 's' -> Subject.Kind.SESSION;
          case 'a' -> Subject.Kind.ADDRESS;
          case 'r' -> Subject.Kind.PARTNER;
          case 'c' -> Subject.Kind.APPLICATION;
          case 'e' -> Subject.Kind.RESOURCE;
          case 'g' -> Subject.Kind.GROUP;
          case 'l' -> Subject.Kind.PLACE;
          default ->
              throw new IllegalArgumentException(
                  "a record's key begins with the byte %d, which stands for no kind of subject"
                      .formatted(key[0]));
        };
    ByteSource id = new ByteSource(key);
    id.get();
    return new Subject(kind, key[0] < 'a' ? id.guids() : id.toEnd());
  }
}
