package dev.lockstep.detections.sigma.lint;

import dev.lockstep.detections.sigma.document.WrittenField;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fields that Sigma rules for Windows compare, and that no log of Azure has. Rules copied from
 * rules for Windows may still name them.
 */
final class WindowsFields {
  /** Field with the number of a kind of event, such as 4688. Azure has a field of that name. */
  private static final String EVENT_ID = "eventid";

  /** Number of digits of the largest number that Windows gives to a kind of event. */
  private static final int MOST_DIGITS = 5;

  private static final Set<String> NAMES =
      Set.of(
          EVENT_ID,
          "callingprocessname",
          "calltrace",
          "channel",
          "commandline",
          "currentdirectory",
          "grantedaccess",
          "hashes",
          "image",
          "imageloaded",
          "imagepath",
          "imphash",
          "integritylevel",
          "keylength",
          "logontype",
          "newprocessname",
          "originalfilename",
          "parentcommandline",
          "parentimage",
          "parentprocessname",
          "pipename",
          "processname",
          "provider_name",
          "queryname",
          "scriptblocktext",
          "sharename",
          "sourceimage",
          "startaddress",
          "startmodule",
          "subjectusername",
          "targetfilename",
          "targetimage",
          "targetobject",
          "targetusername",
          "ticketencryptiontype",
          "workstationname");

  private WindowsFields() {}

  static boolean has(String field) {
    return NAMES.contains(field.toLowerCase(Locale.ROOT));
  }

  /**
   * Returns the number of a Windows event, such as 4688, with which a rule compares the field
   * {@code EventID}. It is null for another field or value.
   */
  static @Nullable String number(WrittenField field) {
    if (!field.name().equalsIgnoreCase(EVENT_ID)) {
      return null;
    }
    for (String value : field.values()) {
      boolean isNumber =
          !value.isEmpty()
              && value.length() <= MOST_DIGITS
              && value.chars().allMatch(each -> each >= '0' && each <= '9');
      if (isNumber) {
        return value;
      }
    }
    return null;
  }
}
