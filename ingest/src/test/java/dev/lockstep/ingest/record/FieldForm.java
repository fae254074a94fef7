package dev.lockstep.ingest.record;

/**
 * How a value is written and what is made of it.
 *
 * @param value a probe, as JSON
 * @param other another value of the form, which must not arrive
 * @param expected what must arrive, as text
 * @param note what people have to know of the form
 */
record FieldForm(String value, String other, String expected, String note) {
  static final FieldForm TEXT = new FieldForm("\"probe\"", "\"other\"", "probe", "");
  static final FieldForm LOWER = new FieldForm("\"PROBE\"", "\"OTHER\"", "probe", "in lower case");
  static final FieldForm EARLIER =
      new FieldForm(
          "\"2025-11-14T01:30:04.5Z\"", "\"2025-11-14T01:29:00Z\"", "2025-11-14T01:30:04.500Z", "");
  static final FieldForm LATER =
      new FieldForm(
          "\"11/14/2025 5:30:04 AM\"", "\"2025-11-14T05:29:00Z\"", "2025-11-14T05:30:04.000Z", "");
  static final FieldForm SECONDS =
      new FieldForm(
          "\"1763085611\"", "1763085612", "2025-11-14T02:00:11.000Z", "seconds since 1970");
  static final FieldForm STATUS = new FieldForm("\"4711\"", "4712", "4711", "");
  static final FieldForm DECIMAL = new FieldForm("12.5", "13.5", "12.5", "");
  static final FieldForm FLAG = new FieldForm("\"true\"", "false", "true", "");
  static final FieldForm TOKEN =
      new FieldForm(
          "\"AAECAwQFBgcICQoLDA0ODw\"",
          "\"other\"",
          "03020100-0504-0706-0809-0a0b0c0d0e0f",
          "as a GUID");
  static final FieldForm HOST =
      new FieldForm(
          "\"https://PROBE.example:443/x\"",
          "\"https://other.example\"",
          "probe.example",
          "its host");
  static final FieldForm HOST_ALONE =
      new FieldForm("\"probe.example:443\"", "\"other.example\"", "probe.example", "without port");
  static final FieldForm PATH =
      new FieldForm(
          "\"https://x.example/probe?secret=1\"",
          "\"https://x.example/other\"",
          "/probe",
          "its path, without query");
  static final FieldForm USER = new FieldForm("\"PROBE\"", "\"OTHER\"", "user", "`user`");
  static final FieldForm WORKLOAD =
      new FieldForm("\"PROBE\"", "\"OTHER\"", "workload", "`workload`");
  static final FieldForm SUBSCRIPTION =
      new FieldForm("\"PROBE\"", "\"OTHER\"", "subscription", "`subscription`");
  static final FieldForm SINGLE =
      new FieldForm(
          "\"singleFactorAuthentication\"",
          "\"multiFactorAuthentication\"",
          "true",
          "`singleFactorAuthentication`");
  static final FieldForm APP_ONLY = new FieldForm("\"app\"", "\"user\"", "true", "`app`");
  static final FieldForm REFUSED = new FieldForm("false", "true", "false", "");
  static final FieldForm FIRST = new FieldForm("[\"probe\"]", "[\"other\"]", "probe", "");
  static final FieldForm COUNTRY = new FieldForm("\"XX\"", "\"YY\"", "XX", "if two letters");
  static final FieldForm ADDRESS =
      new FieldForm("\"192.0.2.77:443\"", "\"192.0.2.78\"", "192.0.2.77", "without port");
  static final FieldForm UPN =
      new FieldForm("\"Probe@x.example\"", "\"o@x.example\"", "probe@x.example", "in lower case");
  static final FieldForm SEVERITY = new FieldForm("\"low\"", "\"High\"", "Low", "");
  static final FieldForm SECURE_LINK =
      new FieldForm(
          "\"https://probe.example\"", "\"https://o.example\"", "https://probe.example", "");
  static final FieldForm ACTIVATED =
      new FieldForm(
          "\"Add member to role request denied (PIM activation)\"",
          "\"x\"",
          "denied",
          "in one word, if it is PIM's");
  static final FieldForm ACTIVATED_EVENT =
      new FieldForm("\"RemoveActivatedRole\"", "\"x\"", "ended", "in one word");

  static final FieldForm LIST =
      new FieldForm("\"urn:4711\"", "[4712]", "4711", "a list, or a text with numbers");
  static final FieldForm POLICY =
      new FieldForm(
          "[{\"id\":\"p\",\"displayName\":\"probe\",\"result\":\"Failure\"}]",
          "[{\"displayName\":\"other\",\"result\":\"notApplied\"}]",
          "probe",
          "`displayName`, else `id`, of those whose `result` is `success` or `failure`");
  static final FieldForm PRESENT = new FieldForm("\"PROBE\"", "\"OTHER\"", "true", "present");

  FieldForm noted(String words) {
    return new FieldForm(value, other, expected, words);
  }
}
