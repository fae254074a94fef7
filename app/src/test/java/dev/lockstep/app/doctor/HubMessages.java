package dev.lockstep.app.doctor;

/** Messages as hubs hold them, one of each kind that a rule needs. */
public final class HubMessages {
  public static final String SIGN_IN =
      """
      {"records":[{"time":"2026-11-20T11:59:00Z","category":"SignInLogs","properties":{\
      "id":"6f0c3b1a-0000-4000-8000-000000000001","createdDateTime":"2026-11-20T11:59:00Z",\
      "userId":"6f0c3b1a-0000-4000-8000-0000000000aa","ipAddress":"203.0.113.7",\
      "status":{"errorCode":0}}}]}""";

  static final String UNLINKED_CALL = call("0001", "");

  static final String LINKED_CALL =
      call(
          "0002",
          """
          ,"traceRecords":[{"source":"lockstep","data":{"v":1,"oid":"6f0c3b1a-0000-4000-8000-0000000000aa",\
          "uti":"ti848cAQNUm3IBQn5nykUQ","idtyp":"user","iat":1793002140,"exp":1793006651}}]""");

  static final String ALERT =
      """
      {"VendorName":"Microsoft","AlertType":"VM_SuspectConnection",\
      "ProductName":"Microsoft Defender for Cloud","StartTimeUtc":"2026-11-20T11:40:00Z",\
      "EndTimeUtc":"2026-11-20T11:40:00Z","TimeGenerated":"2026-11-20T11:41:10Z",\
      "Severity":"Medium","Status":"New","SystemAlertId":"da0001","AlertDisplayName":"Made up",\
      "Entities":[{"$id":"4","Type":"ip","Address":"203.0.113.9"}]}""";

  private HubMessages() {}

  private static String call(String id, String trace) {
    return """
    {"records":[{"isRequestSuccess":true,"time":"2026-11-20T11:59:30Z",\
    "operationName":"Microsoft.ApiManagement/GatewayLogs","category":"GatewayLogs",\
    "callerIpAddress":"203.0.113.7","correlationId":"6f0c3b1a-0000-4000-8000-00000000%s",\
    "resourceId":"/SUBSCRIPTIONS/MADE-UP","properties":{"method":"GET","responseCode":200,\
    "apimSubscriptionId":"fabrikam-prod","apiId":"orders"%s}}]}"""
        .formatted(id, trace);
  }
}
