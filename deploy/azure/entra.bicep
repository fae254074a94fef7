// The logs of Entra ID to the hubs: one setting of the whole tenant. Where no hub is named, each category goes to the
// hub insights-logs- and its name in small letters. The deployment is one of a subscription, since few may deploy to the
// root; the setting is the tenant's all the same. See docs/azure.md.

targetScope = 'subscription'

@description('The output diagnosticsRuleId of hubs.bicep.')
param diagnosticsRuleId string

@description('The categories.')
param logs array = [
  { category: 'SignInLogs', enabled: true }
  { category: 'NonInteractiveUserSignInLogs', enabled: true }
  { category: 'ServicePrincipalSignInLogs', enabled: true }
  { category: 'ManagedIdentitySignInLogs', enabled: true }
  { category: 'MicrosoftGraphActivityLogs', enabled: true }
]

@description('One hub for all of them; empty: one for each.')
param hub string = ''

resource setting 'microsoft.aadiam/diagnosticSettings@2017-04-01' = {
  name: 'lockstep'
  scope: tenant()
  properties: {
    eventHubAuthorizationRuleId: diagnosticsRuleId
    eventHubName: empty(hub) ? null : hub
    logs: logs
  }
}
