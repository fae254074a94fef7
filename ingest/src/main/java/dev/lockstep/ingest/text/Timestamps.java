package dev.lockstep.ingest.text;

/**
 * Parser of the times that Azure writes, to milliseconds since 1970. The forms are {@code
 * 2025-01-02T03:04:05.1234567Z} with or without zone (UTC) and fraction (0 to 9 digits), {@code
 * 1/2/2025 3:04:05 AM}, and {@code 01/02/2025 03:04:05} (month first) with or without offset.
 * Blanks between the parts are skipped, and an hour may have one digit. {@code
 * /Date(1735787045000)/}, which Windows PowerShell writes in JSON, is read too.
 */
public final class Timestamps {
  /** Value that {@link #parse} returns for a text that is no time. */
  public static final long UNREADABLE = Long.MIN_VALUE;

  private static final int[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  private static final long DAY_MILLIS = 86_400_000L;
  private static final int LONGEST = 64;
  private static final String MILLIS_BEGIN = "/Date(";
  private static final String MILLIS_END = ")/";
  private static final long LAST_MILLIS = 253_402_300_799_999L;

  private final String text;
  private int at;
  private boolean broken;

  private Timestamps(String text) {
    this.text = text;
  }

  public static long parse(String text) {
    if (text.length() > LONGEST) {
      return UNREADABLE;
    }
    if (text.startsWith(MILLIS_BEGIN)) {
      return counted(text);
    }
    long usual = usual(text);
    return usual != UNREADABLE ? usual : new Timestamps(text).instant();
  }

  private static long counted(String text) {
    int end = text.length() - MILLIS_END.length();
    return text.endsWith(MILLIS_END)
        ? Scalars.digits(text.substring(MILLIS_BEGIN.length(), end), LAST_MILLIS, UNREADABLE)
        : UNREADABLE;
  }

  /** Parses the form of almost every record, and leaves others to the slower way. */
  private static long usual(String text) {
    int last = text.length() - 1;
    if (last < 19
        || text.charAt(last) != 'Z'
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':') {
      return UNREADABLE;
    }
    int year = two(text, 0) * 100 + two(text, 2);
    int month = two(text, 5);
    int day = two(text, 8);
    int hour = two(text, 11);
    int minute = two(text, 14);
    int second = two(text, 17);
    int millis = last == 19 ? 0 : millis(text, 19, last);
    // A part that is no number is negative, and makes the combination negative.
    if ((two(text, 0) | two(text, 2) | month | day | hour | minute | second | millis) < 0
        || hour > 23
        || minute > 59
        || second > 59
        || !isDate(year, month, day)) {
      return UNREADABLE;
    }
    return epochDay(year, month, day) * DAY_MILLIS
        + ((hour * 60L + minute) * 60L + second) * 1000L
        + millis;
  }

  /** Returns the number in two digits, or a negative one. */
  private static int two(String text, int from) {
    int tens = text.charAt(from) - '0';
    int ones = text.charAt(from + 1) - '0';
    return (tens | (9 - tens) | ones | (9 - ones)) < 0 ? -1 : tens * 10 + ones;
  }

  /** Returns the milliseconds in a point and 1 to 9 digits, or a negative number. */
  private static int millis(String text, int from, int end) {
    if (text.charAt(from) != '.' || end - from < 2 || end - from > 10) {
      return -1;
    }
    int millis = 0;
    for (int i = 1; i < end - from; i++) {
      int digit = text.charAt(from + i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      millis = i > 3 ? millis : millis * 10 + digit;
    }
    for (int i = end - from; i < 4; i++) {
      millis *= 10;
    }
    return millis;
  }

  private long instant() {
    int first = number(1, 4);
    int digits = at - firstDigit(0);
    int year;
    int month;
    int day;
    boolean iso = digits == 4 && take('-');
    if (iso) {
      year = first;
      month = number(1, 2);
      expect('-');
      day = number(1, 2);
      if (!take('T') && !take('t') && !blankBefore()) {
        broken = true;
      }
    } else {
      month = first;
      expect('/');
      day = number(1, 2);
      expect('/');
      year = number(4, 4);
      broken |= digits > 2 || !blankBefore();
    }
    long ofDay = timeOfDay(!iso);
    long offset = offsetMillis();
    skipBlanks();
    if (broken || at < text.length() || !isDate(year, month, day)) {
      return UNREADABLE;
    }
    return epochDay(year, month, day) * DAY_MILLIS + ofDay - offset;
  }

  private long timeOfDay(boolean halfDays) {
    int hour = number(1, 2);
    expect(':');
    int minute = number(1, 2);
    int second = 0;
    int millis = 0;
    if (take(':')) {
      second = number(1, 2);
      if (take('.')) {
        millis = fraction();
      }
    }
    if (halfDays) {
      boolean am = takeHalf('A');
      boolean pm = !am && takeHalf('P');
      if (am || pm) {
        broken |= hour < 1 || hour > 12;
        hour = hour % 12 + (pm ? 12 : 0);
      }
    }
    broken |= hour > 23 || minute > 59 || second > 59;
    return ((hour * 60L + minute) * 60L + second) * 1000L + millis;
  }

  private int fraction() {
    int millis = 0;
    int digits = 0;
    while (at < text.length() && isDigit(text.charAt(at))) {
      if (digits < 3) {
        millis = millis * 10 + (text.charAt(at) - '0');
      }
      digits++;
      at++;
    }
    broken |= digits > 9;
    for (int i = digits; i < 3; i++) {
      millis *= 10;
    }
    return millis;
  }

  private long offsetMillis() {
    if (take('Z') || take('z')) {
      return 0;
    }
    int sign = take('+') ? 1 : take('-') ? -1 : 0;
    if (sign == 0) {
      return 0;
    }
    int hours = number(2, 2);
    int minutes = 0;
    if (take(':') || (at < text.length() && isDigit(text.charAt(at)))) {
      minutes = number(2, 2);
    }
    broken |= hours > 18 || minutes > 59;
    return sign * (hours * 60L + minutes) * 60_000L;
  }

  /** Reads a number with a least and a largest count of digits, after blanks. */
  private int number(int atLeast, int atMost) {
    skipBlanks();
    int value = 0;
    int start = at;
    while (at < text.length() && at - start < atMost && isDigit(text.charAt(at))) {
      value = value * 10 + (text.charAt(at) - '0');
      at++;
    }
    broken |= at - start < atLeast;
    return value;
  }

  private void expect(char c) {
    broken |= !take(c);
  }

  private boolean take(char c) {
    skipBlanks();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private boolean takeHalf(char half) {
    skipBlanks();
    if (at + 1 < text.length()
        && (text.charAt(at) & ~0x20) == half
        && (text.charAt(at + 1) & ~0x20) == 'M') {
      at += 2;
      return true;
    }
    return false;
  }

  private boolean blankBefore() {
    skipBlanks();
    return at > 0 && isBlank(text.charAt(at - 1));
  }

  private void skipBlanks() {
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
  }

  private int firstDigit(int from) {
    int i = from;
    while (i < text.length() && isBlank(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /**
   * Returns whether a character is a blank; newer versions of .NET write a narrow no-break space
   * before AM and PM.
   */
  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\u00a0' || c == '\u202f';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isDate(int year, int month, int day) {
    if (year < 1 || month < 1 || month > 12 || day < 1) {
      return false;
    }
    boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= (month == 2 && leap ? 29 : DAYS[month - 1]);
  }

  /** Returns the days since 1970-01-01, counted by years that begin in March. */
  private static long epochDay(int year, int month, int day) {
    long y = month <= 2 ? year - 1L : year;
    long era = y / 400;
    long yearOfEra = y - era * 400;
    long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097 + dayOfEra - 719_468;
  }
}
