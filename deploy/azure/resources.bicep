// The logs of API Management, Front Door and Key Vault, of one resource group, to the hubs; leave empty what you do not
// have there. API Management needs identity-link.bicep as well. See docs/azure.md.

@description('The output diagnosticsRuleId of hubs.bicep.')
param diagnosticsRuleId string

@description('The API Management service.')
param apiManagement string = ''

@description('The profile of Front Door (Standard or Premium).')
param frontDoor string = ''

@description('The key vault.')
param keyVault string = ''

// A scope is checked before the condition is, and must not be empty.
var gatewayName = empty(apiManagement) ? 'none' : apiManagement
var profileName = empty(frontDoor) ? 'none' : frontDoor
var vaultName = empty(keyVault) ? 'none' : keyVault

resource gateway 'Microsoft.ApiManagement/service@2024-05-01' existing = if (!empty(apiManagement)) {
  name: gatewayName
}

resource profile 'Microsoft.Cdn/profiles@2024-02-01' existing = if (!empty(frontDoor)) {
  name: profileName
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = if (!empty(keyVault)) {
  name: vaultName
}

resource gatewayLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(apiManagement)) {
  name: 'lockstep'
  scope: gateway
  properties: {
    eventHubAuthorizationRuleId: diagnosticsRuleId
    eventHubName: 'insights-logs-gatewaylogs'
    logs: [
      { category: 'GatewayLogs', enabled: true }
    ]
  }
}

resource frontDoorLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(frontDoor)) {
  name: 'lockstep'
  scope: profile
  properties: {
    eventHubAuthorizationRuleId: diagnosticsRuleId
    eventHubName: 'insights-logs-frontdooraccesslog'
    logs: [
      { category: 'FrontDoorAccessLog', enabled: true }
      { category: 'FrontDoorWebApplicationFirewallLog', enabled: true }
    ]
  }
}

// For vault-outside and some Sigma rules. The hub is shared with the gateway's log.
resource vaultLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(keyVault)) {
  name: 'lockstep'
  scope: vault
  properties: {
    eventHubAuthorizationRuleId: diagnosticsRuleId
    eventHubName: 'insights-logs-gatewaylogs'
    logs: [
      { category: 'AuditEvent', enabled: true }
    ]
  }
}
