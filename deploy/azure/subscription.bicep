// The activity log of a subscription to the hubs. No rule judges it yet: it is read and counted. See docs/azure.md.

targetScope = 'subscription'

@description('The output diagnosticsRuleId of hubs.bicep.')
param diagnosticsRuleId string

@description('The hub.')
param hub string = 'insights-logs-gatewaylogs'

resource activityLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'lockstep'
  properties: {
    eventHubAuthorizationRuleId: diagnosticsRuleId
    eventHubName: hub
    logs: [
      { category: 'Administrative', enabled: true }
    ]
  }
}
