// The activity log of a subscription to the hubs, for privileged-without-pim and some Sigma rules. See docs/azure.md.

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
